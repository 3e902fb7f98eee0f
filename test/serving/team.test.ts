import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { registerProxy } from '../../src/cli/proxy.ts';
import {
  composeFile,
  ENGINES,
  gpuKind,
  kubernetesManifests,
  type Model,
  planServe,
  serverName,
  type TeamPlan,
  teamSource,
} from '../../src/serving/index.ts';
import { makeVenv, type Venv } from './venv.ts';

const run = promisify(execFile);
const hasCompose = spawnSync('docker', ['compose', 'version']).status === 0;
const ODD = `it's "odd" $(id) \${HOME} $HOME \\ # : 漢`;

function team(
  engine: 'vllm' | 'sglang',
  place: Model['place'],
  source: string,
  more: Partial<TeamPlan> = {},
): TeamPlan {
  const model: Model = {
    source,
    place,
    name: source.split('/').at(-1) ?? '',
    weightBytes: 65e9,
    faults: [],
    warnings: [],
  };
  const gpus = Array.from({ length: 8 }, () => gpuKind('H100'));
  const plan = planServe({
    model,
    engine: ENGINES[engine],
    gpus,
    wanted: 2,
    context: 32_768,
    host: '0.0.0.0',
    port: 8000,
    more: [],
    source: teamSource(model),
  });
  return { name: serverName(model.name), plan, version: '1.2.3', ...more };
}

const TEAMS: readonly [string, TeamPlan][] = [
  ['vLLM and a model of the Hub', team('vllm', 'hub', 'Qwen/Qwen3-32B')],
  [
    'SGLang and a folder',
    team('sglang', 'folder', '/data/32b-student', { proxyImage: 'registry.example:5000/sera@sha256:abc' }),
  ],
  ['a folder with an odd name', team('vllm', 'folder', `/data/${ODD}`)],
  ['a folder with an odd name and SGLang', team('sglang', 'folder', `/data/${ODD}`)],
];

let folder: string;
let venv: Venv | string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sera-team-'));
  venv = await makeVenv(['check-jsonschema==0.39.0', 'kubernetes-validate==1.37.0']);
}, 180_000);
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function write(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

describe.each(TEAMS)('for %s', (_, plan) => {
  test('the Compose file is one by its specification', async (context) => {
    if (typeof venv === 'string') return context.skip(venv);
    const path = await write('compose.yaml', composeFile(plan));
    await run(join(venv.bin, 'check-jsonschema'), ['--builtin-schema', 'vendor.compose-spec', path]);
  });

  test('Docker reads from the Compose file what was meant', async (context) => {
    if (!hasCompose) return context.skip('docker compose is not installed');
    const path = await write('compose.yaml', composeFile(plan));
    const environment = { ...process.env, ENGINE_KEY: 'engine-key', PROXY_KEY: 'proxy-key' };
    const { stdout } = await run('docker', ['compose', '-f', path, 'config', '--format', 'json'], {
      env: environment,
    });
    const { services } = JSON.parse(stdout.replaceAll('$$', '$'));
    expect(services.engine.entrypoint.slice(-plan.plan.command.length)).toEqual(plan.plan.command);
    expect(Object.values(services.engine.environment)).toContain('engine-key');
    expect(services.proxy.environment).toEqual({
      SERA_UPSTREAM_KEY: 'engine-key',
      SERA_PROXY_KEY: 'proxy-key',
    });
    expect(services.proxy.command).toContain(plan.plan.settings.name);
    expect(services.engine.deploy.resources.reservations.devices[0].count).toBe(2);
  });

  test('Compose refuses to start without keys', async (context) => {
    if (!hasCompose) return context.skip('docker compose is not installed');
    const path = await write('compose.yaml', composeFile(plan));
    const { PATH } = process.env;
    await expect(
      run('docker', ['compose', '-f', path, 'config'], { env: { PATH }, cwd: folder }),
    ).rejects.toThrow(/see the top of this file/);
  });

  test('each Kubernetes manifest is one by the schemas of its version', async (context) => {
    if (typeof venv === 'string') return context.skip(venv);
    const path = await write('kubernetes.yaml', kubernetesManifests(plan));
    const { stdout, stderr } = await run(venv.python, ['-m', 'kubernetes_validate', '--strict', path]);
    expect((stdout + stderr).match(/passed for resource/g)).toHaveLength(
      plan.plan.model.place === 'folder' ? 6 : 5,
    );
  });

  test('services find their pods, pods their volumes, and the names are allowed', () => {
    const documents = parseAllDocuments(kubernetesManifests(plan)).map((one) => one.toJS());
    const of = (kind: string) => documents.filter((one) => one.kind === kind);
    const pods = of('Deployment').map((one) => one.spec.template);
    for (const { spec } of of('Service')) {
      const found = pods.filter((pod) =>
        Object.entries(spec.selector).every(([key, value]) => pod.metadata.labels[key] === value),
      );
      expect(found).toHaveLength(1);
      const ports = found[0].spec.containers[0].ports;
      expect(ports).toMatchObject([{ name: spec.ports[0].targetPort, containerPort: spec.ports[0].port }]);
    }
    const claims = of('PersistentVolumeClaim').map((one) => one.metadata.name);
    for (const { spec } of pods) {
      const mounted = spec.containers[0].volumeMounts.map((mount: { name: string }) => mount.name);
      expect(spec.volumes.map((volume: { name: string }) => volume.name)).toEqual(mounted);
      for (const { persistentVolumeClaim } of spec.volumes)
        if (persistentVolumeClaim) expect(claims).toContain(persistentVolumeClaim.claimName);
    }
    for (const { metadata } of documents) expect(metadata.name).toMatch(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/);
    const upstream = pods[1].spec.containers[0].args[2];
    expect(of('Service').map((one) => `http://${one.metadata.name}:8000/v1`)).toContain(upstream);
  });

  test('no variable of Kubernetes stands in what a person typed', () => {
    const engine = parseAllDocuments(kubernetesManifests(plan))
      .map((one) => one.toJS())
      .find((one) => one.metadata.name.endsWith('-engine'));
    const words: string[] = engine.spec.template.spec.containers[0].command;
    // As Kubernetes expands it: $$ is a dollar sign, $(NAME) a variable.
    const expanded = words.map((word) =>
      word.replace(/\$\$|\$\((\w+)\)/g, (_, name) => (name ? 'EXPANDED' : '$')),
    );
    expect(expanded.slice(-plan.plan.command.length)).toEqual(plan.plan.command);
  });
});

test('the proxy knows every option that it is given', () => {
  const { services } = parse(composeFile(team('vllm', 'hub', 'Qwen/Qwen3-32B')));
  const [name, ...words] = services.proxy.command;
  const program = new Command();
  registerProxy(program);
  const proxy = program.commands.find((command) => command.name() === name);
  expect(proxy?.parseOptions(words)).toEqual({ operands: [], unknown: [] });
  expect(proxy?.opts()).toMatchObject({
    upstream: 'http://engine:8000/v1',
    model: 'Qwen3-32B',
    host: '0.0.0.0',
  });
});

test('SGLang gets its key in a file, by a shell that passes on every word as it is', () => {
  const { services } = parse(composeFile(team('sglang', 'hub', 'Qwen/Qwen3-32B')));
  const [, , script] = services.engine.entrypoint.map((word: string) => word.replaceAll('$$', '$'));
  const fake = 'printf "%s\\n" "$@"; cat /tmp/options.yaml';
  const patched = script.replaceAll('/tmp/options.yaml', join(folder, 'options.yaml'));
  const { stdout } = spawnSync(
    'sh',
    ['-c', patched, 'sh', 'sh', '-c', fake.replace('/tmp', folder), 'sh', ODD],
    {
      env: { ...process.env, SERA_ENGINE_KEY: 'the-key' },
      encoding: 'utf8',
    },
  );
  expect(stdout).toBe(`${ODD}\n--config\n${join(folder, 'options.yaml')}\napi-key: "the-key"\n`);
});

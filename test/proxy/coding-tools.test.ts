import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { delimiter, dirname, join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, test } from 'vitest';
import { startOpenAIServer } from '../servers/openai.ts';
import { byTurn } from '../servers/script.ts';
import { bash, edit, temporaryFolder } from './setup.ts';

/** Coding tools from npm, in the versions that the proxy was tried with, and how each works without a person. */
const TOOLS = [
  {
    name: 'claude',
    package: '@anthropic-ai/claude-code@2.1.329',
    args: ['-p', 'Fix it', '--dangerously-skip-permissions'],
  },
  { name: 'opencode', package: 'opencode-ai@1.18.33', args: ['run', 'Fix it'] },
  {
    name: 'codex',
    package: '@openai/codex@0.169.0',
    args: [
      '-c',
      'analytics.enabled=false',
      '-c',
      'check_for_update_on_startup=false',
      'exec',
      '--dangerously-bypass-approvals-and-sandbox',
      'Fix it',
    ],
  },
  { name: 'qwen', package: '@qwen-code/qwen-code@0.24.4', args: ['-y', '-p', 'Fix it'] },
];

/** What keeps the tools from talking to anyone but the proxy, by their own settings; and from fearing the root user. */
const QUIET = {
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  DISABLE_TELEMETRY: '1',
  DISABLE_AUTOUPDATER: '1',
  IS_SANDBOX: '1',
  OPENCODE_DISABLE_AUTOUPDATE: '1',
  OPENCODE_DISABLE_MODELS_FETCH: '1',
  OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
  OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
  OPENCODE_PERMISSION: '{"*":"allow"}',
  QWEN_CODE_SUPPRESS_YOLO_WARNING: '1',
  TERM: 'dumb',
};

const root = join(import.meta.dirname, '../..');
const folder = process.env.SERA_CODING_TOOLS ?? join(root, 'node_modules/.cache/coding-tools');

async function install(specification: string): Promise<boolean> {
  const place = join(folder, specification.replace(/[^\w.]+/g, '_'));
  if (existsSync(join(place, 'node_modules/.bin'))) return true;
  await mkdir(place, { recursive: true });
  await writeFile(join(place, 'package.json'), '{"private":true}');
  const { exitCode } = await execa('npm', ['install', '--no-audit', '--no-fund', specification], {
    cwd: place,
    reject: false,
    timeout: 240_000,
  });
  return exitCode === 0;
}

/** Runs a tool through `sera code`, in an empty home and with nothing of this environment. */
function work(
  name: string,
  specification: string,
  args: readonly string[],
  { cwd, home, url }: { readonly cwd: string; readonly home: string; readonly url: string },
) {
  const place = join(folder, specification.replace(/[^\w.]+/g, '_'), 'node_modules/.bin');
  const path = [place, dirname(process.execPath), process.env.PATH].join(delimiter);
  const entry = `import(${JSON.stringify(join(root, 'src/cli/main.ts'))}).then(({ main }) => main(process.argv.slice(1)))`;
  const words = ['code', name, '--upstream', url, '--model', 'sera-32b', '--', ...args];
  return execa(process.execPath, ['-e', entry, '--', ...words], {
    cwd,
    env: { ...QUIET, PATH: path, HOME: home },
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    timeout: 110_000,
  });
}

/** The scripted server with a list of its models, as vLLM has it, from which tools are told how much it can see. */
async function withContext(
  url: string,
  context: number,
): Promise<AsyncDisposable & { readonly url: string }> {
  const list = { object: 'list', data: [{ id: 'sera-32b', object: 'model', max_model_len: context }] };
  const server = createServer((asked, answer) => {
    if (asked.method === 'GET') return void answer.end(JSON.stringify(list));
    const options = { method: 'POST', headers: asked.headers };
    const behind = request(new URL(asked.url ?? '', url), options, (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(answer);
    });
    asked.pipe(behind);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe.each(TOOLS)('sera code $name', ({ name, package: specification, args }) => {
  let isThere = false;
  beforeAll(async () => {
    isThere = await install(specification);
  }, 250_000);

  test('edits a file in a repository, runs a command and finishes', {
    timeout: 120_000,
  }, async (context) => {
    if (!isThere) context.skip(`${specification} cannot be installed from npm`);
    await using home = await temporaryFolder();
    await using place = await temporaryFolder();
    const source = join(place.path, 'my repo/add.py');
    await mkdir(dirname(source));
    await writeFile(source, 'def add(a, b):\n\treturn a - b\n\nprint(add(2, 3))\n');
    await execa('git', ['init', '-q'], { cwd: dirname(source) });
    const upstream = await startOpenAIServer({
      model: 'sera-32b',
      answer: byTurn([
        {
          reasoning: 'Look at /testbed first.',
          content: 'I look.',
          toolCalls: [edit({ command: 'view', path: '/testbed' })],
        },
        { content: 'I read.', toolCalls: [edit({ command: 'view', path: '/testbed/add.py' })] },
        {
          content: 'I fix.',
          toolCalls: [
            edit({
              command: 'str_replace',
              path: '/testbed/add.py',
              old_str: '        return a - b',
              new_str: '        return a + b',
            }),
          ],
        },
        { content: 'I test.', toolCalls: [bash('cd /testbed && python3 add.py')] },
        { content: 'It works.', toolCalls: [{ name: 'submit', arguments: {} }] },
      ]),
    });
    await using server = await withContext(upstream.url, 32_768);
    const result = await work(name, specification, args, {
      cwd: dirname(source),
      home: home.path,
      url: server.url,
    });
    await upstream.close();
    expect(result.stdout + result.stderr).toContain('Work submitted. Changed: add.py.');
    expect(result.exitCode).toBe(0);
    expect(await readFile(source, 'utf8')).toBe('def add(a, b):\n\treturn a + b\n\nprint(add(2, 3))\n');
    const last =
      upstream.requests.map(({ body }) => body).findLast((body) => body.includes('str_replace_editor')) ??
      '{}';
    const observations = JSON.parse(last).messages.filter(({ role }: { role: string }) => role === 'tool');
    expect(observations.map(({ content }: { content: string }) => content)).toEqual([
      "OBSERVATION:\nHere's the files and directories up to 2 levels deep in /testbed, excluding hidden items:\n/testbed\n/testbed/add.py\n\n",
      "OBSERVATION:\nHere's the result of running `cat -n` on /testbed/add.py:\n     1\tdef add(a, b):\n     2\t        return a - b\n     3\t\n     4\tprint(add(2, 3))\n     5\t\n",
      "OBSERVATION:\nThe file /testbed/add.py has been edited. Here's the result of running `cat -n` on a snippet of /testbed/add.py:\n     1\tdef add(a, b):\n     2\t        return a + b\n     3\t\n     4\tprint(add(2, 3))\nReview the changes and make sure they are as expected. Edit the file again if necessary.",
      'OBSERVATION:\n5',
    ]);
  });
});

const SUMMARY = 'Numbers were printed.';

/** How each asks its model for a summary. */
const SHORTENING = [
  { name: 'claude', asks: 'Respond with TEXT ONLY' },
  { name: 'codex', asks: 'CONTEXT CHECKPOINT COMPACTION' },
];
const CONTEXT = 32_000;

test.for(SHORTENING)(
  '$name shortens a history that does not fit, and goes on',
  { timeout: 120_000 },
  async ({ name, asks }, context) => {
    const tool = TOOLS.find((one) => one.name === name);
    if (!tool || !(await install(tool.package))) return context.skip(`${name} cannot be installed from npm`);
    await using home = await temporaryFolder();
    await using place = await temporaryFolder();
    const tokens = (body: string) => Math.ceil(body.length / 4);
    const upstream = await startOpenAIServer({
      fault: ({ body }) => {
        if (tokens(body) <= CONTEXT) return undefined;
        const message = `This model's maximum context length is ${CONTEXT} tokens. However, you requested ${tokens(body) + 1000} tokens (${tokens(body)} in the messages, 1000 in the completion).`;
        return { kind: 'status', status: 400, message };
      },
      answer: ({ body, turn }) => {
        if (body.includes(SUMMARY)) return { content: 'Finished.' };
        if (body.includes(asks)) return { content: `<summary>${SUMMARY}</summary>` };
        return { content: 'I run.', toolCalls: [bash(`seq 1 4500 # ${turn}`)] };
      },
    });
    await using server = await withContext(upstream.url, CONTEXT);
    const result = await work(name, tool.package, tool.args, {
      cwd: place.path,
      home: home.path,
      url: server.url,
    });
    await upstream.close();
    const sizes = upstream.requests.map(({ body }) => tokens(body));
    expect(Math.max(...sizes)).toBeGreaterThan(CONTEXT / 2);
    expect(sizes.at(-1)).toBeLessThan(CONTEXT / 2);
    expect(upstream.requests.some(({ body }) => body.includes(asks))).toBe(true);
    expect(result.stdout).toContain('Finished.');
    expect(result.exitCode).toBe(0);
  },
);

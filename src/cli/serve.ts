import type { Command } from 'commander';
import { UsageError } from '../error.ts';
import {
  chooseKey,
  ENGINES,
  type Engine,
  type Gpu,
  gpuKind,
  listGpus,
  openModel,
  planServe,
  type ServePlan,
  serverName,
  startEngine,
  teamSource,
} from '../serving/index.ts';
import { toCount, toPort } from './number.ts';
import { listServers, stopServer } from './serve-list.ts';
import { printManifests } from './serve-manifests.ts';
import { modalSource, serveOnModal, USUAL_GPU } from './serve-modal.ts';
import { showPlan, tellPlan } from './serve-plan.ts';
import { refuse, runServer } from './serve-run.ts';

/** The options of `sera serve`, as typed. */
export interface ServeFlags {
  readonly engine: string;
  readonly name?: string;
  readonly gpus?: number;
  readonly gpu?: string;
  readonly context: number;
  readonly quantization?: string;
  readonly host: string;
  readonly port?: number;
  readonly apiKeyEnv?: string;
  readonly timeout: number;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly modal?: boolean;
  readonly detach?: boolean;
  readonly hfSecret?: string;
  readonly compose?: boolean;
  readonly kubernetes?: boolean;
  readonly proxyImage?: string;
  readonly list?: boolean;
  readonly stop?: string;
  readonly json?: boolean;
}

export function registerServe(program: Command): void {
  program
    .command('serve')
    .description('run a model with vLLM or SGLang: here, on Modal, or for a team')
    .argument('[model]', 'a folder, or an id on the Hugging Face Hub')
    .argument('[engine-options...]', 'options for the engine itself, behind --')
    .option('--engine <name>', 'vllm or sglang', 'vllm')
    .option('--gpus <n>', 'GPUs that share the model (default: as few as hold it)', toCount)
    .option('--gpu <kind>', 'plan for this kind of GPU (elsewhere than here default: H100)')
    .option('--context <tokens>', 'tokens of prompt and answer together', toCount, 32_768)
    .option('--quantization <method>', 'fp8 halves the memory that the weights take')
    .option('--host <address>', 'where it listens', '127.0.0.1')
    .option('--port <port>', 'where it listens (default: 8000; 30000 for SGLang)', toFixedPort)
    .option('--name <name>', "what sera calls it (default: from the model's name)")
    .option('--api-key-env <variable>', 'takes the key from there (default: makes one)')
    .option('--timeout <seconds>', 'how long it may take to answer', toCount, 3600)
    .option('--force', 'start even where it looks as if it would not work')
    .option('--dry-run', 'print the command, and whether the model fits; start nothing')
    .option('--modal', 'run it on Modal, with your modal command; ends with this command')
    .option('--detach', 'with --modal: it stays, and sleeps while nobody asks')
    .option('--hf-secret <name>', "with --modal: Modal's secret that holds HF_TOKEN, for private models")
    .option('--compose', 'print a Compose file of engine and proxy')
    .option('--kubernetes', 'print Kubernetes manifests of engine and proxy')
    .option('--proxy-image <image>', 'with --kubernetes or --compose: the image of sera')
    .option('--list', 'what runs, here and on Modal')
    .option('--stop <name>', 'end a server')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      `
Examples:
  $ sera serve ./student                            on the GPUs of this machine
  $ sera serve allenai/SERA-32B --dry-run           the command, and whether the model fits
  $ sera serve ./student --modal --gpu H100 --detach
  $ sera serve allenai/SERA-32B --compose > compose.yaml
  $ sera serve ./student -- --kv-cache-dtype fp8    options for the engine itself

HF_TOKEN opens private models. Ctrl-C ends the server.`,
    )
    .action((model, more, flags) => serve(model, more, flags, program.version() ?? ''));
}

async function serve(
  model: string | undefined,
  more: readonly string[],
  flags: ServeFlags,
  version: string,
): Promise<void> {
  const task = taskOf(flags);
  if (task === 'list') return listServers(flags);
  if (task === 'stop') return stopServer(flags.stop ?? '');
  if (model === undefined) {
    throw new UsageError('name a model: sera serve MODEL, a folder or an id on the Hub');
  }
  const engine = engineOf(flags.engine);
  const opened = await openModel(model, process.env);
  const name = serverName(flags.name ?? opened.name);
  const key = chooseKey(process.env, flags.apiKeyEnv);
  const request = { engine, model: opened, context: flags.context, more, ...wishes(flags) };
  if (task === 'modal') {
    const gpus = gpusOf(flags.gpu ?? USUAL_GPU, flags.gpus);
    const source = modalSource(opened, name);
    return serveOnModal(planServe({ ...request, ...INSIDE, gpus, source }), name, key, flags);
  }
  if (task === 'compose' || task === 'kubernetes') {
    const gpus = gpusOf(flags.gpu ?? USUAL_GPU, flags.gpus);
    const source = teamSource(opened);
    return printManifests(task, planServe({ ...request, ...INSIDE, gpus, source }), name, version, flags);
  }
  const gpus = flags.gpu ? gpusOf(flags.gpu, flags.gpus) : await listGpus(process.env);
  const port = flags.port ?? (engine.name === 'vllm' ? 8000 : 30_000);
  const plan = planServe({ ...request, gpus, host: flags.host, port });
  return flags.dryRun ? showPlan(plan, flags) : serveHere(plan, name, key, flags);
}

/** Where an engine in a container listens: the container's own network is its fence. */
const INSIDE = { host: '0.0.0.0', port: 8000 } as const;

async function serveHere(plan: ServePlan, name: string, key: string, flags: ServeFlags): Promise<void> {
  tellPlan(plan);
  refuse(plan, flags.force);
  await runServer({
    name,
    key,
    place: 'here',
    engine: plan.engine,
    model: plan.settings.name,
    detach: false,
    patience: flags.timeout,
    json: flags.json ?? false,
    start: (options) => startEngine(plan, options),
  });
}

type Task = 'here' | 'modal' | 'compose' | 'kubernetes' | 'list' | 'stop';

/** @throws UsageError where the flags ask for several things */
function taskOf(flags: ServeFlags): Task {
  const asked = (['modal', 'compose', 'kubernetes', 'list', 'stop'] as const).filter((task) => flags[task]);
  const [task, other] = asked;
  if (task && other) throw new UsageError(`--${task} and --${other} exclude each other`);
  if (task !== 'modal' && (flags.detach || flags.hfSecret)) {
    throw new UsageError(`--${flags.detach ? 'detach' : 'hf-secret'} needs --modal`);
  }
  if (task === undefined && flags.gpu !== undefined && !flags.dryRun) {
    throw new UsageError(
      '--gpu plans for another machine: add --dry-run, --modal, --compose or --kubernetes',
    );
  }
  return task ?? 'here';
}

function wishes({ gpus, quantization }: ServeFlags) {
  return { ...(gpus !== undefined && { wanted: gpus }), ...(quantization !== undefined && { quantization }) };
}

/** As many GPUs of a kind as a machine has at most, or as are wanted. */
function gpusOf(kind: string, wanted: number | undefined): Gpu[] {
  const gpu = gpuKind(kind);
  return Array.from({ length: Math.max(8, wanted ?? 0) }, () => gpu);
}

function engineOf(name: string): Engine {
  if (name === 'vllm' || name === 'sglang') return ENGINES[name];
  throw new UsageError(`--engine ${name}: choose vllm or sglang`);
}

/** The engine's address is told before it starts, so that the system cannot choose its port. */
function toFixedPort(text: string): number {
  toCount(text);
  return toPort(text);
}

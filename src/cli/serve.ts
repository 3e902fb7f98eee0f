import type { Command } from 'commander';
import { UsageError } from '../error.ts';
import {
  ENGINES,
  type Engine,
  gpuKind,
  listGpus,
  openModel,
  planServe,
  type ServePlan,
} from '../serving/index.ts';
import { serveHere } from './serve-here.ts';
import { showPlan } from './serve-plan.ts';

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
  readonly json?: boolean;
}

export function registerServe(program: Command): void {
  program
    .command('serve')
    .description('run a model with vLLM or SGLang: here, on Modal, or for a team')
    .argument('[model]', 'a folder, or an id on the Hugging Face Hub')
    .argument('[options...]', 'options for the engine itself, behind --')
    .option('--engine <name>', 'vllm or sglang', 'vllm')
    .option('--gpus <n>', 'GPUs that share the model (default: as few as hold it)', toCount)
    .option('--gpu <kind>', 'plan for this kind of GPU, such as H100')
    .option('--context <tokens>', 'tokens of prompt and answer together', toCount, 32_768)
    .option('--quantization <method>', 'fp8 halves the memory that the weights take')
    .option('--host <address>', 'where it listens', '127.0.0.1')
    .option('--port <port>', 'where it listens (default: 8000; 30000 for SGLang)', toPort)
    .option('--name <name>', "what sera calls it (default: from the model's name)")
    .option('--api-key-env <variable>', 'takes the key from there (default: makes one)')
    .option('--timeout <seconds>', 'how long it may take to answer', toCount, 3600)
    .option('--force', 'start even where it looks as if it would not work')
    .option('--dry-run', 'print the command, and whether the model fits; start nothing')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      `
Examples:
  $ sera serve ./student                            on the GPUs of this machine
  $ sera serve allenai/SERA-32B --dry-run           the command, and whether the model fits
  $ sera serve ./student -- --kv-cache-dtype fp8    options for the engine itself

HF_TOKEN opens private models. Ctrl-C ends the server.`,
    )
    .action(serve);
}

async function serve(model: string | undefined, more: readonly string[], flags: ServeFlags): Promise<void> {
  if (model === undefined)
    throw new UsageError('name a model: sera serve MODEL, a folder or an id on the Hub');
  const plan = await planHere(model, more, flags);
  if (flags.dryRun) showPlan(plan, flags);
  else await serveHere(plan, flags);
}

async function planHere(model: string, more: readonly string[], flags: ServeFlags): Promise<ServePlan> {
  const engine = engineOf(flags.engine);
  const [opened, gpus] = await Promise.all([
    openModel(model, process.env),
    flags.gpu
      ? Array.from({ length: flags.gpus ?? 8 }, () => gpuKind(flags.gpu ?? ''))
      : listGpus(process.env),
  ]);
  return planServe({
    model: opened,
    engine,
    gpus,
    context: flags.context,
    host: flags.host,
    port: flags.port ?? (engine.name === 'vllm' ? 8000 : 30_000),
    more,
    ...(flags.gpus !== undefined && { wanted: flags.gpus }),
    ...(flags.quantization !== undefined && { quantization: flags.quantization }),
  });
}

function engineOf(name: string): Engine {
  if (name === 'vllm' || name === 'sglang') return ENGINES[name];
  throw new UsageError(`--engine ${name}: choose vllm or sglang`);
}

function toCount(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new UsageError(`${text} is not a whole number above 0`);
  return value;
}

function toPort(text: string): number {
  const value = toCount(text);
  if (value > 65_535) throw new UsageError(`${text} is not a port: the highest is 65535`);
  return value;
}

import { createServer } from 'node:net';
import { UsageError } from '../../error.ts';
import type { Engine } from '../engine/engine.ts';
import { EngineError } from '../errors.ts';
import type { ServePlan } from '../plan.ts';
import type { ServerState } from '../state.ts';
import { adviceFor } from './causes.ts';
import { type Ending, type ProcessGroup, startGroup } from './group.ts';
import { type EngineLog, followLog } from './log.ts';
import { untilReady } from './ready.ts';

/** A model that answers. */
export interface Served {
  /** Base address for clients, with `/v1`. */
  readonly url: string;
  /** What the server calls the model. */
  readonly model: string;
  /** Rejected with an EngineError when the engine ends by itself. */
  readonly ended: Promise<never>;
  /** Ends the engine with all that it started: gently, after some seconds by force. */
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly name: string;
  readonly key: string;
  readonly state: ServerState;
  readonly environment: NodeJS.ProcessEnv;
  /** Seconds until it must answer. */
  readonly patience: number;
  /** Ends the waiting, and the engine with it. */
  readonly signal: AbortSignal;
  /** Ends the engine at once, also while it ends gently. */
  readonly force?: AbortSignal;
  readonly onLine?: (line: string) => void;
  /** Milliseconds that the engine has to end gently. */
  readonly grace?: number;
}

/**
 * Starts an engine on this machine and waits until it answers.
 *
 * @throws UsageError where the port is taken
 * @throws EngineError where the engine is not installed, ends, or does not answer in time
 */
export async function startEngine(plan: ServePlan, options: StartOptions): Promise<Served> {
  const { engine, settings } = plan;
  await requirePort(settings.host, settings.port);
  await options.state.prepare();
  const began = Date.now();
  const group = startGroup(await withKey(plan, options), { environment: environmentOf(plan, options) });
  const streams = [group.child.stdout, group.child.stderr].flatMap((stream) => stream ?? []);
  group.child.stdin?.end();
  options.force?.addEventListener('abort', () => group.kill(), { once: true });
  const log = followLog(streams, options.state.path(options.name, 'log'), options.key, options.onLine);
  const ended = group.ended.then(async (ending): Promise<never> => {
    await log.close();
    throw new EngineError(describe(engine, ending, log, began), log.tail());
  });
  ended.catch(() => undefined); // nobody may be waiting for it yet
  const stop = () => group.stop(options.grace ?? 15_000);
  const url = `http://${reachable(settings.host)}:${settings.port}`;
  const settled = new AbortController();
  try {
    const model = await Promise.race([ended, waitFor(url, engine, log, options, settled.signal)]);
    return { url: `${url}/v1`, model, ended, stop };
  } catch (error) {
    await stopAfter(group, options);
    throw error;
  } finally {
    settled.abort();
  }
}

/** An engine that gave up has nothing left to put in order; one that is interrupted may. */
async function stopAfter(group: ProcessGroup, { signal, grace = 15_000 }: StartOptions): Promise<void> {
  await group.stop(signal.aborted ? grace : Math.min(grace, 5_000));
}

async function waitFor(
  url: string,
  engine: Engine,
  log: EngineLog,
  options: StartOptions,
  settled: AbortSignal,
): Promise<string> {
  const limit = AbortSignal.timeout(options.patience * 1000);
  const signal = AbortSignal.any([options.signal, settled, limit]);
  try {
    return await untilReady({ url, key: options.key, signal });
  } catch (error) {
    if (options.signal.aborted || !limit.aborted) throw error;
    throw new EngineError(
      `${engine.title} did not answer within ${options.patience} s: --timeout gives it more`,
      log.tail(),
    );
  }
}

function describe(engine: Engine, ending: Ending, log: EngineLog, began: number): string {
  if (ending.error?.code === 'ENOENT') return notInstalled(engine);
  if (ending.error) return `${engine.title} could not be started: ${ending.error.message}`;
  if (log.tail().some((line) => line.includes(`No module named '${engine.name}'`)))
    return notInstalled(engine);
  const how = ending.signal ? `was ended by ${ending.signal}` : `ended with status ${ending.status}`;
  const advice = adviceFor(log.tail()) ?? killedAdvice(ending.signal) ?? 'see its log';
  return `${engine.title} ${how} after ${Math.round((Date.now() - began) / 1000)} s: ${advice}`;
}

function notInstalled({ name, title }: Engine): string {
  return `${title} is not installed here: pip install ${name}, or use --modal or --compose`;
}

function killedAdvice(signal: NodeJS.Signals | null): string | undefined {
  return signal === 'SIGKILL'
    ? 'somebody killed it, or the machine ran out of memory (see dmesg)'
    : undefined;
}

async function withKey(plan: ServePlan, { key, name, state }: StartOptions): Promise<[string, ...string[]]> {
  const [program = '', ...args] = plan.command;
  const secret = plan.engine.key;
  if ('variable' in secret) return [program, ...args];
  return [program, ...args, secret.option, await state.write(name, 'yaml', secret.file(key))];
}

function environmentOf({ engine, fit }: ServePlan, { environment, key }: StartOptions): NodeJS.ProcessEnv {
  const devices = fit?.gpus.flatMap(({ id }) => id ?? []).join(',');
  return {
    ...environment,
    PYTHONUNBUFFERED: '1',
    ...(devices && { CUDA_VISIBLE_DEVICES: devices, CUDA_DEVICE_ORDER: 'PCI_BUS_ID' }),
    ...('variable' in engine.key && { [engine.key.variable]: key }),
  };
}

function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

/** @throws UsageError where another program listens there */
async function requirePort(host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => reject(portError(host, port, error)));
    server.listen({ host, port }, () => server.close(() => resolve()));
  });
}

function portError(host: string, port: number, { code, message }: NodeJS.ErrnoException): UsageError {
  if (code === 'EADDRINUSE') {
    return new UsageError(
      `another program listens on port ${port}: choose one with --port, or end that program`,
    );
  }
  if (code === 'EACCES') return new UsageError(`port ${port} is for the system alone: choose one above 1023`);
  return new UsageError(`cannot listen on ${host}:${port}: ${message}`);
}

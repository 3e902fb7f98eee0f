import { EngineError } from '../errors.ts';
import { adviceFor } from '../local/causes.ts';
import { type ProcessGroup, startGroup } from '../local/group.ts';
import { type EngineLog, followLog } from '../local/log.ts';
import { untilReady } from '../local/ready.ts';
import type { Served, StartOptions } from '../local/start.ts';
import { ADDRESS_KEY, ENDED_KEY } from './app.ts';
import { modalEnvironment, notInstalled } from './command.ts';

export interface ModalOptions extends StartOptions {
  /** The app's Python file. */
  readonly file: string;
  /** The variable that carries the key. */
  readonly variable: string;
  /** True for an app that stays when this program ends. */
  readonly detach: boolean;
  /** Told where the app will answer, once it is known. */
  readonly onAddress?: (url: string) => Promise<void>;
}

/** A cold start holds a request until the container answers, for at most some minutes. */
const REQUEST_PATIENCE = 90_000;
const CLEAN_END = 60_000;

/**
 * Runs the app on Modal and waits until it answers.
 *
 * @throws ServingError where `modal` is not installed
 * @throws EngineError where Modal refuses the app, or it does not answer in time
 */
export async function startModal(options: ModalOptions): Promise<Served> {
  const { state, environment, key, file, variable, detach } = options;
  await state.prepare();
  const group = startGroup(['modal', detach ? 'deploy' : 'run', file], {
    environment: { ...modalEnvironment(environment), [variable]: key },
    watched: false, // the app ends with its input
  });
  options.force?.addEventListener('abort', () => group.kill(), { once: true });
  const { log, address, engineFailed } = listen(group, options);
  const ended = Promise.race([endOf(group, log, detach), engineFailed]);
  ended.catch(() => undefined); // nobody may be waiting for it yet
  const stop = () => endApp(group, detach);
  const settled = new AbortController();
  try {
    const found = await Promise.race([ended, address, aborted(options.signal)]);
    const url = found.replace(/\/+$/, '');
    await options.onAddress?.(url);
    const ready = answer(url, options, AbortSignal.any([options.signal, settled.signal]), log);
    const model = await Promise.race([ended, ready]);
    return { url: `${url}/v1`, model, ended, stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    settled.abort();
  }
}

/** What the app tells in its output. */
function listen(group: ProcessGroup, { state, name, key, detach, onLine }: ModalOptions) {
  const address = Promise.withResolvers<string>();
  const engine = Promise.withResolvers<never>();
  engine.promise.catch(() => undefined);
  const streams = [group.child.stdout, group.child.stderr].flatMap((stream) => stream ?? []);
  const log = followLog(streams, state.path(name, 'log'), key, (line) => {
    const found = detach ? deployedAddress(line) : told(line, ADDRESS_KEY);
    if (typeof found === 'string') address.resolve(found);
    const status = told(line, ENDED_KEY);
    if (status !== undefined) engine.reject(failure(`the engine on Modal ended with status ${status}`, log));
    onLine?.(line);
  });
  return { log, address: address.promise, engineFailed: engine.promise };
}

/** Rejected when the app ends by itself; a deployment that succeeded has ended and goes on. */
async function endOf(group: ProcessGroup, log: EngineLog, detach: boolean): Promise<never> {
  const { status, error } = await group.ended;
  await log.close();
  if (error) throw error.code === 'ENOENT' ? notInstalled() : error;
  if (detach && status === 0) return new Promise<never>(() => undefined);
  throw failure(`modal ended with status ${status}`, log);
}

function failure(what: string, log: EngineLog): EngineError {
  return new EngineError(`${what}: ${adviceFor(log.tail()) ?? 'see its log'}`, log.tail());
}

/** Ends the input, at which the app ends in good order; else by force. A deployment is left alone. */
async function endApp(group: ProcessGroup, detach: boolean): Promise<void> {
  if (detach) return group.stop(5_000);
  group.child.stdin?.end();
  const timer = setTimeout(() => void group.stop(5_000), CLEAN_END);
  await group.ended;
  clearTimeout(timer);
}

async function answer(
  url: string,
  options: ModalOptions,
  signal: AbortSignal,
  log: EngineLog,
): Promise<string> {
  const limit = AbortSignal.timeout(options.patience * 1000);
  try {
    return await untilReady({
      url,
      key: options.key,
      signal: AbortSignal.any([signal, limit]),
      every: 2_000,
      patience: REQUEST_PATIENCE,
    });
  } catch (error) {
    if (signal.aborted || !limit.aborted) throw error;
    throw new EngineError(
      `nobody answered at ${url} within ${options.patience} s: --timeout gives it more`,
      log.tail(),
    );
  }
}

/** What the app says under this key, in a line that is a JSON object of its own. */
function told(line: string, key: string): unknown {
  if (!line.includes(key)) return undefined;
  try {
    const object: unknown = JSON.parse(line);
    return Object.entries(object ?? {}).find(([name]) => name === key)?.[1];
  } catch {
    return undefined;
  }
}

function deployedAddress(line: string): string | undefined {
  return /https:\/\/[\w.-]+\.modal\.run\b/.exec(line)?.[0];
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = () => reject(signal.reason);
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}

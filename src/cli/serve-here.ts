import { UsageError } from '../error.ts';
import {
  birthOf,
  chooseKey,
  EngineError,
  type Served,
  type ServePlan,
  ServerState,
  ServingError,
  serverName,
  startEngine,
} from '../serving/index.ts';
import { type Interrupt, listenForInterrupt } from './interrupt.ts';
import { LiveLine } from './live.ts';
import { note, paint, printJson } from './output.ts';
import { nextCommands } from './serve-next.ts';
import { tellPlan } from './serve-plan.ts';
import { duration } from './text.ts';

export interface HereFlags {
  readonly name?: string;
  readonly apiKeyEnv?: string;
  readonly timeout: number;
  readonly force?: boolean;
  readonly json?: boolean;
}

const TAIL_LINES = 20;

/** Starts the engine on this machine, says when it answers and what to type next, and ends it at the user's word. */
export async function serveHere(plan: ServePlan, flags: HereFlags): Promise<void> {
  const state = ServerState.of(process.env);
  const name = serverName(flags.name ?? plan.model.name);
  const key = chooseKey(process.env, flags.apiKeyEnv);
  await requireFree(state, name);
  tellPlan(plan);
  refuse(plan, flags);
  const interrupt = listenForInterrupt(`stopping ${plan.engine.title}; Ctrl-C again ends it at once`);
  try {
    const served = await start(plan, { state, name, key, flags, interrupt });
    await keep(served, plan, { state, name, key, flags, interrupt });
  } catch (error) {
    if (error instanceof EngineError) showTail(error, state.path(name, 'log'));
    throw error;
  } finally {
    await state.forget(name);
    interrupt.dispose();
  }
}

interface Sitting {
  readonly state: ServerState;
  readonly name: string;
  readonly key: string;
  readonly flags: HereFlags;
  readonly interrupt: Interrupt;
}

async function start(plan: ServePlan, { state, name, key, flags, interrupt }: Sitting): Promise<Served> {
  const began = Date.now();
  let last = '';
  const elapsed = () => duration((Date.now() - began) / 1000);
  const live = new LiveLine(() => `${elapsed()} · ${plan.engine.title} starts${last && ` · ${last}`}`);
  try {
    const served = await startEngine(plan, {
      name,
      key,
      state,
      environment: process.env,
      patience: flags.timeout,
      signal: interrupt.drain,
      onLine: (line) => {
        last = line;
      },
    });
    live.stop();
    note(`${paint.err.green('ready')} after ${elapsed()}: ${served.model} at ${served.url}`);
    return served;
  } catch (error) {
    live.stop();
    throw error;
  }
}

async function keep(
  served: Served,
  plan: ServePlan,
  { state, name, key, flags, interrupt }: Sitting,
): Promise<void> {
  const keyFile = await state.write(name, 'key', `${key}\n`);
  const born = await birthOf(process.pid);
  await state.save(name, {
    place: 'here',
    engine: plan.engine.name,
    model: served.model,
    url: served.url,
    pid: process.pid,
    ...(born !== undefined && { born }),
    started: new Date().toISOString(),
  });
  const log = state.path(name, 'log');
  if (flags.json) printJson({ name, url: served.url, model: served.model, key_file: keyFile, log });
  note(`log: ${log}`);
  for (const line of nextCommands(served.url, keyFile)) note(line);
  await Promise.race([served.ended, aborted(interrupt.drain)]);
  interrupt.signal.addEventListener('abort', () => served.kill());
  await served.stop();
  process.exitCode = 130;
}

/** @throws ServingError with the first reason why it would not work, unless it is forced */
export function refuse({ faults }: ServePlan, { force }: { readonly force?: boolean }): void {
  const [first, ...others] = faults;
  if (first === undefined) return;
  for (const fault of force ? faults : others) note(paint.err.yellow(`warning: ${fault}`));
  if (!force) throw new ServingError(`${first} (--force starts it all the same)`);
}

/** @throws UsageError where a server of this name runs */
export async function requireFree(state: ServerState, name: string): Promise<void> {
  if ((await state.find(name)) === undefined) return;
  throw new UsageError(`${name} runs already: sera serve --stop ${name}, or choose another --name`);
}

function showTail({ tail }: EngineError, log: string): void {
  const shown = tail.slice(-TAIL_LINES);
  if (shown.length === 0) return;
  note(paint.err.dim(`last ${shown.length} lines of ${log}:`));
  for (const line of shown) note(paint.err.dim(`  ${line}`));
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

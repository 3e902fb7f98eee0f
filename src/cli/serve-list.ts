import { setTimeout as sleep } from 'node:timers/promises';
import { UsageError } from '../error.ts';
import {
  listModal,
  type ModalServer,
  type ServerRecord,
  ServerState,
  ServingError,
  stopModal,
} from '../serving/index.ts';
import { note, print, printJson } from './output.ts';
import { table } from './text.ts';

/** Prints the servers that run here, and the user's on Modal. */
export async function listServers({ json }: { readonly json?: boolean }): Promise<void> {
  const known = await ServerState.of(process.env).list();
  const rented = await askModal();
  const rows = [...known.map((server) => describe(server, rented)), ...strangers(known, rented ?? [])];
  if (json) for (const row of rows) printJson(row);
  else if (rows.length === 0) note('no servers; start one with sera serve MODEL');
  else for (const line of table(rows.map((row) => Object.values(row)))) print(line);
}

interface Row {
  readonly name: string;
  readonly place: string;
  readonly state: string;
  readonly model: string;
  readonly url: string;
  readonly started: string;
}

function describe(
  { name, place, model, url, started, ready }: ServerRecord,
  rented: readonly ModalServer[] | undefined,
): Row {
  const found = rented?.find((server) => server.name === name);
  const state =
    place === 'here' ? (ready ? 'runs' : 'starts') : (found?.state ?? (rented ? 'stopped' : 'unknown'));
  return { name, place, state, model, url, started };
}

/** Servers on Modal that were started from another machine. */
function strangers(known: readonly ServerRecord[], rented: readonly ModalServer[]): Row[] {
  return rented
    .filter(({ name }) => !known.some((server) => server.name === name))
    .map(({ name, state, created }) => ({
      name,
      place: 'modal',
      state,
      model: '',
      url: '',
      started: created,
    }));
}

/** Without `modal`, or without an account there, the list is of this machine alone. */
async function askModal(): Promise<ModalServer[] | undefined> {
  try {
    return await listModal(process.env);
  } catch (error) {
    note(`Modal could not be asked: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

const STOP_PATIENCE = 90_000;

/** Ends a server by its name, and waits until it has ended. */
export async function stopServer(name: string): Promise<void> {
  const state = ServerState.of(process.env);
  const server = await state.find(name);
  if (server === undefined || server.pid === 0) await stopRented(name, server !== undefined);
  else await stopSitting(state, server);
  await state.forget(name);
  note(`${name} has ended`);
}

async function stopRented(name: string, known: boolean): Promise<void> {
  const rented = known ? undefined : await listModal(process.env);
  if (!known && !rented?.some((server) => server.name === name)) {
    throw new UsageError(`no server is called ${name}: sera serve --list shows what runs`);
  }
  await stopModal(name, process.env);
}

/** The command that looks after the server ends it as at a Ctrl-C. */
async function stopSitting(state: ServerState, { name, pid }: ServerRecord): Promise<void> {
  process.kill(pid, 'SIGTERM');
  const limit = Date.now() + STOP_PATIENCE;
  while (await state.find(name)) {
    if (Date.now() > limit) throw new ServingError(`${name} does not end: kill -9 ${pid} ends it by force`);
    await sleep(100);
  }
}

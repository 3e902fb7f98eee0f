import { execa } from 'execa';
import { z } from 'zod';
import { ServingError } from '../errors.ts';
import { adviceFor } from '../local/causes.ts';
import { appName, MODELS_VOLUME, nameOfApp } from './app.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Output that is not folded to the width of a terminal, and comes as it is written. */
export function modalEnvironment(environment: Environment): Record<string, string | undefined> {
  return { ...environment, COLUMNS: '1000', PYTHONUNBUFFERED: '1', NO_COLOR: '1' };
}

/** A server on Modal, started by `sera serve`. */
export interface ModalServer {
  readonly name: string;
  readonly state: string;
  readonly created: string;
}

const apps = z.array(z.record(z.string(), z.unknown()));

/**
 * The user's servers on Modal.
 *
 * @returns undefined where `modal` is not installed
 * @throws ServingError with Modal's own words
 */
export async function listModal(environment: Environment): Promise<ModalServer[] | undefined> {
  const result = await modal(['app', 'list', '--json'], environment);
  if (result === undefined) return undefined;
  const rows = apps.parse(JSON.parse(result));
  return rows.flatMap((row) => {
    const name = nameOfApp(field(row, 'description', 'Description'));
    const state = field(row, 'state', 'State');
    if (name === undefined || state === 'stopped') return [];
    return [{ name, state, created: field(row, 'created_at', 'Created at') }];
  });
}

/** Ends a server on Modal, its containers with it. */
export async function stopModal(name: string, environment: Environment): Promise<void> {
  const result = await modal(['app', 'stop', appName(name), '--yes'], environment);
  if (result === undefined) throw notInstalled();
}

/** Copies a model's folder to Modal, where what is there already is not sent again. */
export async function uploadModel(
  folder: string,
  name: string,
  environment: Environment,
  signal: AbortSignal,
): Promise<void> {
  await modal(['volume', 'create', MODELS_VOLUME], environment).catch(() => undefined); // it may be there
  const put = ['volume', 'put', '--force', MODELS_VOLUME, folder, `/${name}`];
  if ((await modal(put, environment, signal)) === undefined) throw notInstalled();
}

export function notInstalled(): ServingError {
  return new ServingError('modal is not installed here: pip install modal, then modal setup');
}

async function modal(
  args: readonly string[],
  environment: Environment,
  cancelSignal?: AbortSignal,
): Promise<string | undefined> {
  const result = await execa('modal', args, {
    reject: false,
    stdin: 'ignore',
    env: modalEnvironment(environment),
    ...(cancelSignal && { cancelSignal, forceKillAfterDelay: 5_000 }),
  });
  if (!result.failed) return result.stdout;
  if (result.code === 'ENOENT') return undefined;
  cancelSignal?.throwIfAborted();
  throw new ServingError(
    `modal ${args.slice(0, 2).join(' ')}: ${adviceFor([result.stderr]) ?? plainWords(result.stderr || result.stdout)}`,
  );
}

/** The words of a message that Modal has put in a frame. */
function plainWords(text: string): string {
  const words = text
    .replace(/[─│╭╮╰╯]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return words.replace(/^Error /, '') || 'it failed without a word';
}

/** Modal's tables had the column's heading as their key before they had names. */
function field(row: Readonly<Record<string, unknown>>, ...keys: readonly string[]): string {
  const value = keys.map((key) => row[key]).find((one) => typeof one === 'string');
  return typeof value === 'string' ? value : '';
}

import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { UsageError } from '../../error.ts';
import { readFolder } from './folder.ts';
import { readHub } from './hub.ts';
import { GGUF_ADVICE } from './kind.ts';
import type { Model } from './model.ts';

/** `owner/name`, or a name alone as the oldest models have. */
const HUB_ID = /^[A-Za-z0-9][\w.-]*(\/[A-Za-z0-9][\w.-]*)?$/;

/** `HF_HOME`, `HF_HUB_CACHE`, `HF_ENDPOINT` and `HF_TOKEN` mean what they mean to the engines. */
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Finds a model: a folder of this machine, else an id on the Hub, looked up in the Hub's cache on this machine first.
 *
 * @throws UsageError where the text is neither
 * @throws ServingError where the Hub refuses it
 */
export async function openModel(text: string, environment: Environment): Promise<Model> {
  const folder = resolve(text);
  const found = text === '' ? undefined : await stat(folder).catch(() => undefined);
  if (found?.isDirectory()) return readFolder(folder);
  if (found)
    throw new UsageError(
      `${text}: ${text.endsWith('.gguf') ? GGUF_ADVICE : 'it is a file: name the folder of the model'}`,
    );
  if (!HUB_ID.test(text) || text.includes('..')) {
    throw new UsageError(`there is no folder ${text}, and it is no id on the Hugging Face Hub (owner/name)`);
  }
  const cached = await readCache(text, environment);
  if (cached) return cached;
  return readHub(text, {
    ...(environment.HF_ENDPOINT && { url: environment.HF_ENDPOINT }),
    ...(environment.HF_TOKEN && { token: environment.HF_TOKEN }),
  });
}

/** The Hub's cache may hold a part of a model only: then the Hub is asked. */
async function readCache(id: string, environment: Environment): Promise<Model | undefined> {
  const home =
    environment.HF_HOME ?? join(environment.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'huggingface');
  const folder = join(environment.HF_HUB_CACHE ?? join(home, 'hub'), `models--${id.replaceAll('/', '--')}`);
  try {
    const commit = await readFile(join(folder, 'refs', 'main'), 'utf8');
    const model = await readFolder(join(folder, 'snapshots', commit.trim()), id);
    return model.faults.length === 0 ? { ...model, source: id, place: 'hub' } : undefined;
  } catch {
    return undefined;
  }
}

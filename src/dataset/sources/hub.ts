import { HubError } from '../errors.ts';

/** The environment's key for the Hub, as its own programs name it. */
export function hubKey(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  return environment.HF_TOKEN || environment.HUGGING_FACE_HUB_TOKEN || undefined;
}

/**
 * Brings a data set of the Hub to a folder of the cache; what is there already is not fetched again.
 *
 * @param name `owner/name`
 * @throws HubError the Hub cannot be reached, or does not have it
 */
export async function fetchDataset(name: string, cache: string): Promise<string> {
  const { snapshotDownload } = await import('@huggingface/hub');
  try {
    return await snapshotDownload({ repo: { type: 'dataset', name }, cacheDir: cache, ...credentials() });
  } catch (error) {
    throw unreachable(`${name}, which is no file or folder here,`, error);
  }
}

/**
 * Brings a model's tokenizer, and the chat template beside it, to the Hub's own cache.
 *
 * @param name `owner/name`
 * @returns where `tokenizer.json` lies then
 * @throws HubError the Hub cannot be reached, or does not have it
 */
export async function fetchTokenizer(name: string): Promise<string> {
  const { downloadFileToCacheDir } = await import('@huggingface/hub');
  const fetch = (path: string) =>
    downloadFileToCacheDir({ repo: { type: 'model', name }, path, ...credentials() });
  try {
    await fetch('tokenizer_config.json');
    await fetch('chat_template.jinja').catch(() => {}); // newer models have it there
    return await fetch('tokenizer.json');
  } catch (error) {
    throw unreachable(`the tokenizer of ${name}`, error);
  }
}

function credentials(): { accessToken?: string } {
  const accessToken = hubKey();
  return accessToken ? { accessToken } : {};
}

function unreachable(what: string, error: unknown): HubError {
  return new HubError(
    `cannot fetch ${what} from the Hub (${hubReason(error)}): give the path of a local copy`,
  );
}

/** The first line of why the Hub did not answer: `fetch` says only that it failed, its cause says why. */
export function hubReason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  // What was tried at several addresses has a code and no message.
  const [line = ''] = (cause.message || ('code' in cause ? String(cause.code) : '')).split('\n');
  return line;
}

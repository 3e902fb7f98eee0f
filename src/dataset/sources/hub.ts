import { snapshotDownload } from '@huggingface/hub';
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
  const accessToken = hubKey();
  try {
    return await snapshotDownload({
      repo: { type: 'dataset', name },
      cacheDir: cache,
      ...(accessToken ? { accessToken } : {}),
    });
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new HubError(
      `cannot fetch the data set ${name} from the Hub (${why}): give the path of a local copy`,
    );
  }
}

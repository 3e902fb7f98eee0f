import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createRepo, datasetInfo, HubApiError, uploadFilesWithProgress } from '@huggingface/hub';
import { HubError, SourceError } from './errors.ts';
import { ACCOUNT } from './output/folder.ts';
import { hubKey } from './sources/hub.ts';

export interface PushOptions {
  readonly folder: string;
  /** `owner/name` on the Hub. */
  readonly name: string;
  /** Everyone may read it; private where it is left out. */
  readonly isPublic: boolean;
  /** Another Hub than the public one. */
  readonly hubUrl?: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** Told how far a file is, from 0 to 1. */
  readonly onProgress?: (path: string, share: number) => void;
}

/**
 * Uploads a data set in one commit; what the Hub has already is not sent again, so that it is safe to repeat.
 *
 * @returns the address of the data set
 * @throws SourceError the folder is no data set of sera
 * @throws HubError no key, or the Hub refuses; also where the data set is public there and that was not asked for
 */
export async function pushDataset(options: PushOptions): Promise<string> {
  const { folder, name, isPublic, hubUrl = 'https://huggingface.co' } = options;
  const names = await readdir(folder).catch(() => [] as string[]);
  if (!names.includes(ACCOUNT)) throw new SourceError(`${folder} is no data set that sera curate wrote`);
  const accessToken = hubKey(options.environment);
  if (!accessToken) throw new HubError('no key for the Hub: set HF_TOKEN to one that may write');
  const target = { repo: { type: 'dataset', name } as const, accessToken, hubUrl };
  try {
    await ensureRepository(target, isPublic);
    const files = await filesOf(folder);
    for await (const event of uploadFilesWithProgress({
      ...target,
      files,
      commitTitle: 'Data set made with sera',
    })) {
      if (event.event === 'fileProgress') options.onProgress?.(event.path, event.progress);
    }
    return `${hubUrl}/datasets/${name}`;
  } catch (error) {
    if (error instanceof HubError) throw error;
    throw new HubError(`cannot push to ${name}: ${explain(error)}`);
  }
}

type Target = { repo: { type: 'dataset'; name: string }; accessToken: string; hubUrl: string };

/** Private code must not go where everyone reads: a data set that is there and public is only taken when asked for. */
async function ensureRepository(target: Target, isPublic: boolean): Promise<void> {
  const { name } = target.repo;
  try {
    await createRepo({ ...target, visibility: isPublic ? 'public' : 'private' });
  } catch (error) {
    if (!(error instanceof HubApiError) || error.statusCode !== 409) throw error;
    const there = await datasetInfo({ name, accessToken: target.accessToken, hubUrl: target.hubUrl });
    if (!there.private && !isPublic) {
      throw new HubError(
        `${name} is public on the Hub: give --public if everyone may read this data, or another name`,
      );
    }
  }
}

async function filesOf(folder: string): Promise<{ path: string; content: URL }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return paths.sort().map((path) => ({
    path: relative(folder, path).split(sep).join('/'),
    content: pathToFileURL(path),
  }));
}

function explain(error: unknown): string {
  if (error instanceof HubApiError) {
    if (error.statusCode === 401) return 'the key in HF_TOKEN is not valid';
    if (error.statusCode === 403) return 'the key in HF_TOKEN may not write there';
  }
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}

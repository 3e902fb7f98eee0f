import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createRepo, datasetInfo, HubApiError, uploadFilesWithProgress } from '@huggingface/hub';
import { UsageError } from '../error.ts';
import { HubError, SourceError } from './errors.ts';
import { ACCOUNT } from './output/folder.ts';
import { hubKey, hubReason } from './sources/hub.ts';

export interface PushOptions {
  readonly folder: string;
  /** `owner/name` on the Hub. */
  readonly name: string;
  /** Everyone may read it; private where it is left out. */
  readonly isPublic: boolean;
  /** Another Hub than the public one. */
  readonly hubUrl?: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** Told what is being done, and to how many of the bytes of the data set. */
  readonly onProgress?: (progress: PushProgress) => void;
}

export interface PushProgress {
  readonly doing: 'asking' | 'hashing' | 'sending' | 'committing';
  /** Bytes for which that is done. */
  readonly done: number;
  /** Bytes of the whole data set. */
  readonly total: number;
}

/** What was pushed. */
export interface Pushed {
  readonly url: string;
  readonly files: number;
  readonly bytes: number;
}

/**
 * Uploads a data set in one commit; what the Hub has already is not sent again, so that it is safe to repeat.
 *
 * @throws UsageError the name or the address of the Hub is none
 * @throws SourceError the folder is no data set of sera
 * @throws HubError no key, or the Hub cannot be reached or refuses; also where the data set is public there and that
 * was not asked for, or private and public was asked for
 */
export async function pushDataset(options: PushOptions): Promise<Pushed> {
  const { folder, name, isPublic } = options;
  const hubUrl = hubAddress(options.hubUrl ?? 'https://huggingface.co');
  if (!/^[\w.-]+\/[\w.-]+$/.test(name))
    throw new UsageError(`${name} is no name on the Hub: write OWNER/NAME`);
  const names = await readdir(folder).catch(() => [] as string[]);
  if (!names.includes(ACCOUNT)) throw new SourceError(`${folder} is no data set that sera curate wrote`);
  const accessToken = hubKey(options.environment);
  if (!accessToken) throw new HubError('no key for the Hub: set HF_TOKEN to one that may write');
  const target = { repo: { type: 'dataset', name } as const, accessToken, hubUrl };
  const files = await filesOf(folder);
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  try {
    await ensureRepository(target, isPublic);
    await upload(target, files, bytes, options.onProgress);
    return { url: `${hubUrl}/datasets/${name}`, files: files.length, bytes };
  } catch (error) {
    if (error instanceof HubError) throw error;
    throw new HubError(`cannot push to ${name}: ${explain(error, hubUrl)}`);
  }
}

function hubAddress(text: string): string {
  if (!/^https?:\/\/[^/\s]/.test(text) || !URL.canParse(text)) {
    throw new UsageError(`--hub ${text} is no address: it begins with https://`);
  }
  return text.replace(/\/+$/, '');
}

const DOING = { preuploading: 'asking', uploadingLargeFiles: 'sending', committing: 'committing' } as const;

async function upload(
  target: Target,
  files: readonly UploadFile[],
  total: number,
  onProgress: PushOptions['onProgress'] = () => {},
): Promise<void> {
  const sizes = new Map(files.map(({ path, size }) => [path, size]));
  const done = { hashing: new Map<string, number>(), sending: new Map<string, number>() };
  const content = files.map(({ path, url }) => ({ path, content: url }));
  const commitTitle = 'Data set made with sera';
  for await (const event of uploadFilesWithProgress({ ...target, files: content, commitTitle })) {
    if (event.event === 'phase') {
      onProgress({ doing: DOING[event.phase], done: event.phase === 'committing' ? total : 0, total });
    } else if (event.state !== 'error') {
      const doing = event.state === 'hashing' ? 'hashing' : 'sending';
      done[doing].set(event.path, event.progress * (sizes.get(event.path) ?? 0));
      onProgress({ doing, done: done[doing].values().reduce((sum, each) => sum + each, 0), total });
    }
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
    if (there.private && isPublic) {
      throw new HubError(
        `${name} is private on the Hub: leave --public out, or make it public there in its settings first`,
      );
    }
  }
}

interface UploadFile {
  readonly path: string;
  readonly url: URL;
  readonly size: number;
}

async function filesOf(folder: string): Promise<UploadFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    paths.sort().map(async (path) => ({
      path: relative(folder, path).split(sep).join('/'),
      url: pathToFileURL(path),
      size: (await stat(path)).size,
    })),
  );
}

function explain(error: unknown, hubUrl: string): string {
  if (error instanceof HubApiError) {
    if (error.statusCode === 401) return 'the key in HF_TOKEN is not valid';
    if (error.statusCode === 403) return 'the key in HF_TOKEN may not write there';
    if (error.statusCode === 404) return `${hubUrl} is no Hub, or has no such owner`;
    if (error.statusCode === 429) return 'the Hub asks for patience: try again in some minutes';
  }
  const why = hubReason(error);
  const failedOnTheWay = error instanceof Error && error.cause instanceof Error;
  return failedOnTheWay ? `${hubUrl} cannot be reached (${why})` : why;
}

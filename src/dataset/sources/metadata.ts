import { lineRecall } from '../../patch/index.ts';
import { type Metadata, NO_METADATA } from '../candidate.ts';

type Columns = Readonly<Record<string, unknown>>;

/** Names that published sets use for the same thing. */
const ALIASES: Partial<Record<keyof Metadata, readonly string[]>> = {
  repository: ['repo'],
  commit: ['base_commit'],
  file: ['func_path'],
  patch: ['rollout_patch', 'model_patch'],
  pull_request: ['problem_statement'],
  teacher: ['model', 'model_name_or_path'],
};

/**
 * Takes what a row tells of where it comes from, from its `metadata` or from columns of their own, and what its id,
 * its container image and its two patches give away; a value of another type is not taken.
 *
 * @param place the file, whose name tells the rollout of the published sets (`Sera-4.6-Lite-T2`)
 */
export function metadataOf(row: Columns, id: string, place: string): Metadata {
  const nested = isRecord(row.metadata) ? row.metadata : {};
  const told = Object.entries(NO_METADATA).flatMap(([key, none]) => {
    const names = [key, ...(ALIASES[key as keyof Metadata] ?? [])];
    const value = names.map((name) => nested[name] ?? row[name]).find((cell) => cell != null);
    return typeof value === typeOf(key, none) ? [[key, value]] : [];
  });
  const guessed = { repository: repositoryOf(id), rollout: rolloutOf(id), ...published(row, place) };
  return { ...NO_METADATA, ...guessed, ...Object.fromEntries(told) };
}

const NUMBERS: ReadonlySet<string> = new Set(['rollout', 'steps', 'matched', 'total', 'recall', 'cost_usd']);

function typeOf(key: string, none: unknown): string {
  if (typeof none === 'boolean') return 'boolean';
  return NUMBERS.has(key) ? 'number' : 'string';
}

/** What the columns of the published sets tell in a form of their own. */
function published(row: Columns, place: string): Partial<Metadata> {
  const { rollout_patch, target_patch, func_name, func_path, docker_image } = row;
  if (typeof rollout_patch !== 'string') return {};
  const named = typeof func_name === 'string' && typeof func_path === 'string' && func_path !== '';
  const [, rollout] = /[-_]t([12])(?![a-z0-9])/i.exec(place) ?? [];
  return {
    ...(named ? { function: `${func_path}::${func_name}` } : {}),
    ...(typeof docker_image === 'string' ? imageOf(docker_image) : {}),
    ...(rollout ? { rollout: Number(rollout) } : {}),
    ...(typeof target_patch === 'string' && target_patch !== ''
      ? lineRecall(target_patch, rollout_patch)
      : {}),
  };
}

/** `…owner_1776_name.0c6a7871`, as SWE-smith names the images of its repositories. */
function imageOf(image: string): Partial<Metadata> {
  const [, owner, name, commit] = /(?:^|[./])([\w-]+?)_1776_([\w.-]+)\.([0-9a-f]{8,40})$/.exec(image) ?? [];
  return owner && name && commit ? { repository: `${owner}/${name}`, commit } : {};
}

/** `owner__name-1234`, `owner__name.0a1b2c3d.…`, `owner__name-0123456789ab-t1`: as SWE-bench, SWE-smith and this project name instances. */
export function repositoryOf(id: string): string | null {
  const [, owner, name] =
    /^([\w-]+?)__([\w.-]+?)(?:-\d+|-[0-9a-f]{12}-t[12]|\.[0-9a-f]{8}(?:\..*)?)$/.exec(id) ?? [];
  return owner && name ? `${owner}/${name}` : null;
}

function rolloutOf(id: string): number | null {
  const [, rollout] = /-t([12])$/.exec(id) ?? [];
  return rollout ? Number(rollout) : null;
}

function isRecord(value: unknown): value is Columns {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { parsePatch } from './patch.ts';
import { changedLines } from './recall.ts';

export interface PatchSize {
  readonly files: number;
  readonly hunks: number;
  /** Changed lines, blank ones left out, as recall counts them. */
  readonly lines: number;
}

export function patchSize(patch: string): PatchSize {
  const files = parsePatch(patch);
  return {
    files: files.length,
    hunks: files.reduce((sum, file) => sum + file.hunks.length, 0),
    lines: changedLines(patch).length,
  };
}

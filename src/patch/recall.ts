import { type FilePatch, parsePatch } from './patch.ts';

/** How much of a target patch a produced patch repeats. */
export interface Recall {
  /** Changed lines of the target that the produced patch has too, counted as a multiset. */
  readonly matched: number;
  /** Changed lines of the target. */
  readonly total: number;
  /** `matched / total`, from 0 to 1; null where the target changes no line. */
  readonly recall: number | null;
}

/**
 * Line-level recall `r = |P2 ∩ P1| / |P1|` (arXiv 2601.20789, soft verification): lines with their sign, blank
 * ones left out, wherever in the patch they stand. Linear in the length of both patches.
 */
export function lineRecall(target: string, produced: string): Recall {
  const available = countLines(changedLines(produced));
  const wanted = changedLines(target);
  let matched = 0;
  for (const line of wanted) {
    const left = available.get(line) ?? 0;
    if (left === 0) continue;
    available.set(line, left - 1);
    matched += 1;
  }
  const total = wanted.length;
  return { matched, total, recall: total === 0 ? null : matched / total };
}

/** The target's changed lines, in order, each with whether the produced patch has it: for showing a pair. */
export function matchLines(target: string, produced: string): { line: string; matched: boolean }[] {
  const available = countLines(changedLines(produced));
  return changedLines(target).map((line) => {
    const left = available.get(line) ?? 0;
    if (left > 0) available.set(line, left - 1);
    return { line, matched: left > 0 };
  });
}

/** Every changed line of a patch with its sign, blank ones left out. */
export function changedLines(patch: string): string[] {
  return parsePatch(patch).flatMap(changedLinesOf);
}

function changedLinesOf(file: FilePatch): string[] {
  return file.hunks.flatMap((hunk) =>
    hunk.lines.filter((line) => line[0] !== ' ' && line.slice(1).trim() !== ''),
  );
}

function countLines(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}

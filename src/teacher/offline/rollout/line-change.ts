/** Lines of a file, from number `first`, and what is to stand in their place. */
export interface LineChange {
  readonly first: number;
  readonly old: readonly string[];
  readonly new: readonly string[];
}

/**
 * What differs between two texts that begin at line `first` of their file: one block, or one for each run of
 * differing lines where the block would be long and both texts have as many lines.
 */
export function lineChanges(
  first: number,
  before: readonly string[],
  after: readonly string[],
): LineChange[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1;
  let tail = 0;
  const shorter = Math.min(before.length, after.length) - head;
  while (tail < shorter && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  const block = {
    first: first + head,
    old: before.slice(head, before.length - tail),
    new: after.slice(head, after.length - tail),
  };
  return block.old.length === block.new.length && block.old.length > LONG_BLOCK ? runs(block) : [block];
}

/** Blocks up to this many lines are changed in one go. */
const LONG_BLOCK = 12;
/** Runs with fewer equal lines between them are changed together. */
const NEAR = 3;
/** A change that touches more places than this is made in larger blocks. */
const MOST_BLOCKS = 4;

function runs(block: LineChange): LineChange[] {
  const different = block.old.flatMap((line, index) => (line === block.new[index] ? [] : [index]));
  let spans = spansWithin(different, NEAR);
  for (let gap = NEAR * 2; spans.length > MOST_BLOCKS; gap *= 2) spans = spansWithin(different, gap);
  return spans.map(([from, to]) => ({
    first: block.first + from,
    old: block.old.slice(from, to + 1),
    new: block.new.slice(from, to + 1),
  }));
}

/** The runs of indices that lie no further apart than a gap. */
function spansWithin(indices: readonly number[], gap: number): [from: number, to: number][] {
  const spans: [from: number, to: number][] = [];
  for (const index of indices) {
    const last = spans.at(-1);
    if (last && index - last[1] <= gap) last[1] = index;
    else spans.push([index, index]);
  }
  return spans;
}

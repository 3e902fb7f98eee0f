import { lineRecall } from '../src/patch/index.ts';

const PAIRS = 10_000;
const LINES = 100;
/** A multiple of three, so that shifted lines keep their sign and about half of them are shared. */
const SHIFT = 51;

/** Recall of many pairs of patches, each with a hundred changed lines of which about half are shared. */
export async function benchRecall(): Promise<Record<string, unknown>> {
  const pairs = Array.from({ length: PAIRS }, (_, i) => [patch(i, 0), patch(i, SHIFT)] as const);
  const began = performance.now();
  let matched = 0;
  for (const [target, produced] of pairs) matched += lineRecall(target, produced).matched;
  const seconds = (performance.now() - began) / 1000;
  return { pairs: PAIRS, changed_lines: LINES, matched, seconds: Number(seconds.toFixed(3)) };
}

function patch(pair: number, shift: number): string {
  const lines = Array.from({ length: LINES }, (_, i) => {
    const sign = i % 3 === 0 ? '-' : '+';
    return `${sign}    value_${i + shift} = compute(${pair}, ${i + shift}, "some text of ordinary length")`;
  });
  const removed = lines.filter((line) => line.startsWith('-')).length;
  const head = `diff --git a/m.py b/m.py\n--- a/m.py\n+++ b/m.py\n@@ -1,${removed} +1,${LINES - removed} @@\n`;
  return `${head}${lines.join('\n')}\n`;
}

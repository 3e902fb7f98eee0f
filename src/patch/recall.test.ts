import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changedLines, lineRecall, matchLines, parsePatch } from './index.ts';

interface RecordedCase {
  target_patch: string;
  produced_patch: string;
  matched: number;
  total: number;
  recall: number | null;
}

const recorded: RecordedCase[] = JSON.parse(
  readFileSync(new URL('../../test/conformance/recall.json', import.meta.url), 'utf8'),
);

/** A patch of some files, each with one hunk, written the way git writes it. */
function writePatch(files: readonly (readonly [name: string, lines: readonly string[]])[]): string {
  return files
    .map(([name, lines]) => {
      const before = lines.filter((line) => !line.startsWith('+')).length;
      const after = lines.filter((line) => !line.startsWith('-')).length;
      const head = `diff --git a/${name} b/${name}\n--- a/${name}\n+++ b/${name}\n`;
      return `${head}@@ -1,${before} +1,${after} @@\n${lines.join('\n')}\n`;
    })
    .join('');
}

const text = fc.string({ unit: 'grapheme', maxLength: 12 }).map((s) => s.replace(/[\n\r\u2028\u2029]/g, ''));
const bodyLine = fc
  .tuple(fc.constantFrom(' ', '+', '-', '--', '++', '-- ', '+++ ', '--- a/'), text)
  .map((p) => p.join(''));
const file = fc.tuple(
  fc.stringMatching(/^[a-z]{1,8}\.py$/),
  fc.array(bodyLine, { minLength: 1, maxLength: 12 }),
);
const files = fc.array(file, { maxLength: 5 });

describe('line-level recall', () => {
  test.each(recorded.map((c, i) => [i, c] as const))(
    'equals the published tool on recorded pair %i',
    (_, c) => {
      expect(lineRecall(c.target_patch, c.produced_patch)).toEqual({
        matched: c.matched,
        total: c.total,
        recall: c.recall,
      });
    },
  );

  test('of a patch with itself is 1, or null where nothing changes', () => {
    fc.assert(
      fc.property(files, (parts) => {
        const patch = writePatch(parts);
        const { matched, total, recall } = lineRecall(patch, patch);
        expect(matched).toBe(total);
        expect(recall).toBe(total === 0 ? null : 1);
      }),
    );
  });

  test('counts exactly the changed lines that are not blank', () => {
    fc.assert(
      fc.property(files, (parts) => {
        const expected = parts.flatMap(([, lines]) =>
          lines.filter((l) => l[0] !== ' ' && l.slice(1).trim() !== ''),
        );
        expect(changedLines(writePatch(parts))).toEqual(expected);
      }),
    );
  });

  test('does not depend on the order of files', () => {
    fc.assert(
      fc.property(files, files, (target, produced) => {
        const straight = lineRecall(writePatch(target), writePatch(produced));
        const turned = lineRecall(writePatch(target.toReversed()), writePatch(produced.toReversed()));
        expect(turned).toEqual(straight);
      }),
    );
  });

  test('stays between 0 and 1 and agrees with the marked lines', () => {
    fc.assert(
      fc.property(files, files, (target, produced) => {
        const [p1, p2] = [writePatch(target), writePatch(produced)];
        const { matched, total } = lineRecall(p1, p2);
        expect(matched).toBeLessThanOrEqual(total);
        expect(matchLines(p1, p2).filter((l) => l.matched)).toHaveLength(matched);
      }),
    );
  });

  test('counts a line as often as it stands in both', () => {
    const target = writePatch([['a.py', ['+x', '+x', '+x']]]);
    const produced = writePatch([['b.py', ['+x', '+x', '-x']]]);
    expect(lineRecall(target, produced)).toEqual({ matched: 2, total: 3, recall: 2 / 3 });
  });

  test('counts a removed line that begins with two dashes', () => {
    const patch = writePatch([['q.sql', ['--- drop the table', '+++ add', ' select 1']]]);
    expect(changedLines(patch)).toEqual(['--- drop the table', '+++ add']);
  });
});

describe('reading a patch', () => {
  test('keeps carriage returns as part of a line', () => {
    expect(changedLines('--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\r\n+a\n')).toEqual(['-a\r', '+a']);
  });

  test('knows new, removed, renamed, quoted and binary files', () => {
    const patch = [
      'diff --git a/new.py b/new.py\nnew file mode 100644\n--- /dev/null\n+++ b/new.py\n@@ -0,0 +1 @@\n+x',
      'diff --git a/gone.py b/gone.py\ndeleted file mode 100644\n--- a/gone.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-x',
      'diff --git a/a b.py b/a b.py\nold mode 100644\nnew mode 100755',
      'diff --git a/old.py b/newer.py\nsimilarity index 100%\nrename from old.py\nrename to newer.py',
      'diff --git "a/\\303\\251\\t.py" "b/\\303\\251\\t.py"\n--- "a/\\303\\251\\t.py"\n+++ "b/\\303\\251\\t.py"\n@@ -1 +1 @@\n-a\n+b',
      'diff --git a/i.png b/i.png\nnew file mode 100644\nBinary files /dev/null and b/i.png differ\n',
    ].join('\n');
    expect(parsePatch(patch).map(({ oldPath, newPath, binary }) => [oldPath, newPath, binary])).toEqual([
      [null, 'new.py', false],
      ['gone.py', null, false],
      ['a b.py', 'a b.py', false],
      ['old.py', 'newer.py', false],
      ['é\t.py', 'é\t.py', false],
      [null, 'i.png', true],
    ]);
  });

  test('ignores a missing newline note, and text that is no diff', () => {
    const patch =
      '--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n';
    expect(changedLines(patch)).toEqual(['-a', '+b']);
    expect(parsePatch('hello\n+ not a diff\n- at all\n')).toEqual([]);
  });
});

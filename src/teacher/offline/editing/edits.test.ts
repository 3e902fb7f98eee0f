import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { findFunctions, LANGUAGES, type Language, languageOf } from '../../../syntax/index.ts';
import { seededRandom } from '../random.ts';
import { linesAbove } from '../rollout/extent.ts';
import { EDIT_KINDS } from './edits/index.ts';
import { allEdits, type MadeEdit } from './make-edit.ts';
import { withSource } from './source.ts';
import { countErrors } from './wrap.ts';

/** With `.txt` behind their names, so that no tool takes them for the project's own code. */
const SAMPLES = new URL('../../../../test/fixtures/edits/', import.meta.url);
const OWN_CODE = new URL('../../', import.meta.url);

interface Tried {
  readonly where: string;
  readonly language: Language;
  readonly edit: MadeEdit;
  /** Syntax errors that the edit brought in. */
  readonly errors: number;
}

/** Makes every edit at every place of every function of a file. */
async function tryAll(file: URL, taste = seededRandom('edits')): Promise<Tried[]> {
  const path = file.pathname.replace(/\.txt$/, '');
  const language = languageOf(path);
  if (!language) return [];
  const text = readFileSync(file, 'utf8');
  const lines = text.split('\n');
  const tried: Tried[] = [];
  for (const { name, startLine, endLine } of await findFunctions(language, text)) {
    const above = linesAbove(language, lines.slice(0, startLine - 1));
    const own = lines.slice(startLine - 1 - above, endLine);
    await withSource(language, own, name.split(/[.:#]/).at(-1) ?? name, async (source) => {
      for (const edit of allEdits(source, taste)) {
        const errors = (await countErrors(language, edit.lines)) - source.errors;
        tried.push({ where: `${path}:${startLine} ${edit.kind} ${edit.detail}`, language, edit, errors });
      }
    });
  }
  return tried;
}

const samples = readdirSync(SAMPLES).map((name) => new URL(name, SAMPLES));
const tried = (await Promise.all(samples.map((file) => tryAll(file)))).flat();

describe('the edits', () => {
  test('bring no syntax error into any language', () => {
    expect(
      tried.filter(({ errors }) => errors > 0).map(({ where, edit }) => [where, edit.lines.join('\n')]),
    ).toEqual([]);
  });

  test('are all met in the samples', () => {
    expect(tried.length).toBeGreaterThan(300);
    expect(new Set(tried.map(({ edit }) => edit.kind))).toEqual(new Set(EDIT_KINDS));
  });

  test.each([...LANGUAGES])('know at least ten kinds for %s', (language) => {
    const kinds = new Set(tried.filter((one) => one.language === language).map(({ edit }) => edit.kind));
    expect(kinds.size, [...kinds].join(' ')).toBeGreaterThanOrEqual(10);
  });

  test('stand code of any depth', async () => {
    const deep = `${'('.repeat(5000)}x${')'.repeat(5000)}`;
    const lines = ['def deep(x):', `    value = ${deep}`, '    return f(value)'];
    const edits = await withSource('python', lines, 'deep', (source) =>
      allEdits(source, seededRandom('deep')),
    );
    expect(edits?.map(({ kind }) => kind)).toContain('rename-local');
  });

  test('leave the code of this room sound, whatever the taste', async () => {
    const own = ['pool.ts', 'spec.ts', 'retry.ts', 'prices.ts', 'conversation.ts'].map(
      (name) => new URL(name, OWN_CODE),
    );
    for (const taste of ['one', 'two']) {
      const found = (await Promise.all(own.map((file) => tryAll(file, seededRandom(taste))))).flat();
      expect(found.length).toBeGreaterThan(100);
      expect(found.filter(({ errors }) => errors > 0).map(({ where }) => where)).toEqual([]);
    }
  });
});

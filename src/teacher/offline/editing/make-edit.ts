import type { Language } from '../../../syntax/index.ts';
import type { Random } from '../random.ts';
import { DIALECTS } from './dialects/index.ts';
import { EDIT_KINDS, EDITS, type EditKind } from './edits/index.ts';
import { wordsOf } from './names.ts';
import { applyReplacements } from './replacement.ts';
import { type Source, withSource } from './source.ts';
import { countErrors } from './wrap.ts';

/** What somebody wants changed: the kind of it, and what it is about where that is known. */
export interface Wish {
  readonly kind: EditKind;
  readonly detail?: string;
}

/** Two streams of choices: which change to make, and how to word it and where to begin. */
export interface Choices {
  readonly random: Random;
  readonly taste: Random;
}

export interface MadeEdit {
  readonly kind: EditKind;
  readonly detail: string;
  /** The function's lines as they are after the edit. */
  readonly lines: readonly string[];
}

/** A function as its file holds it. */
export interface FunctionLines {
  readonly language: Language;
  readonly name: string;
  readonly lines: readonly string[];
}

/**
 * Makes the first change that can be made without a new syntax error: what is wished for first, in that order,
 * and then whatever fits.
 *
 * @param avoid kinds that were tried already
 * @returns undefined where nothing fits
 */
export async function makeEdit(
  target: FunctionLines,
  wishes: readonly Wish[],
  { random, taste }: Choices,
  avoid: ReadonlySet<EditKind> = new Set(),
): Promise<MadeEdit | undefined> {
  const others = random.fork('others').shuffle(EDIT_KINDS);
  const ordered: Wish[] = [...wishes, ...others.map((kind) => ({ kind }))].filter(
    ({ kind }) => !avoid.has(kind),
  );
  const made = await withSource(target.language, target.lines, target.name, async (source) => {
    for (const wish of ordered) {
      for (const edit of editsFor(source, wish, taste)) {
        if ((await countErrors(target.language, edit.lines)) <= source.errors) return edit;
      }
    }
    return undefined;
  });
  return made ?? (avoid.has('document') ? undefined : remarkAbove(target, taste));
}

/** What can be said of any code, whether the grammar knows it or not: a comment above it. */
function remarkAbove({ language, name, lines }: FunctionLines, taste: Random): MadeEdit {
  const indent = /^\s*/.exec(lines[0] ?? '')?.[0] ?? '';
  const words = wordsOf(name).join(' ') || 'what follows';
  const text = taste
    .fork('remark')
    .pick([`This is about ${words}.`, `Here begins ${words}.`, `Part of ${words}.`]);
  return {
    kind: 'document',
    detail: '',
    lines: [`${indent}${DIALECTS[language].comment} ${text}`, ...lines],
  };
}

/** Every change of every kind at every place, each worded in one way. */
export function allEdits(source: Source, taste: Random): MadeEdit[] {
  return EDIT_KINDS.flatMap((kind) => [...editsFor(source, { kind }, taste)]);
}

/** What could be made of a wish: first where its detail stands, then elsewhere. */
function* editsFor(source: Source, { kind, detail }: Wish, taste: Random): Generator<MadeEdit> {
  const sites = EDITS[kind].sites(source);
  const meant = detail === undefined ? [] : sites.filter((site) => plain(site.detail) === detail);
  const rest = taste.fork(`${kind} sites`).shuffle(sites.filter((site) => !meant.includes(site)));
  for (const site of [...meant, ...rest]) {
    const changed = applyReplacements(source.text, site.change(taste.fork(`${kind} words`)));
    const behind = source.text.length - source.end;
    const text = changed.slice(source.start, changed.length - behind);
    const same = text === source.text.slice(source.start, source.end);
    if (!same) yield { kind, detail: plain(site.detail), lines: text.split('\n') };
  }
}

/** A detail that can stand between back-quotes in a sentence; empty where it cannot. */
function plain(detail: string): string {
  return detail.length <= 60 && !/[`\n]/.test(detail) ? detail.trim() : '';
}

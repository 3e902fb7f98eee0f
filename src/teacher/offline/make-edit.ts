import type { Language } from '../../syntax/index.ts';
import { EDIT_KINDS, EDITS, type EditKind, type Site } from './edits/index.ts';
import type { Random } from './random.ts';
import { applyReplacements, countErrors, type Source, withSource } from './source.ts';

/** What somebody wants changed: the kind of it, and what it is about where that is known. */
export interface Wish {
  readonly kind: EditKind;
  readonly detail?: string;
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

/** A kind, where it can be made, and what would come out. */
interface Proposal {
  readonly kind: EditKind;
  readonly detail: string;
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
  random: Random,
  avoid: ReadonlySet<EditKind> = new Set(),
): Promise<MadeEdit | undefined> {
  const others = random.fork('others').shuffle(EDIT_KINDS);
  const ordered: Wish[] = [...wishes, ...others.map((kind) => ({ kind }))].filter(
    ({ kind }) => !avoid.has(kind),
  );
  return withSource(target.language, target.lines, target.name, async (source) => {
    for (const wish of ordered) {
      for (const proposal of proposals(source, wish, random)) {
        if ((await countErrors(target.language, proposal.lines)) <= source.errors) return proposal;
      }
    }
    return undefined;
  });
}

/** Every change of every kind, each made in one way: what the tests of the edits walk through. */
export function allProposals(source: Source, random: Random): Proposal[] {
  return EDIT_KINDS.flatMap((kind) => proposals(source, { kind }, random));
}

function proposals(source: Source, wish: Wish, random: Random): Proposal[] {
  const { kind, detail } = wish;
  const sites = EDITS[kind].sites(source);
  const meant = detail === undefined ? [] : sites.filter((site) => plain(site.detail) === detail);
  const rest = random.fork(`${kind} sites`).shuffle(sites.filter((site) => !meant.includes(site)));
  return [...meant, ...rest].flatMap((site) => propose(source, kind, site, random.fork(`${kind} taste`)));
}

function propose(source: Source, kind: EditKind, site: Site, taste: Random): Proposal[] {
  const changed = applyReplacements(source.text, site.change(taste));
  const behind = source.text.length - source.end;
  const lines = changed.slice(source.start, changed.length - behind).split('\n');
  const same = lines.join('\n') === source.text.slice(source.start, source.end);
  return same ? [] : [{ kind, detail: plain(site.detail), lines }];
}

/** A detail that can stand between back-quotes in a sentence; empty where it cannot. */
function plain(detail: string): string {
  return detail.length <= 60 && !/[`\n]/.test(detail) ? detail.trim() : '';
}

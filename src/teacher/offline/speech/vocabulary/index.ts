import { EDIT_KINDS, type EditKind } from '../../editing/edits/index.ts';
import { hear, type Places } from '../phrases.ts';
import { behaviour } from './behaviour.ts';
import { shape } from './shape.ts';
import type { Vocabulary } from './vocabulary.ts';
import { wording } from './wording.ts';

export type { Vocabulary } from './vocabulary.ts';

/** The words for every kind of edit. */
export const VOCABULARY: Readonly<Record<EditKind, Vocabulary>> = { ...behaviour, ...wording, ...shape };

/** A kind of change that a text speaks of, and what it says about it. */
export interface Mention {
  readonly kind: EditKind;
  readonly places: Places;
  readonly index: number;
}

/** What a rollout's own words say that it changed, in their order, each kind and detail once. */
export function heardIntents(text: string): Mention[] {
  return heard(text, ({ intents }) => intents);
}

/** What a report complains about, in its order. */
export function heardSymptoms(text: string): Mention[] {
  return heard(text, ({ symptoms, vague }) => [...symptoms, ...vague]);
}

/** Where this program works on its own source, the sentences stand there unfilled. */
function heard(text: string, choose: (vocabulary: Vocabulary) => readonly string[]): Mention[] {
  const all = EDIT_KINDS.flatMap((kind) =>
    choose(VOCABULARY[kind]).flatMap((sentence) => hear(sentence, text).map((found) => ({ kind, ...found }))),
  );
  const seen = new Set<string>();
  return all
    .filter(({ places }) => !Object.values(places).some((value) => /^\{\w+\}$/.test(value)))
    .sort((a, b) => a.index - b.index)
    .filter(({ kind, places }) => {
      const key = JSON.stringify([kind, places]);
      return !seen.has(key) && seen.add(key);
    });
}

/** The kinds that a vague instruction's topic suggests. */
export function kindsOfTopic(text: string): EditKind[] {
  return EDIT_KINDS.filter((kind) => VOCABULARY[kind].topics.test(text));
}

import { EDIT_KINDS, type EditKind } from './edits/index.ts';
import { hear, type Places } from './phrases.ts';

type Sentences = readonly [string, ...string[]];

/** How the offline teacher speaks of one kind of edit. `{function}` and `{detail}` are the code's own words. */
export interface Vocabulary {
  /** Said while the change is made; the pull request's author reads it there. */
  readonly intents: Sentences;
  /** What a user sees who does not know the change: with the detail, and without. */
  readonly symptoms: Sentences;
  readonly vague: Sentences;
  /** The title of a report about it. */
  readonly titles: Sentences;
  /** Words of an instruction that make this kind likely. */
  readonly topics: RegExp;
}

export const VOCABULARY: Readonly<Record<EditKind, Vocabulary>> = {
  guard: {
    intents: [
      'I will make `{function}` refuse a missing `{detail}` right away.',
      '`{function}` should check `{detail}` before it goes on, so I add a guard clause.',
      'A guard for `{detail}` at the top of `{function}` is the smallest fix.',
    ],
    symptoms: [
      'Calling `{function}` without a usable `{detail}` fails somewhere deep inside, with an error that says nothing about `{detail}`.',
      'When `{detail}` is missing, `{function}` goes on regardless and breaks much later.',
      'Nothing tells the caller of `{function}` that `{detail}` was not given.',
    ],
    vague: [
      'A missing argument to `{function}` is noticed far too late.',
      '`{function}` accepts calls that it cannot serve and then falls over.',
    ],
    titles: [
      '`{function}` accepts missing arguments',
      'Confusing failure in `{function}` for a missing value',
    ],
    topics: /valid|null|precondition|assumption|boundar|edge case|saniti|robust|invariant|contract/i,
  },
  document: {
    intents: [
      'I will describe what `{function}` does and what it takes.',
      '`{function}` has no documentation at all, so I write it.',
      'A documentation comment for `{function}` is what is missing.',
    ],
    symptoms: [
      'It is impossible to tell from the source what `{function}` is meant to do and what its arguments are.',
      'The generated reference has an empty entry for `{function}`.',
      'Asking the editor for help on `{function}` shows nothing.',
    ],
    vague: [
      'Help on `{function}` comes up empty.',
      'New people on the team keep asking what `{function}` is for.',
    ],
    titles: ['No help available for `{function}`', 'Purpose of `{function}` is unclear'],
    topics: /document|maintainab|readab|clarity|convention|responsib/i,
  },
  'rename-local': {
    intents: [
      'The name `{detail}` in `{function}` says too little, so I rename it.',
      'In `{function}` I give `{detail}` a name that tells what it holds.',
      'Renaming `{detail}` makes `{function}` much easier to follow.',
    ],
    symptoms: [
      'Reading `{function}`, one cannot tell what `{detail}` stands for, and it was already confused with something else.',
      'The variable `{detail}` of `{function}` misleads whoever steps through it with a debugger.',
      'A review of `{function}` stalled because nobody knew what `{detail}` holds.',
    ],
    vague: [
      'The variables of `{function}` are hard to tell apart.',
      'The wording inside of `{function}` misled two reviewers.',
    ],
    titles: ['Misleading variable in `{function}`', '`{function}` is hard to follow'],
    topics: /naming|readab|clarity|state|data flow|transform/i,
  },
};

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

function heard(text: string, choose: (vocabulary: Vocabulary) => readonly string[]): Mention[] {
  const all = EDIT_KINDS.flatMap((kind) =>
    choose(VOCABULARY[kind]).flatMap((sentence) => hear(sentence, text).map((found) => ({ kind, ...found }))),
  );
  const seen = new Set<string>();
  return all
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

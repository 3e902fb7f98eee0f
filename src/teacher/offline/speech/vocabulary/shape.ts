import type { Vocabulary } from './vocabulary.ts';

/** Changes that say the same in another way. */
export const shape = {
  'flip-branches': {
    intents: [
      'I turn the condition `{detail}` in `{function}` round, so that the usual case comes first.',
      'The two branches of `{detail}` change places; `{function}` reads better that way.',
      '`{function}` deals with `{detail}` the wrong way round, so I swap its branches.',
    ],
    symptoms: [
      'Everybody who reads `{function}` first takes the branch of `{detail}` for the usual one, which it is not.',
      'The order in which `{function}` treats `{detail}` and its opposite leads readers astray.',
      'It takes three readings to see which side of `{detail}` is the rule in `{function}`.',
    ],
    vague: [
      'The branches of `{function}` stand in an order that confuses.',
      'In `{function}` the exception comes before the rule.',
    ],
    titles: ['Confusing order of cases in `{function}`', '`{function}` puts the exception first'],
    topics: /control flow|logic|clarity|complex|convention|order/i,
  },
  'drop-else': {
    intents: [
      'After `{detail}` the function `{function}` has left already, so its `else` is not needed.',
      'The branch behind `{detail}` in `{function}` need not be nested; I take it one level up.',
      '`{function}` nests what follows `{detail}` for no reason, so I flatten it.',
    ],
    symptoms: [
      'The part of `{function}` that runs when `{detail}` does not hold is buried one level too deep.',
      'Following `{function}` past `{detail}` takes more indentation than attention.',
      'What `{function}` does in the ordinary case hides behind `{detail}`.',
    ],
    vague: [
      'The nesting in `{function}` hides its main path.',
      '`{function}` is nested more deeply than its logic is.',
    ],
    titles: ['Main path of `{function}` is hidden', 'Deep nesting in `{function}`'],
    topics: /complex|control flow|clarity|readab|performance|responsib/i,
  },
  'simplify-comparison': {
    intents: [
      'The comparison `{detail}` in `{function}` has a plainer form, which I use.',
      'I will write `{detail}` in `{function}` the way the language means it.',
      '`{detail}` is a roundabout way to ask; `{function}` can say it directly.',
    ],
    symptoms: [
      'The comparison `{detail}` in `{function}` can give a surprising answer for unusual objects.',
      'Our linter flags `{detail}` in `{function}` on every run.',
      'I had to look up what `{detail}` really asks for in `{function}`.',
    ],
    vague: [
      'A comparison in `{function}` is flagged by the linter.',
      '`{function}` compares in a way that surprises.',
    ],
    titles: ['Questionable comparison in `{function}`', 'Linter complains about `{function}`'],
    topics: /type safety|null|convention|logic|algorithm|performance|correctness|platform|\bbug\b/i,
  },
  'modern-format': {
    intents: [
      'The text `{detail}` in `{function}` is put together by hand; I write it as one string.',
      'I will write `{detail}` in `{function}` as a formatted string.',
      'Instead of `{detail}` the function `{function}` should use a formatted string.',
    ],
    symptoms: [
      'The text made by `{detail}` in `{function}` breaks when the value is not a string.',
      'It is easy to lose a blank in `{detail}`, as it happened to us in `{function}`.',
      'Translating the text in `{function}` is not possible as long as it is `{detail}`.',
    ],
    vague: [
      'Texts in `{function}` are put together piece by piece.',
      'The message that `{function}` builds may fail to be built.',
    ],
    titles: ['Fragile text in `{function}`', 'Building a message in `{function}` can fail'],
    topics: /transform|convention|compatib|output|readab|saniti|backward/i,
  },
  'add-braces': {
    intents: [
      'The branch of `{detail}` in `{function}` gets braces.',
      'I will put braces around what depends on `{detail}` in `{function}`.',
      'A second line under `{detail}` would be run always; braces in `{function}` prevent that.',
    ],
    symptoms: [
      'I added a line under `{detail}` in `{function}`, and it ran every time.',
      'It is easy to take the line behind the one after `{detail}` for a part of it in `{function}`.',
      'A merge left two lines under `{detail}` in `{function}`, and only one of them depends on it.',
    ],
    vague: [
      'A merge in `{function}` made a line run always.',
      'Adding a line to `{function}` has unexpected effects.',
    ],
    titles: ['Merges in `{function}` go wrong silently', 'A line added to `{function}` runs unconditionally'],
    topics: /convention|maintainab|control flow|security|robust|style/i,
  },
} as const satisfies Readonly<Record<string, Vocabulary>>;

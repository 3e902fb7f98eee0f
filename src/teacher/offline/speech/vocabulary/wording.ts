import type { Vocabulary } from './vocabulary.ts';

/** Changes to names, types and comments. */
export const wording = {
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
    topics: /document|maintainab|responsib|integration|interface|side effect/i,
  },
  'extend-document': {
    intents: [
      'The documentation of `{function}` leaves something out that callers rely on; I add a note.',
      'I will say more in the comment on `{function}`.',
      'What is written about `{function}` is too short, so I extend it.',
    ],
    symptoms: [
      'What is written about `{function}` leaves open what a caller may rely on.',
      'I read the documentation of `{function}` twice and still do not know what to expect in unusual cases.',
      'The reference for `{function}` stops where the questions begin.',
    ],
    vague: [
      'The description of `{function}` is too thin.',
      'Some guarantees of `{function}` can only be guessed.',
    ],
    titles: ['Documentation of `{function}` is incomplete', 'What does `{function}` guarantee?'],
    topics:
      /document|maintainab|contract|interface|side effect|compatib|purity|idempot|atomic|concurren|thread/i,
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
    topics: /naming|readab|state|data flow|transform|coupling/i,
  },
  'name-number': {
    intents: [
      'The bare `{detail}` in `{function}` gets a name.',
      'I will name the number `{detail}` of `{function}`, so that its meaning can be read.',
      'What `{detail}` means in `{function}` should not have to be guessed; a constant says it.',
    ],
    symptoms: [
      'Where does the `{detail}` in `{function}` come from, and what does it count?',
      '`{function}` works with `{detail}` out of the blue, and nobody here could explain it.',
      'I wanted to adjust the `{detail}` of `{function}` and could not find out what depends on it.',
    ],
    vague: [
      '`{function}` is full of numbers without meaning.',
      'A bare number in `{function}` gives us headaches.',
    ],
    titles: ['Unexplained number in `{function}`', 'What does the number in `{function}` mean?'],
    topics: /naming|config|maintainab|duplicat|temporal|resource util|performance|reuse/i,
  },
  'name-condition': {
    intents: [
      'The test `{detail}` in `{function}` is hard to read in one go, so I name it.',
      'I will give the condition `{detail}` of `{function}` a name of its own.',
      '`{function}` becomes clearer when `{detail}` is a named value.',
    ],
    symptoms: [
      'It is hard to tell what `{detail}` in `{function}` is supposed to find out.',
      'When `{function}` takes the wrong path, the debugger cannot show what `{detail}` gave.',
      'The test `{detail}` in `{function}` was misread twice in one review.',
    ],
    vague: [
      'The conditions in `{function}` are hard to take apart.',
      'It is unclear when `{function}` takes which path.',
    ],
    titles: ['Unclear condition in `{function}`', 'When does `{function}` take which path?'],
    topics: /complex|clarity|readab|control flow|logic|business|algorithm|\bbug\b/i,
  },
  'name-result': {
    intents: [
      'What `{function}` returns, `{detail}`, gets a name before it is returned.',
      'I will keep `{detail}` in a variable first, so that the result of `{function}` can be inspected.',
      '`{function}` returns `{detail}` in one go; a named result is easier to follow.',
    ],
    symptoms: [
      'There is no place in `{function}` to see what `{detail}` gave before it is handed back.',
      'One cannot inspect the outcome of `{detail}` in `{function}` without editing the code.',
      'Stepping through `{function}`, the value of `{detail}` is gone before one can look at it.',
    ],
    vague: [
      'The value that `{function}` gives back cannot be inspected.',
      'There is no good place for a breakpoint in `{function}`.',
    ],
    titles: ['Result of `{function}` cannot be inspected', '`{function}` is hard to debug'],
    topics: /observab|testab|output correct|data flow|compos|postcondition|asynchron/i,
  },
  'explain-branch': {
    intents: [
      'A comment on `{detail}` in `{function}` tells the next reader why it is there.',
      'I will explain the part of `{function}` that deals with `{detail}`.',
      'The step `{detail}` of `{function}` needs a word of explanation.',
    ],
    symptoms: [
      'Nobody here can say why `{function}` treats `{detail}` in its own way.',
      'Somebody nearly removed the handling of `{detail}` from `{function}`, because its purpose is nowhere written.',
      'The reason for `{detail}` in `{function}` is lost.',
    ],
    vague: [
      'Parts of `{function}` have no recognisable purpose.',
      'It is not clear why `{function}` works in these steps.',
    ],
    titles: ['Why does `{function}` do this?', 'Purpose of a step in `{function}` is unclear'],
    topics: /document|clarity|readab|order|sequence|determinis|assumption|dependency|convention/i,
  },
  annotate: {
    intents: [
      'The type of `{detail}` in `{function}` is plain from the code, so I write it down.',
      'I will annotate `{detail}` in the signature of `{function}`.',
      'The signature of `{function}` should tell the type of `{detail}`.',
    ],
    symptoms: [
      'The type checker treats `{detail}` of `{function}` as if it could be anything.',
      'No editor can tell what `{function}` wants for `{detail}`.',
      'A wrong kind of `{detail}` passed to `{function}` goes unnoticed by the checker.',
    ],
    vague: [
      'The type checker knows too little about `{function}`.',
      'The signature of `{function}` hides what is already certain.',
    ],
    titles: ['Types of `{function}` are unknown to the checker', 'Checker is silent about `{function}`'],
    topics: /type safety|contract|interface|api|valid|convention/i,
  },
} as const satisfies Readonly<Record<string, Vocabulary>>;

import type { Vocabulary } from './vocabulary.ts';

/** Changes that a caller can notice. */
export const behaviour = {
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
    topics: /valid|null|precondition|assumption|saniti|invariant|contract|\bbug\b/i,
  },
  'wrap-error': {
    intents: [
      'A failure of `{detail}` in `{function}` should come with some context, so I wrap the call.',
      'I will catch what `{detail}` throws within `{function}` and say what was going on.',
      'The call of `{detail}` is the risky one in `{function}`; its errors get a message of their own.',
    ],
    symptoms: [
      'If `{detail}` fails within `{function}`, all one gets is a bare error from far below, without a word of what was going on.',
      'An error in `{detail}` passes through `{function}` as it is, and the log does not tell which operation it belonged to.',
      'From the trace alone one cannot say that it was `{function}` whose `{detail}` went wrong.',
    ],
    vague: [
      'Errors that pass through `{function}` carry no hint of what it was doing.',
      'Failures below `{function}` surface without any context.',
    ],
    titles: ['Errors from `{function}` lack context', '`{function}` lets low-level errors through'],
    topics: /error handling|exception|failure|recover|robust|resource|cleanup|asynchron|callback/i,
  },
  'explain-error': {
    intents: [
      'The message `{detail}` should say that it comes from `{function}`.',
      'In `{function}` the text `{detail}` is too bare; I make it say where it happened.',
      'I will let the report `{detail}` of `{function}` name its origin.',
    ],
    symptoms: [
      'All that is printed is `{detail}`, and nothing in it leads to `{function}`.',
      'The log shows `{detail}` many times a day, and it took long to find out that `{function}` writes it.',
      'A user sent us the message `{detail}`; only by searching did we end up at `{function}`.',
    ],
    vague: [
      'The messages that `{function}` gives do not say where they come from.',
      'One cannot tell from its error text that `{function}` was involved.',
    ],
    titles: ['Unhelpful message from `{function}`', 'Error text of `{function}` does not name its origin'],
    topics: /error handling|observab|testing|logging|output|environment|platform/i,
  },
  'default-case': {
    intents: [
      'The choice on `{detail}` in `{function}` says nothing of other values, so I add that case.',
      'In `{function}` I spell out what happens where no case of `{detail}` fits.',
      'Values of `{detail}` that no case names deserve a line in `{function}`.',
    ],
    symptoms: [
      "With a value of `{detail}` that is not listed, it is anybody's guess whether `{function}` ignores it by design.",
      '`{function}` silently does nothing for some values of `{detail}`, and our linter complains.',
      'We added a new value for `{detail}`, and `{function}` gave no sign that it does not know it.',
    ],
    vague: [
      '`{function}` says nothing about values that it does not list.',
      'Unknown values fall through `{function}` without a trace.',
    ],
    titles: ['Unlisted values in `{function}`', '`{function}` is silent about unknown values'],
    topics: /control flow|complete|missing functionality|business|enum|extensib/i,
  },
  'clamp-range': {
    intents: [
      'The bounds of `{detail}` in `{function}` can run out of range, so I limit them.',
      'I will keep `{detail}` within what is there, in `{function}`.',
      '`{function}` takes `{detail}` without a look at the length; I clamp it.',
    ],
    symptoms: [
      'With short or negative input, `{detail}` in `{function}` gives the wrong part, or nothing works at all.',
      '`{function}` gets its bounds wrong at the edge: look at `{detail}` for a length that is too large or below zero.',
      'An off-by-some result comes out of `{function}` when the count is out of range, at `{detail}`.',
    ],
    vague: [
      '`{function}` gives odd results for counts at or beyond the edge.',
      'Out-of-range counts are not expected by `{function}`.',
    ],
    titles: ['`{function}` fails at the boundary', 'Wrong part returned by `{function}` for unusual lengths'],
    topics: /boundar|edge|algorithm|memory|output correct/i,
  },
  parameterize: {
    intents: [
      'The fixed `{detail}` in `{function}` becomes a parameter with that default.',
      'I will let callers of `{function}` choose what is now always `{detail}`.',
      '`{function}` should not insist on `{detail}`, so that turns into an argument with a default.',
    ],
    symptoms: [
      'There is no way to make `{function}` use anything but `{detail}`.',
      'We need a value other than `{detail}` in `{function}`, and today that means to patch the library.',
      '`{function}` insists on `{detail}`, whatever its caller needs.',
    ],
    vague: [
      '`{function}` cannot be adjusted from outside.',
      'A fixed value inside of `{function}` gets in our way.',
    ],
    titles: ['`{function}` cannot be configured', 'Hard-wired value in `{function}`'],
    topics: /config|flexib|parameteri|reuse|scalab|extensib|environment/i,
  },
} as const satisfies Readonly<Record<string, Vocabulary>>;

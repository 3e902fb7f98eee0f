import type { Random } from './random.ts';

/** Reviews that turn a change down, so that the way of a rejected rollout is walked too. */
const REFUSALS = 0.025;

/** How far from its end a question says in which form it wants its answer. */
const CLOSING = 600;

/** Answers a question of yes or no, in the words and between the tags that it asks for. */
export function review(question: string, random: Random): string {
  const accepted = !random.fork('verdict').chance(REFUSALS);
  const reason = random.fork('reason').pick(accepted ? ACCEPTED : REFUSED);
  const closing = question.slice(-CLOSING);
  const tag = [...closing.matchAll(/<(output|answer|verdict|decision|judgement)>/gi)].at(-1)?.[1] ?? 'output';
  const [yes, no] =
    WORDS.find((words) => words.every((word) => new RegExp(`\\b${word}\\b`, 'i').test(closing))) ?? WORDS[0];
  return `${reason}\n\n<${tag}>${accepted ? yes : no}</${tag}>`;
}

const WORDS = [
  ['yes', 'no'],
  ['accept', 'reject'],
  ['valid', 'invalid'],
  ['true', 'false'],
] as const;

const ACCEPTED = [
  'The change touches the function that the task names, is complete, and leaves callers alone.',
  'The steps show a small change in the right place, and the check after it passed.',
  'What was changed fits the task, and nothing else was touched.',
] as const;

const REFUSED = [
  'The change is sound in itself, but I do not see what it has to do with the task.',
  'This only polishes the surface; the task asks for more.',
] as const;

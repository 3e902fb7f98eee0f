import type { Random } from './random.ts';

/** Reviews that turn a change down, so that the way of a rejected rollout is walked too. */
const REFUSALS = 0.025;

/** Answers a question of yes or no, in the tags that the question asks for. */
export function review(random: Random): string {
  const accepted = !random.fork('verdict').chance(REFUSALS);
  const reason = random.fork('reason').pick(accepted ? ACCEPTED : REFUSED);
  return `${reason}\n\n<output>${accepted ? 'yes' : 'no'}</output>`;
}

const ACCEPTED = [
  'The change touches the function that the task names, is complete, and leaves callers alone.',
  'The steps show a small change in the right place, and the check after it passed.',
  'What was changed fits the task, and nothing else was touched.',
] as const;

const REFUSED = [
  'The change is sound in itself, but I do not see what it has to do with the task.',
  'This only polishes the surface; the task asks for more.',
] as const;

/** What the model reads where its answer cannot be acted on, or its command came to no end. */

const ONE_CALL = 'Every answer must call exactly one tool; commands in the text of an answer are not run.';

export const NO_CALL = `Your last answer called no tool. ${ONE_CALL} Go on with a tool call, or call \`submit\` if the work is done.`;

export const EMPTY = `Your last answer was empty. ${ONE_CALL} Go on with a tool call, or call \`submit\` if the work is done.`;

export const CUT_OFF = `Your last answer reached the limit on its length and was cut off, so nothing of it was run. ${ONE_CALL} Keep the next one shorter: less text, or a smaller step.`;

export function severalCalls(count: number): string {
  return `Your last answer called ${count} tools, and none of them was run. ${ONE_CALL} Make the first of these calls alone.`;
}

export function badCall(problem: string): string {
  return `Your last tool call was not run: ${problem} Name one of the tools, and give its arguments as they are described.`;
}

export function timedOut(seconds: number, output: string): string {
  const rest = output === '' ? '' : `\nIts output until then:\n${output}`;
  return `The command was interrupted because it ran longer than ${Number(seconds.toFixed(1))} seconds. Try one that ends sooner. A command that waits for input never ends, since nobody can type into it.${rest}`;
}

export function clipNote(omitted: number): string {
  return `<response clipped><NOTE>${omitted} characters were left out here. Print less at once: use \`head\`, \`tail\` or \`grep\`, or write the output to a file and read parts of it.</NOTE>`;
}

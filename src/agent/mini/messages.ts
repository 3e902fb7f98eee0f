/** What the model reads where its answer cannot be acted on, or a command came to no end. */

export const NO_CALL = 'The answer called no tool; commands in its text are not run.';

export const CUT_OFF =
  'The answer reached the limit on its length and was cut off, so nothing of it was run. Keep the next one shorter: less text, or a smaller step.';

export const NOT_RUN = 'This command was not run: the rollout had come to its end before it.';

export function timedOut(seconds: number): string {
  return `The command was ended because it ran longer than ${Number(seconds.toFixed(1))} seconds.`;
}

/** `<error>` is mini-swe-agent's layout. */
export const FORMAT_ERROR = `Nothing was run:

<error>
{{error}}
</error>

Every answer must call the tool \`bash\` at least once, with arguments of this form: {"command": "what bash is to run"}. If the work is done, hand it in as the first message says.`;

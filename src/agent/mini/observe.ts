import { head, lengthOf, tail } from '../clip.ts';
import { compileTemplate } from '../template.ts';

/** Code points of an output that is shown whole. */
const MOST = 10_000;
/** Code points shown of each end of a longer one. */
const PART = 5_000;

/** What came of a command. */
export interface Outcome {
  readonly output: string;
  /** -1 where the command did not come to its own end, or did not run. */
  readonly returncode: number;
  /** Why it did not; else empty. */
  readonly exception: string;
  /** Code points that were left out of `output` before. */
  readonly omitted: number;
  /** How the output ended, where some of it was left out. */
  readonly tail: string;
}

export type Observe = (outcome: Outcome) => string;

/** @param template Jinja, in place of mini-swe-agent's own layout; `output.output`, `.returncode`, `.exception_info` */
export function openObserver(template: string | undefined): Observe {
  if (template === undefined) return observe;
  const render = compileTemplate(template, 'observation_template');
  return ({ output, returncode, exception }) =>
    render({ output: { output, returncode, exception_info: exception } });
}

function observe(outcome: Outcome): string {
  const { output, returncode, exception, omitted } = outcome;
  const start = `${exception === '' ? '' : `<exception>${exception}</exception>\n`}<returncode>${returncode}</returncode>\n`;
  const length = lengthOf(output) + omitted;
  if (length <= MOST) return `${start}<output>\n${output}</output>`;
  return [
    `${start}<warning>`,
    'The output is too long to be shown whole. Print less at once: use head, tail, sed -n or a narrower search, or write the output to a file and read parts of it.',
    '</warning><output_head>',
    head(output, PART),
    '</output_head>',
    '<elided_chars>',
    `${length - MOST} characters elided`,
    '</elided_chars>',
    '<output_tail>',
    tail(omitted === 0 ? output : outcome.tail, PART),
    '</output_tail>',
  ].join('\n');
}

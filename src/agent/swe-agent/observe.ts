import { head, isLonger, lengthOf } from '../clip.ts';
import type { AgentConfig } from '../config.ts';
import { readable } from '../readable.ts';
import { compileTemplate } from '../template.ts';
import { clipNote } from './messages.ts';
import { NO_OUTPUT, OBSERVATION } from './prompts.ts';

/** Code points of a tool's output that enter the history. */
const MOST = 100_000;

/**
 * Makes a tool's output what the model reads.
 *
 * @param omitted characters that were left out of it before
 */
export type Observe = (output: string, omitted?: number) => string;

export function openObserver(config: Partial<AgentConfig>): Observe {
  const observation = compileTemplate(config.observationTemplate ?? OBSERVATION, 'next_step_template');
  const noOutput = compileTemplate(config.emptyTemplate ?? NO_OUTPUT, 'next_step_no_output_template');
  return (output, omitted = 0) => {
    const text = readable(output);
    return text.trim() === '' && omitted === 0
      ? noOutput({})
      : observation({ observation: clipped(text, omitted) });
  };
}

function clipped(text: string, omitted: number): string {
  if (isLonger(text, MOST)) return head(text, MOST) + clipNote(lengthOf(text) - MOST + omitted);
  return omitted > 0 ? text + clipNote(omitted) : text;
}

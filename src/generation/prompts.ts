import { Template } from '@huggingface/jinja';
import { UsageError } from '../error.ts';
import { DEMONSTRATIONS } from './demonstrations.ts';
import { TOPICS } from './topics.ts';

/** The words of a run. Templates are Jinja; a user may bring other ones (see `readPromptFile`). */
export interface Prompts {
  /** First rollout, one a topic: `start_fn`, `start_fn_file`. */
  readonly instructions: readonly { readonly topic: string; readonly template: string }[];
  /** Self-review: `agent_steps`, `initial_prompt`; answered with yes or no between `<output>` tags. */
  readonly selfReview: string;
  /** Synthetic pull request: `agent_steps`, `demonstration_issue`; answered between `<output>` tags. */
  readonly pullRequest: string;
  /** Texts whose style, length and structure a pull request takes on. */
  readonly demonstrations: readonly string[];
}

const INSTRUCTION = `There is TOPIC around the function \`{{ start_fn }}\` in the file {{ start_fn_file }}.
The place to change may be that function, something it calls, or something that calls it.
Find the trouble, decide for yourself what the right behaviour would be, and change the code so that it has it.
Leave the existing tests alone.`;

const SELF_REVIEW = `A programmer was given a task in a repository. Below is the task, then every step they took.

<task>
{{ initial_prompt }}
</task>

<steps>
{{ agent_steps }}
</steps>

Judge the change that these steps leave behind. Does it address a real problem that fits the task, in code that belongs
to the repository, and is it complete and sound as far as the steps show? A change that only adds scratch files, undoes
itself, breaks what worked, or has nothing to do with the task does not count.
Think it over briefly, then answer with one word, yes or no, between tags: <output>yes</output> or <output>no</output>.`;

const PULL_REQUEST = `Below are the steps by which somebody changed a repository, and after them a report that was written for another project.

<steps>
{{ agent_steps }}
</steps>

<example>
{{ demonstration_issue }}
</example>

Write the report that could have led to this change, as its author would have written it before anybody had looked into
the matter. Take on the example's tone, length and structure, not its content. Say what goes wrong and how to see it:
the call or the input, what happens, what was expected instead, and where in the code it shows. Do not describe the
change, do not propose one, and do not mention that one exists. Put the report between <output> and </output>.`;

export const OUR_PROMPTS: Prompts = {
  instructions: TOPICS.map((topic) => ({ topic, template: INSTRUCTION.replace('TOPIC', topic) })),
  selfReview: SELF_REVIEW,
  pullRequest: PULL_REQUEST,
  demonstrations: DEMONSTRATIONS,
};

/**
 * Fills a template.
 *
 * @throws UsageError the template is not valid Jinja
 */
export function fill(template: string, values: Readonly<Record<string, string>>): string {
  try {
    return new Template(template).render({ ...values });
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new UsageError(`a prompt template cannot be rendered: ${cause}`);
  }
}

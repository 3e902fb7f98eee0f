import { TESTBED } from '../../sandbox/index.ts';
import type { AgentConfig } from '../config.ts';
import type { Profile } from '../profile.ts';
import { compileTemplate } from '../template.ts';
import { openObserver } from './observe.ts';
import { INSTANCE, REVIEW, SYSTEM } from './prompts.ts';
import { SweAgentToolbox } from './toolbox.ts';
import { SWE_AGENT_TOOLS } from './tools.ts';

/** SWE-agent's format: a shell that stays open, an editor, `submit`; one call in each answer. */
export function sweAgentProfile(config: Partial<AgentConfig> = {}): Profile {
  const system = compileTemplate(config.systemTemplate ?? SYSTEM, 'system_template');
  const instance = compileTemplate(config.instanceTemplate ?? INSTANCE, 'instance_template');
  const observe = openObserver(config);
  const reviews = config.reviewMessages ?? [REVIEW];
  return {
    name: 'swe-agent',
    tools: SWE_AGENT_TOOLS,
    open(instruction) {
      const variables = { working_dir: TESTBED, problem_statement: instruction };
      return [
        { role: 'system', content: system(variables) },
        { role: 'user', content: instance(variables) },
      ];
    },
    start: (sandbox, clock) => new SweAgentToolbox({ sandbox, clock, observe, reviews }),
  };
}

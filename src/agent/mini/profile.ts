import { TESTBED } from '../../sandbox/index.ts';
import type { AgentConfig } from '../config.ts';
import type { Profile } from '../profile.ts';
import { compileTemplate } from '../template.ts';
import { FORMAT_ERROR } from './messages.ts';
import { openObserver } from './observe.ts';
import { INSTANCE, SYSTEM } from './prompts.ts';
import { MiniToolbox } from './toolbox.ts';
import { MINI_TOOLS } from './tools.ts';

/** mini-swe-agent's format: nothing but bash, a fresh one for every command; several calls in an answer. */
export function miniProfile(config: Partial<AgentConfig> = {}): Profile {
  const system = compileTemplate(config.systemTemplate ?? SYSTEM, 'system_template');
  const instance = compileTemplate(config.instanceTemplate ?? INSTANCE, 'instance_template');
  const formatError = compileTemplate(config.errorTemplate ?? FORMAT_ERROR, 'format_error_template');
  const observe = openObserver(config.observationTemplate);
  return {
    name: 'mini',
    tools: MINI_TOOLS,
    open(instruction) {
      const variables = { task: instruction, problem_statement: instruction, working_dir: TESTBED };
      return [
        { role: 'system', content: system(variables) },
        { role: 'user', content: instance(variables) },
      ];
    },
    start: (sandbox, clock) => new MiniToolbox({ sandbox, clock, observe, formatError }),
  };
}

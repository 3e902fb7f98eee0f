import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { UsageError } from '../error.ts';
import type { ProfileName } from './agent.ts';
import { compileTemplate } from './template.ts';

/** An agent configuration that cannot be read, or that is for the other profile. */
export class AgentConfigError extends UsageError {
  override readonly name = 'AgentConfigError';
}

/** What a user's own YAML changes in a profile. Templates are Jinja; what is left out stays as the profile has it. */
export interface AgentConfig {
  /** The profile that the file was written for. */
  readonly profile: ProfileName;
  readonly systemTemplate?: string | undefined;
  /** `working_dir`, `problem_statement`; for `mini` `task`. */
  readonly instanceTemplate?: string | undefined;
  /** `observation`; for `mini` `output.output`, `output.returncode`, `output.exception_info`. */
  readonly observationTemplate?: string | undefined;
  /** `swe-agent`: in place of an observation that is empty. */
  readonly emptyTemplate?: string | undefined;
  /** `mini`: `error`. */
  readonly errorTemplate?: string | undefined;
  /** Seconds for one command. */
  readonly commandSeconds?: number | undefined;
  /** `swe-agent`: what each call of `submit` but the last is answered with; `{{diff}}` stands for the patch. */
  readonly reviewMessages?: readonly string[] | undefined;
}

const template = z.string().refine(compiles, 'it is not a Jinja template').optional();
const seconds = z.number().positive().optional();

/** SWE-agent's layout; keys that are not named here are let through unread. */
const sweAgentSchema = z.object({
  agent: z.object({
    templates: z
      .object({
        system_template: template,
        instance_template: template,
        next_step_template: template,
        next_step_no_output_template: template,
      })
      .prefault({}),
    tools: z
      .object({
        execution_timeout: seconds,
        registry_variables: z.object({ SUBMIT_REVIEW_MESSAGES: z.array(z.string()).optional() }).prefault({}),
      })
      .prefault({}),
  }),
});

/** mini-swe-agent's layout. */
const miniSchema = z.object({
  agent: z.object({ system_template: template, instance_template: template }),
  environment: z.object({ timeout: seconds }).prefault({}),
  model: z.object({ observation_template: template, format_error_template: template }).prefault({}),
});

/**
 * Reads an agent configuration of SWE-agent or mini-swe-agent.
 *
 * @param path a YAML file
 * @throws AgentConfigError
 */
export async function readAgentConfig(path: string): Promise<AgentConfig> {
  const document = await readYaml(path);
  if (has(document, 'templates') || has(document, 'tools')) return sweAgentConfig(path, document);
  if (has(document, 'system_template') || has(document, 'instance_template'))
    return miniConfig(path, document);
  throw new AgentConfigError(
    `${path} is not an agent configuration: it has neither agent.templates (SWE-agent) nor agent.system_template (mini-swe-agent).`,
  );
}

function sweAgentConfig(path: string, document: unknown): AgentConfig {
  const { templates, tools } = checked(path, sweAgentSchema, document).agent;
  return {
    profile: 'swe-agent',
    systemTemplate: templates.system_template,
    instanceTemplate: templates.instance_template,
    observationTemplate: templates.next_step_template,
    emptyTemplate: templates.next_step_no_output_template,
    commandSeconds: tools.execution_timeout,
    reviewMessages: tools.registry_variables.SUBMIT_REVIEW_MESSAGES,
  };
}

function miniConfig(path: string, document: unknown): AgentConfig {
  const { agent, environment, model } = checked(path, miniSchema, document);
  return {
    profile: 'mini',
    systemTemplate: agent.system_template,
    instanceTemplate: agent.instance_template,
    observationTemplate: model.observation_template,
    errorTemplate: model.format_error_template,
    commandSeconds: environment.timeout,
  };
}

async function readYaml(path: string): Promise<unknown> {
  try {
    return parse(await readFile(path, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n', 1)[0] : error;
    throw new AgentConfigError(`The agent configuration ${path} cannot be read: ${reason}`);
  }
}

function has(document: unknown, key: string): boolean {
  const { success, data } = z.object({ agent: z.record(z.string(), z.unknown()) }).safeParse(document);
  return success && data.agent[key] !== undefined;
}

function checked<T>(path: string, schema: z.ZodType<T>, document: unknown): T {
  const result = schema.safeParse(document);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new AgentConfigError(`${path}: ${issue?.path.join('.')} is not what it should be: ${issue?.message}`);
}

function compiles(source: string): boolean {
  try {
    compileTemplate(source, '');
    return true;
  } catch {
    return false;
  }
}

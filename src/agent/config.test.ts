import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AgentConfigError, readAgentConfig } from './config.ts';
import { defaultLimits, openAgent, openProfile } from './open.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sera-config-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(yaml: string) {
  const path = join(folder, 'agent.yaml');
  await writeFile(path, yaml);
  return readAgentConfig(path);
}

const SWE_AGENT = `
agent:
  type: default
  templates:
    system_template: |-
      Be brief.
    instance_template: |-
      In {{working_dir}}:
      {% if problem_statement %}
      <pr>{{ problem_statement }}</pr>
      {% endif %}
    next_step_template: |-
      SEEN: {{observation}}
    next_step_no_output_template: |-
      NOTHING
  tools:
    execution_timeout: 45
    bundles: [{path: tools/registry}]
    registry_variables:
      USE_FILEMAP: 'true'
      SUBMIT_REVIEW_MESSAGES:
        - |
          Look again: {{diff}}
  model: {name: some/model, temperature: 0.6}
`;

const MINI = `
agent:
  system_template: Be brief.
  instance_template: "Do this: {{task}}"
  step_limit: 3
environment: {cwd: /testbed, timeout: 45}
model:
  observation_template: "{{output.returncode}}: {{output.output}}"
`;

describe('the configuration of SWE-agent', () => {
  test('changes what the model reads', async () => {
    const config = await read(SWE_AGENT);
    expect(openProfile('swe-agent', config).open('Mend {{it}}.')).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'In /testbed:\n\n<pr>Mend {{it}}.</pr>\n' },
    ]);
    expect(config).toMatchObject({ observationTemplate: 'SEEN: {{observation}}', emptyTemplate: 'NOTHING' });
    expect(config.reviewMessages).toEqual(['Look again: {{diff}}\n']);
  });

  test('sets the time for a command', async () => {
    expect(defaultLimits('swe-agent', await read(SWE_AGENT)).commandSeconds).toBe(45);
    expect(defaultLimits('swe-agent').commandSeconds).toBe(300);
  });

  test('leaves what it does not name as it is', async () => {
    const config = await read('agent: {templates: {system_template: Hello.}}');
    const [system, user] = openProfile('swe-agent', config).open('Mend it.');
    expect(system?.content).toBe('Hello.');
    expect(user).toEqual(openProfile('swe-agent').open('Mend it.')[1]);
  });
});

describe('the configuration of mini-swe-agent', () => {
  test('changes what the model reads', async () => {
    const config = await read(MINI);
    expect(
      openProfile('mini', config)
        .open('Mend it.')
        .map(({ content }) => content),
    ).toEqual(['Be brief.', 'Do this: Mend it.']);
    expect(defaultLimits('mini', config).commandSeconds).toBe(45);
  });
});

describe('a wrong file is one clear line', () => {
  test.each([
    ['agent: [', /cannot be read: .+/],
    ['', /is not an agent configuration: it has neither agent\.templates/],
    ['- a list', /is not an agent configuration/],
    ['agent: {model: {name: x}}', /is not an agent configuration/],
    [
      'agent: {templates: {system_template: [1]}}',
      /agent\.templates\.system_template is not what it should be/,
    ],
    [
      'agent: {templates: {instance_template: "{{ a"}}',
      /agent\.templates\.instance_template .*not a Jinja template/,
    ],
    ['agent: {tools: {execution_timeout: soon}}', /agent\.tools\.execution_timeout is not what it should be/],
  ])('%j', async (yaml, message) => {
    const error = await read(yaml).catch((cause) => cause);
    expect(error).toBeInstanceOf(AgentConfigError);
    expect(error.exitStatus).toBe(2);
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('\n');
  });

  test('that is not there', async () => {
    await expect(readAgentConfig(join(folder, 'none.yaml'))).rejects.toThrow(AgentConfigError);
  });

  test('that is for the other profile', async () => {
    const config = await read(MINI);
    expect(() => openAgent('swe-agent', { config })).toThrow(/for the profile mini, not for swe-agent/);
  });

  test('with a template that fails only when it is filled in', async () => {
    const config = await read('agent: {templates: {instance_template: "{{ problem_statement.a.b.c() }}"}}');
    expect(() => openProfile('swe-agent', config).open('x')).toThrow(
      /The template instance_template cannot be used/,
    );
  });
});

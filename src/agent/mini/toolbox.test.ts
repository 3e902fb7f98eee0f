import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openTestSandboxes, type TestSandboxes } from '../../../test/agent/sandboxes.ts';
import { answerOf, bash, type ScriptedAnswer } from '../../../test/agent/scripted.ts';
import type { Sandbox } from '../../sandbox/index.ts';
import { CommandClock } from '../clock.ts';
import type { Toolbox } from '../profile.ts';
import { miniProfile } from './profile.ts';

let sandboxes: TestSandboxes;
let sandbox: Sandbox;
let toolbox: Toolbox;

beforeAll(async () => {
  sandboxes = await openTestSandboxes();
});
afterAll(() => sandboxes.close());

beforeEach(async () => {
  await sandbox?.close();
  sandbox = await sandboxes.open();
  start();
});

function start(clock = new CommandClock(60, 1800)): void {
  toolbox = miniProfile().start(sandbox, clock);
}

const turn = (answer: ScriptedAnswer) => toolbox.execute(answerOf(answer));
const contents = async (answer: ScriptedAnswer) =>
  (await turn(answer)).messages.map(({ content }) => content);
const several = (...commands: string[]): ScriptedAnswer => ({
  calls: commands.map((command) => ['bash', { command }] as const),
});

describe('an observation', () => {
  test.each([
    ['echo hello', '<returncode>0</returncode>\n<output>\nhello\n</output>'],
    ['printf hello', '<returncode>0</returncode>\n<output>\nhello</output>'],
    ['echo', '<returncode>0</returncode>\n<output>\n\n</output>'],
    ['true', '<returncode>0</returncode>\n<output>\n</output>'],
    ['echo bad >&2; exit 3', '<returncode>3</returncode>\n<output>\nbad\n</output>'],
  ])('of `%s` is as mini-swe-agent writes it', async (command, observation) => {
    expect(await contents(bash(command))).toEqual([observation]);
  });

  test('of a command that took too long says so, and shows what it printed', async () => {
    start(new CommandClock(0.2, 1800));
    expect(await contents(bash('echo begun; sleep 10'))).toEqual([
      '<exception>The command was ended because it ran longer than 0.2 seconds.</exception>\n<returncode>-1</returncode>\n<output>\nbegun\n</output>',
    ]);
  });

  test('is as the configuration says where there is one', async () => {
    const observationTemplate =
      '{{output.returncode}}: {{output.output}}{% if output.exception_info %}!{% endif %}';
    toolbox = miniProfile({ observationTemplate }).start(sandbox, new CommandClock(60, 1800));
    expect(await contents(bash('echo a; exit 4'))).toEqual(['4: a\n']);
  });

  test('over 10,000 characters shows both ends and how many are between them', async () => {
    const [whole = ''] = await contents(bash('printf "%9998s\\n" 😀'));
    expect(whole).toContain('😀\n</output>');
    const [clipped = ''] = await contents(bash('printf a; printf "%10010s\\n" 😀'));
    expect(clipped).toMatch(
      /^<returncode>0<\/returncode>\n<warning>\n.*\n<\/warning><output_head>\na {4999}\n<\/output_head>\n<elided_chars>\n\d+ characters elided\n<\/elided_chars>\n<output_tail>\n *😀\n\n<\/output_tail>$/,
    );
  });

  test('of an output that the sandbox clipped counts all of it, and shows its true end', async () => {
    const [clipped = ''] = await contents(bash('seq 100000; echo end'));
    expect(clipped).toContain('<output_head>\n1\n2\n');
    expect(clipped).toContain(`\n${588_895 + 4 - 10_000} characters elided\n`);
    expect(clipped).toMatch(/\n100000\nend\n\n<\/output_tail>$/);
  });
});

describe('several calls', () => {
  test('run one after the other, each in a fresh shell at the root of the repository', async () => {
    expect(await contents(several('cd /tmp; x=1; touch f', 'echo "$PWD $x"; ls /tmp/f'))).toEqual([
      '<returncode>0</returncode>\n<output>\n</output>',
      '<returncode>0</returncode>\n<output>\n/testbed \n/tmp/f\n</output>',
    ]);
  });

  test('are not run at all where one of them is wrong', async () => {
    const { type, messages } = await turn({
      calls: [
        ['bash', { command: 'touch a' }],
        ['bash', '{'],
      ],
    });
    expect(type).toBe('malformed');
    expect(messages.map(({ content }) => content)).toEqual(
      Array(2).fill(expect.stringContaining('not valid JSON')),
    );
    expect(await sandbox.files.kind('/testbed/a')).toBe('missing');
  });

  test('end where the time of the rollout is spent', async () => {
    start(new CommandClock(0.1, 1800));
    const observations = await contents(several('sleep 5', 'sleep 5', 'sleep 5', 'touch a'));
    expect(observations[3]).toMatch(/^<exception>This command was not run/);
    expect(await sandbox.files.kind('/testbed/a')).toBe('missing');
  });
});

describe('a submission', () => {
  const line = 'echo COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT';

  test('is what stands behind its first line', async () => {
    await turn(bash('echo more >> README.md; git diff > /tmp/patch.txt'));
    expect(await turn(bash(`${line} && cat /tmp/patch.txt`))).toMatchObject({
      type: 'submitted',
      patch: await sandbox.patch(),
    });
  });

  test('without a patch is the difference of the tree', async () => {
    await turn(bash('echo new > new.txt'));
    expect(await turn(bash(line))).toMatchObject({ type: 'submitted', patch: await sandbox.patch() });
  });

  test('does not count from a command that fails, or behind other output', async () => {
    expect((await turn(bash(`${line}; false`))).type).toBe('observed');
    expect((await turn(bash(`echo; echo x; ${line}`))).type).toBe('observed');
  });

  test('ends the turn: calls behind it are answered and not run', async () => {
    const { type, messages } = await turn(several(line, 'touch a'));
    expect(type).toBe('submitted');
    expect(messages[1]?.content).toMatch(/not run/);
    expect(await sandbox.files.kind('/testbed/a')).toBe('missing');
  });
});

test.each([
  ['no call', { content: 'Let me think.' }, /called no tool/],
  ['an answer that was cut off', { calls: [['bash', '{"comm']], finish: 'length' }, /cut off/],
  ['an unknown tool', { calls: [['submit', {}]] }, /There is no tool `submit`/],
  ['a missing command', { calls: [['bash', {}]] }, /lacks argument `command`/],
] satisfies [string, ScriptedAnswer, RegExp][])('%s is told to the model', async (_, answer, told) => {
  const { type, messages } = await turn(answer);
  expect(type).toBe('malformed');
  expect(messages[0]?.content).toMatch(/<error>\n.*\n<\/error>/);
  expect(messages[0]?.content).toMatch(told);
});

test('arguments that it does not know are passed over', async () => {
  expect(await contents({ calls: [['bash', { command: 'echo a', timeout: 5 }]] })).toEqual([
    '<returncode>0</returncode>\n<output>\na\n</output>',
  ]);
});

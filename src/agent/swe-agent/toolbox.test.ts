import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openTestSandboxes, type TestSandboxes } from '../../../test/agent/sandboxes.ts';
import { answerOf, bash, type ScriptedAnswer, submit } from '../../../test/agent/scripted.ts';
import type { Sandbox } from '../../sandbox/index.ts';
import { CommandClock } from '../clock.ts';
import type { AgentConfig } from '../config.ts';
import type { Toolbox } from '../profile.ts';
import { sweAgentProfile } from './profile.ts';

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

function start(config?: AgentConfig, clock = new CommandClock(300, 1800)): void {
  toolbox = sweAgentProfile(config).start(sandbox, clock);
}

const turn = (answer: ScriptedAnswer) => toolbox.execute(answerOf(answer));

async function observe(answer: ScriptedAnswer): Promise<string> {
  const { type, messages } = await turn(answer);
  expect(type).toBe('observed');
  return messages.map(({ content }) => content).join();
}

describe('bash', () => {
  test('is one shell for the whole rollout', async () => {
    await turn(bash('cd /tmp; f() { echo "$x in $PWD"; }'));
    await turn(bash('export x=1'));
    expect(await observe(bash('f'))).toBe('OBSERVATION:\n1 in /tmp');
  });

  test('starts at the root of the repository, with no pager', async () => {
    const command = 'pwd; echo $PAGER $MANPAGER $LESS $PIP_PROGRESS_BAR $TQDM_DISABLE $GIT_PAGER';
    expect(await observe(bash(command))).toBe('OBSERVATION:\n/testbed\ncat cat -R off 1 cat');
  });

  test('leaves only the last newline out of what a command prints', async () => {
    expect(await observe(bash("printf ' a\\n\\n'"))).toBe('OBSERVATION:\n a\n');
  });

  test.each(['true', 'echo', 'printf " \\n\\t"'])('says so where `%s` prints nothing', async (command) => {
    expect(await observe(bash(command))).toBe(
      'Your last command ran successfully and did not produce any output.',
    );
  });

  test('shows 100,000 characters and says how many are left out', async () => {
    expect(await observe(bash('printf %100000d 1'))).toBe(`OBSERVATION:\n${'1'.padStart(100_000)}`);
    const clipped = await observe(bash('printf %100200d 1'));
    expect(clipped.startsWith(`OBSERVATION:\n${' '.repeat(100_000)}<response clipped>`)).toBe(true);
    expect(clipped).toContain('200 characters were left out');
  });

  test('interrupts what takes too long, shows what it printed, and goes on', async () => {
    start(undefined, new CommandClock(0.2, 1800));
    const observation = await observe(bash('x=kept; echo begun; sleep 10'));
    expect(observation).toMatch(/^OBSERVATION:\nThe command was interrupted .* 0\.2 seconds/);
    expect(observation).toContain('begun');
    expect(await observe(bash('echo $x'))).toBe('OBSERVATION:\nkept');
  });

  test('starts again after a command that ends it, and says so', async () => {
    expect(await observe(bash('exit 3'))).toMatch(/^OBSERVATION:\n(?:.*\n)*.*started again/);
    expect(await observe(bash('pwd'))).toBe('OBSERVATION:\n/testbed');
  });

  test('shows bytes that are no text as a mark that any store takes', async () => {
    expect(await observe(bash("printf 'a\\0b\\377'"))).toBe('OBSERVATION:\na\ufffdb\ufffd');
  });
});

describe('an answer that cannot be acted on', () => {
  const bad: [string, ScriptedAnswer, RegExp][] = [
    ['no call', { content: 'Let me think.' }, /called no tool/],
    ['nothing', { content: ' ' }, /was empty/],
    ['a call that was cut off', { calls: [['bash', '{"command": "ec']], finish: 'length' }, /cut off/],
    ['text that was cut off', { content: 'and so', finish: 'length' }, /cut off/],
    [
      'several calls',
      {
        calls: [
          ['bash', { command: 'ls' }],
          ['submit', {}],
        ],
      },
      /called 2 tools, and none/,
    ],
    [
      'an unknown tool',
      { calls: [['python', { code: '1' }]] },
      /no tool `python`.*`bash`, `str_replace_editor`, `submit`/,
    ],
    [
      'an argument missing',
      { calls: [['str_replace_editor', { command: 'view' }]] },
      /lacks argument `path`/,
    ],
    ['a required null', { calls: [['bash', { command: null }]] }, /`command` must be of type string/],
    [
      'an argument too many',
      { calls: [['bash', { command: 'ls', timeout: 3 }]] },
      /not take the argument `timeout`/,
    ],
    ['a wrong type', { calls: [['bash', { command: ['ls'] }]] }, /`command` must be of type string/],
    ['no JSON', { calls: [['bash', '{"command": "ls"']] }, /not valid JSON/],
    ['no object', { calls: [['bash', '"ls"']] }, /must be a JSON object/],
    ['a NUL', { calls: [['bash', { command: 'a\0b' }]] }, /NUL/],
    [
      'a range of words',
      { calls: [['str_replace_editor', { command: 'view', path: '/', view_range: ['a', 'b'] }]] },
      /`view_range` must be of type integer/,
    ],
  ];

  test.each(bad)('gets told: %s', async (_, answer, told) => {
    const { type, messages } = await turn(answer);
    expect(type).toBe('malformed');
    expect(messages.length).toBe(Math.max(1, answer.calls?.length ?? 0));
    for (const message of messages) {
      expect(message.role).toBe(answer.calls ? 'tool' : 'user');
      expect(message.content).toMatch(told);
    }
  });

  test('runs nothing of several calls', async () => {
    await turn({
      calls: [
        ['bash', { command: 'touch a' }],
        ['bash', { command: 'touch b' }],
      ],
    });
    expect(await sandbox.patch()).toBe('');
    expect(await sandbox.files.kind('/testbed/a')).toBe('missing');
  });
});

describe('arguments', () => {
  const edit = (request: object) => observe({ calls: [['str_replace_editor', request]] });

  test('may be null or numbers in quotes, as models write them', async () => {
    const request = { command: 'insert', path: '/testbed/README.md', insert_line: '0', new_str: 'x' };
    expect(await edit({ ...request, view_range: null, old_str: null })).toContain('     1\tx\n');
  });

  test('that the editor does not know come back as an observation', async () => {
    expect(await edit({ command: 'delete', path: '/testbed/README.md' })).toMatch(
      /^OBSERVATION:\nUnrecognized command delete/,
    );
  });

  test('of submit may be left out', async () => {
    expect(await observe({ calls: [['submit', '']] })).toContain('<diff>');
  });
});

describe('submit', () => {
  test('shows the whole diff first, and ends the rollout then', async () => {
    await turn(bash('echo "$& {{diff}}" > new.txt'));
    const review = await observe(submit);
    expect(review).toMatch(/^OBSERVATION:\n/);
    expect(review).toContain(`<diff>\n${await sandbox.patch()}\n</diff>`);
    expect(await turn(submit)).toMatchObject({ type: 'submitted', patch: await sandbox.patch() });
  });

  test('goes through as many reviews as the configuration has', async () => {
    const config = { profile: 'swe-agent', reviewMessages: ['One {{diff}}', 'Two {{ diff }}\n'] } as const;
    start(config);
    await turn(bash('echo a > new.txt'));
    const patch = await sandbox.patch();
    expect(await observe(submit)).toBe(`OBSERVATION:\nOne ${patch}`);
    expect(await observe(submit)).toBe(`OBSERVATION:\nTwo ${patch}\n`);
    expect((await turn(submit)).type).toBe('submitted');
    start({ ...config, reviewMessages: [] });
    expect((await turn(submit)).type).toBe('submitted');
  });
});

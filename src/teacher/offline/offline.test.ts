import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Message, ToolDefinition } from '../../trajectory/index.ts';
import type { Question } from '../teacher.ts';
import { offlineTeacher } from './index.ts';

const tool = (name: string): ToolDefinition => ({ name, description: '', parameters: {} });
const PROFILES: Readonly<Record<string, readonly ToolDefinition[]>> = {
  'swe-agent': ['bash', 'str_replace_editor', 'submit'].map(tool),
  mini: [tool('bash')],
};

/** Asks until something is handed in, each turn answered by the next observation. */
async function converse(profile: string, key: string, instruction: string, observations: readonly string[]) {
  const tools = PROFILES[profile] ?? [];
  const messages: Message[] = [{ role: 'user', content: instruction }];
  for (let step = 0; step < 60; step += 1) {
    const { message } = await rollout(key).ask({ messages: [...messages], tools });
    const [call, ...others] = message.toolCalls ?? [];
    if (!call || others.length > 0) throw new Error('a turn makes one call');
    messages.push(message);
    const content = observations[step % observations.length] ?? '';
    messages.push({ role: 'tool', toolCallId: call.id, content });
    const submits =
      call.name === 'submit' || call.arguments.includes('COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT');
    if (submits) return messages;
  }
  throw new Error('nothing was handed in');
}

const rollout = (key: string) => offlineTeacher().open({ purpose: 'rollout', key });

const OBSERVATION = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    'OBSERVATION:\n12\n3:def load(self, path):\n7:    return load',
    '<returncode>0</returncode>\n<output>\n12\n3:def load(self, path):\n</output>',
    'OBSERVATION:\n     3\tdef load(self, path):\n     4\t    return path\n     5\tx = 1',
    'OBSERVATION:\nThe file /testbed/a.py has been edited.',
    'OBSERVATION:\nNo replacement was performed. Multiple occurrences of old_str',
    'OBSERVATION:\nNo replacement was performed, old_str did not appear verbatim',
    'src/a.py\nlib/b.go\n',
    'It does not parse any more.',
    '<returncode>1</returncode>\n<output>\n</output>',
    'Your last command ran successfully and did not produce any output.',
  ),
);

describe('a rollout of the offline teacher', () => {
  test.each(Object.keys(PROFILES))(
    '%s: hands something in, whatever it is told and whatever the tools answer',
    async (profile) => {
      const instructions = fc.oneof(
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom('There is trouble around the function `load` in the file src/a.py.', '', 'a.py `'),
      );
      const told = fc.array(OBSERVATION, { minLength: 1, maxLength: 12 });
      await fc.assert(
        fc.asyncProperty(fc.string(), instructions, told, async (key, instruction, observations) => {
          const messages = await converse(profile, key, instruction, observations);
          expect(messages.length).toBeLessThan(80);
        }),
        { numRuns: 60 },
      );
    },
  );

  test('speaks at every turn, and thinks before it speaks', async () => {
    const messages = await converse('swe-agent', 'key', 'Mend `load` in src/a.py.', ['OBSERVATION:\n']);
    for (const message of messages) {
      if (message.role !== 'assistant') continue;
      expect(message.content).not.toBe('');
      expect(message.reasoning).not.toBe('');
      expect(message.content + message.reasoning).not.toMatch(/\{\w+\}/);
    }
  });
});

describe('an answer', () => {
  const question: Question = { messages: [{ role: 'user', content: 'x'.repeat(400) }], tools: [] };

  test('counts a token for four characters, and what was sent before as cached', async () => {
    const first = await rollout('key').ask(question);
    expect(first.usage).toMatchObject({ input: 101, cached: 0 });
    const messages: Message[] = [
      ...question.messages,
      first.message,
      { role: 'user', content: 'y'.repeat(40) },
    ];
    const second = await rollout('key').ask({ ...question, messages });
    expect(second.usage.cached).toBe(first.usage.input);
    expect(second.usage.input).toBe(Math.ceil((402 + first.usage.output * 4 + 40) / 4));
  });

  test('costs nothing and says where it comes from', async () => {
    const teacher = offlineTeacher({ now: () => 5 });
    const answer = await teacher.open({ purpose: 'rollout', key: 'key' }).ask(question);
    expect(answer).toMatchObject({
      model: 'offline',
      costUsd: 0,
      latencyMs: 0,
      retries: 0,
      finish: 'tool_calls',
    });
    expect(teacher).toMatchObject({ spec: 'offline', offline: true, spentUsd: 0 });
  });

  test('is not given once the signal is aborted', async () => {
    await expect(rollout('key').ask(question, AbortSignal.abort())).rejects.toThrow();
  });
});

describe('a review', () => {
  const ask = async (key: string, content: string) => {
    const conversation = offlineTeacher().open({ purpose: 'self-review', key });
    return (await conversation.ask({ messages: [{ role: 'user', content }], tools: [] })).message.content;
  };

  test('turns down a few in a hundred', async () => {
    const answers = await Promise.all(
      Array.from({ length: 2000 }, (_, key) => ask(`${key}`, 'Yes or no, between <output> tags?')),
    );
    const refused = answers.filter((answer) => answer.endsWith('<output>no</output>')).length;
    expect(answers.filter((answer) => answer.endsWith('<output>yes</output>')).length).toBe(2000 - refused);
    expect(refused).toBeGreaterThan(20);
    expect(refused).toBeLessThan(90);
  });

  test('takes on the words and tags of the question', async () => {
    expect(await ask('key', 'Write accept or reject in <answer> tags.')).toMatch(/<answer>accept<\/answer>$/);
  });
});

import { afterEach, describe, expect, it } from 'vitest';
import { type OpenAIScript, startOpenAIServer } from '../../../test/servers/openai.ts';
import { byTurn, type RunningServer, type ScriptedAnswer } from '../../../test/servers/script.ts';
import type { Message, ToolDefinition } from '../../trajectory/index.ts';
import { ContextOverflowError, openTeacher, type TeacherOptions } from '../index.ts';

const bash: ToolDefinition = {
  name: 'bash',
  description: 'Runs a command.',
  parameters: { type: 'object', properties: { command: { type: 'string' } }, required: ['command'] },
};
const start: Message[] = [
  { role: 'system', content: 'You mend code.' },
  { role: 'user', content: 'There is an issue; „Größe“ 😀' },
];

let server: RunningServer | undefined;
afterEach(() => server?.close());

async function converse(script: OpenAIScript, options: Partial<TeacherOptions> = {}) {
  server = await startOpenAIServer(script);
  const log: string[] = [];
  const teacher = openTeacher(`openai:GLM-4.6@${server.url}`, {
    environment: {},
    sleep: async () => {},
    log: (line) => log.push(line),
    ...options,
  });
  return { teacher, conversation: teacher.open({ purpose: 'rollout', key: 'k' }), log, server };
}

/** What a request's body is up to the end of its messages. */
function prefix(body: string): string {
  expect(body.endsWith(']}')).toBe(true);
  return body.slice(0, -']}'.length);
}

describe('an answer', () => {
  const written = '{ "command" : "echo \\"ä\\u00e4 😀\\"\\n" ,"n":1.50e3}';
  const answer: ScriptedAnswer = {
    content: 'I look.',
    reasoning: 'Größe first.\n\nThen 😀.',
    toolCalls: [
      { id: 'one', name: 'bash', arguments: written },
      { id: 'two', name: 'bash', arguments: '{"command": "ls' },
    ],
  };

  it.each([false, true])(
    'keeps every byte of arguments, text and reasoning (sliced stream: %s)',
    async (sliced) => {
      const { conversation } = await converse({ answer: () => answer, sliced });
      const { message, finish, model, retries } = await conversation.ask({ messages: start, tools: [bash] });
      expect(message.content).toBe(answer.content);
      expect(message.reasoning).toBe(answer.reasoning);
      expect(message.toolCalls).toEqual([
        { id: 'one', name: 'bash', arguments: written },
        { id: 'two', name: 'bash', arguments: '{"command": "ls' },
      ]);
      expect({ finish, model, retries }).toEqual({ finish: 'tool_calls', model: 'GLM-4.6', retries: 0 });
    },
  );

  it('is read from a body in one piece', async () => {
    const { conversation } = await converse({ answer: () => answer, whole: true });
    const { message } = await conversation.ask({ messages: start, tools: [] });
    expect(message).toMatchObject({ content: answer.content, reasoning: answer.reasoning });
    expect(message.toolCalls?.map((call) => call.arguments)).toEqual([written, '{"command": "ls']);
  });

  it('is read from a stream labelled as something else', async () => {
    const { conversation } = await converse({
      answer: () => answer,
      fault: () => ({ kind: 'content-type', value: 'text/plain' }),
    });
    const { message } = await conversation.ask({ messages: start, tools: [] });
    expect(message.toolCalls).toHaveLength(2);
  });

  it('has usage with the cached tokens of the history, and costs what the table says', async () => {
    const usage = { input: 10_000, cached: 9_000, output: 500 };
    const { conversation, teacher } = await converse({ answer: () => ({ content: 'ok', usage }) });
    const reply = await conversation.ask({ messages: start, tools: [] });
    expect(reply.usage).toEqual(usage);
    expect(reply.costUsd).toBeCloseTo((1_000 * 0.6 + 9_000 * 0.11 + 500 * 2.2) / 1e6, 12);
    expect(teacher.spentUsd).toBe(reply.costUsd);
  });

  it('has its usage estimated where the endpoint reports none', async () => {
    const { conversation } = await converse({ answer: () => ({ content: 'x'.repeat(300), usage: null }) });
    const { usage } = await conversation.ask({
      messages: [{ role: 'user', content: 'y'.repeat(900) }],
      tools: [],
    });
    expect(usage).toEqual({ input: 300, cached: 0, output: 100 });
  });

  it('that fills the context ends the rollout, and is paid for', async () => {
    const usage = { input: 1_000_000, cached: 0, output: 0 };
    const { conversation, teacher } = await converse({
      answer: () => ({ content: 'cut', finish: 'context', usage }),
    });
    const asked = conversation.ask({ messages: start, tools: [] });
    await expect(asked).rejects.toThrow(ContextOverflowError);
    expect(teacher.spentUsd).toBeCloseTo(0.6);
  });

  it('may be empty, or cut off by its length', async () => {
    const answers = byTurn([{}, { reasoning: 'on and on', finish: 'length' }]);
    const { conversation } = await converse({ answer: answers });
    const empty = await conversation.ask({ messages: start, tools: [] });
    expect(empty).toMatchObject({ message: { role: 'assistant', content: '' }, finish: 'stop' });
    const cut = await conversation.ask({
      messages: [...start, empty.message, { role: 'user', content: 'go on' }],
      tools: [],
    });
    expect(cut).toMatchObject({ message: { content: '', reasoning: 'on and on' }, finish: 'length' });
  });
});

describe('the history', () => {
  const turns: ScriptedAnswer[] = [
    { reasoning: 'look', toolCalls: [{ name: 'bash', arguments: '{ "command":"ls" , "n":1.0}' }] },
    {
      content: 'now two',
      toolCalls: [
        { name: 'bash', arguments: '{"command":"ls' },
        { name: 'rm -rf /', arguments: '[1]' },
      ],
    },
    { content: '' },
    { content: 'no call', reasoning: 'hm' },
    { toolCalls: [{ name: 'bash', arguments: '' }] },
    { toolCalls: [{ name: 'bash', arguments: '{"command":"forgotten"}' }] },
    { content: 'done' },
  ];

  async function play(script: OpenAIScript) {
    const { conversation, server } = await converse(script);
    const messages: Message[] = [...start];
    for (let turn = 0; turn < turns.length; turn += 1) {
      const { message } = await conversation.ask({ messages, tools: [bash] });
      messages.push(message);
      // The sixth answer's call is left without a result.
      for (const call of turn === 5 ? [] : (message.toolCalls ?? [])) {
        messages.push({ role: 'tool', toolCallId: call.id, content: `OBSERVATION:\nGröße ${turn} \ud800` });
      }
      if (message.toolCalls === undefined || turn === 5) {
        messages.push(
          { role: 'user', content: 'Exactly one call, please.' },
          { role: 'user', content: 'Again.' },
        );
      }
    }
    return { messages, bodies: server.requests.map(({ body }) => body) };
  }

  it('only grows: the bytes of a request begin the next one, whatever the model wrote', async () => {
    const { bodies } = await play({ answer: byTurn(turns) });
    expect(bodies).toHaveLength(turns.length);
    for (const [index, body] of bodies.slice(1).entries()) {
      expect(body.startsWith(prefix(bodies[index] ?? ''))).toBe(true);
    }
  });

  it('carries the model’s own arguments unchanged, and others inside an object', async () => {
    const { bodies } = await play({ answer: byTurn(turns) });
    const sent = JSON.parse(bodies.at(-1) ?? '').messages.flatMap(
      (message: { tool_calls?: unknown }) => message.tool_calls ?? [],
    );
    expect(sent.map((call: { function: object }) => call.function)).toEqual([
      { name: 'bash', arguments: '{ "command":"ls" , "n":1.0}' },
      { name: 'bash', arguments: '{"invalid":"{\\"command\\":\\"ls"}' },
      { name: 'rm_-rf__', arguments: '{"invalid":"[1]"}' },
      { name: 'bash', arguments: '{}' },
      { name: 'bash', arguments: '{"command":"forgotten"}' },
    ]);
  });

  it('keeps in the record what the model wrote', async () => {
    const { messages } = await play({ answer: byTurn(turns) });
    const calls = messages.flatMap((message) =>
      message.role === 'assistant' ? (message.toolCalls ?? []) : [],
    );
    expect(calls.map((call) => [call.name, call.arguments])).toEqual([
      ['bash', '{ "command":"ls" , "n":1.0}'],
      ['bash', '{"command":"ls'],
      ['rm -rf /', '[1]'],
      ['bash', '{}'],
      ['bash', '{"command":"forgotten"}'],
    ]);
  });

  it.each(['reasoning_content', 'reasoning'] as const)(
    'carries reasoning back in %s, where it came in',
    async (reasoningField) => {
      const { bodies } = await play({ answer: byTurn(turns), reasoningField });
      const sent = JSON.parse(bodies.at(-1) ?? '').messages.filter(
        ({ role }: { role: string }) => role === 'assistant',
      );
      const other = reasoningField === 'reasoning' ? 'reasoning_content' : 'reasoning';
      expect(sent[0]).toHaveProperty(reasoningField, 'look');
      expect(sent[3]).toHaveProperty(reasoningField, 'hm');
      expect(sent.some((message: object) => other in message)).toBe(false);
    },
  );

  it('is served from the endpoint’s prefix cache', async () => {
    const long = 'x'.repeat(4_000);
    const { conversation } = await converse({ answer: () => ({ content: long }) });
    const messages: Message[] = [{ role: 'user', content: long }];
    const usages = [];
    for (let turn = 0; turn < 4; turn += 1) {
      const { message, usage } = await conversation.ask({ messages, tools: [bash] });
      messages.push(message, { role: 'user', content: 'go on' });
      usages.push(usage);
    }
    for (const [index, usage] of usages.slice(1).entries()) {
      expect(usage.cached).toBeGreaterThan((usages[index]?.input ?? 0) - 65);
    }
  });
});

describe('an endpoint that refuses a parameter', () => {
  const complaints: [string, string][] = [
    ["Unsupported value: 'temperature' does not support 0.6 with this model.", 'temperature'],
    [
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      'max_tokens',
    ],
    ['Extra inputs are not permitted: stream_options', 'stream_options'],
  ];

  it.each(complaints)('is asked without it from then on: %s', async (message, parameter) => {
    const { conversation, server, log } = await converse(
      {
        answer: () => ({ content: 'ok' }),
        fault: ({ body }) =>
          parameter in JSON.parse(body) ? { kind: 'status', status: 400, message } : undefined,
      },
      { maxOutputTokens: 100 },
    );
    const first = await conversation.ask({ messages: start, tools: [] });
    await conversation.ask({ messages: start, tools: [] });
    expect(first.retries).toBe(0);
    expect(server.requests.map(({ body }) => parameter in JSON.parse(body))).toEqual([true, false, false]);
    expect(log).toHaveLength(1);
  });

  it('is asked again by all that were in flight', async () => {
    const message = "'temperature' is not supported";
    const { teacher } = await converse({
      answer: () => ({ content: 'ok' }),
      fault: ({ body }) =>
        'temperature' in JSON.parse(body) ? { kind: 'status', status: 400, message } : undefined,
    });
    const ask = () => teacher.open({ purpose: 'rollout', key: 'k' }).ask({ messages: start, tools: [] });
    const answers = await Promise.all([ask(), ask(), ask()]);
    expect(answers.map(({ message: { content } }) => content)).toEqual(['ok', 'ok', 'ok']);
  });
});

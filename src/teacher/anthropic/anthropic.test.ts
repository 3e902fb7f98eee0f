import { afterEach, describe, expect, it } from 'vitest';
import { startAnthropicServer } from '../../../test/servers/anthropic.ts';
import {
  byTurn,
  type RunningServer,
  type ScriptedAnswer,
  type ServerScript,
} from '../../../test/servers/script.ts';
import type { Message, ToolDefinition } from '../../trajectory/index.ts';
import { ContextOverflowError, openTeacher, type TeacherOptions } from '../index.ts';

const bash: ToolDefinition = {
  name: 'bash',
  description: 'Runs a command.',
  parameters: { type: 'object', properties: { command: { type: 'string' } } },
};
const start: Message[] = [
  { role: 'system', content: 'You mend code.' },
  { role: 'user', content: 'There is an issue; „Größe“ 😀' },
];

let server: RunningServer | undefined;
afterEach(() => server?.close());

async function converse(script: ServerScript, options: Partial<TeacherOptions> = {}) {
  server = await startAnthropicServer(script);
  const log: string[] = [];
  const teacher = openTeacher(`anthropic:claude-3-7-sonnet-20250219@${server.url}`, {
    environment: {},
    sleep: async () => {},
    log: (line) => log.push(line),
    ...options,
  });
  return { conversation: teacher.open({ purpose: 'rollout', key: 'k' }), teacher, server, log };
}

const MARK = ',"cache_control":{"type":"ephemeral"}';

/** The serialised messages without their marks and their end. */
function prefix(body: string): string {
  return body.slice(body.indexOf('"messages":'), -']}'.length).replaceAll(MARK, '');
}

describe('an answer', () => {
  const written = '{ "command" : "echo \\"ä 😀\\"" ,"n":1.50e3}';
  const answer: ScriptedAnswer = {
    content: 'I look.',
    reasoning: 'Größe first.\n\nThen 😀.',
    toolCalls: [
      { id: 'one', name: 'bash', arguments: written },
      { id: 'two', name: 'bash', arguments: '{"command": "ls' },
      { id: 'three', name: 'submit', arguments: '' },
    ],
  };

  it.each([false, true])(
    'keeps every byte of arguments, text and reasoning (sliced stream: %s)',
    async (sliced) => {
      const { conversation } = await converse({ answer: () => answer, sliced });
      const { message, finish } = await conversation.ask({ messages: start, tools: [bash] });
      expect(message.content).toBe(answer.content);
      expect(message.reasoning).toBe(answer.reasoning);
      expect(message.toolCalls).toEqual([
        { id: 'one', name: 'bash', arguments: written },
        { id: 'two', name: 'bash', arguments: '{"command": "ls' },
        { id: 'three', name: 'submit', arguments: '{}' },
      ]);
      expect(finish).toBe('tool_calls');
    },
  );

  it('is read from a body in one piece', async () => {
    const { conversation } = await converse({ answer: () => answer, whole: true });
    const { message, finish } = await conversation.ask({ messages: start, tools: [] });
    expect(message).toMatchObject({ content: answer.content, reasoning: answer.reasoning });
    expect(message.toolCalls?.[0]?.arguments).toBe('{"command":"echo \\"ä 😀\\"","n":1500}');
    expect(finish).toBe('tool_calls');
  });

  it('counts all prompt tokens as input, and pays a quarter more for those put into the cache', async () => {
    const { conversation } = await converse({ answer: () => ({ content: 'x'.repeat(400) }) });
    const long: Message[] = [{ role: 'user', content: 'y'.repeat(40_000) }];
    const first = await conversation.ask({ messages: long, tools: [] });
    expect(first.usage.cached).toBe(0);
    expect(first.usage.input).toBeGreaterThan(10_000);
    expect(first.costUsd).toBeCloseTo((first.usage.input * 3 * 1.25 + 100 * 15) / 1e6, 6);
    const again = await conversation.ask({ messages: long, tools: [] });
    expect(again.usage).toEqual({ ...first.usage, cached: first.usage.input });
    expect(again.costUsd).toBeCloseTo((first.usage.input * 0.3 + 100 * 15) / 1e6, 6);
  });

  it('that fills the context ends the rollout, and is paid for', async () => {
    const usage = { input: 1_000_000, cached: 0, output: 0 };
    const { conversation, teacher } = await converse({
      answer: () => ({ content: 'cut', finish: 'context', usage }),
    });
    const asked = conversation.ask({ messages: start, tools: [] });
    await expect(asked).rejects.toThrow(ContextOverflowError);
    expect(teacher.spentUsd).toBeCloseTo(3);
  });

  it.each([
    ['length', 'length'],
    ['content_filter', 'content_filter'],
    [undefined, 'stop'],
  ] as const)('may end with %s', async (finish, expected) => {
    const { conversation } = await converse({ answer: () => (finish === undefined ? {} : { finish }) });
    const reply = await conversation.ask({ messages: start, tools: [] });
    expect(reply).toMatchObject({ message: { content: '' }, finish: expected });
  });
});

describe('the history', () => {
  const turns: ScriptedAnswer[] = [
    { reasoning: 'look', content: 'first', toolCalls: [{ name: 'bash', arguments: '{"command":"ls"}' }] },
    {
      toolCalls: [
        { name: 'bash', arguments: '{"command":"ls' },
        { name: 'rm -rf /', arguments: '[1]' },
      ],
    },
    {},
    { content: ' \n' },
    { reasoning: 'reasoning alone' },
    { reasoning: 'signed', content: 'no call' },
    { toolCalls: [{ name: 'bash', arguments: '' }] },
    { toolCalls: [{ name: 'bash', arguments: '{"command":"forgotten"}' }] },
    { content: 'done' },
  ];

  async function play() {
    const { conversation, server } = await converse({ answer: byPosition() });
    const messages: Message[] = [...start];
    const usages = [];
    for (let turn = 0; turn < turns.length; turn += 1) {
      const { message, usage } = await conversation.ask({ messages, tools: [bash] });
      usages.push(usage);
      messages.push(message);
      for (const call of turn === 7 ? [] : (message.toolCalls ?? [])) {
        messages.push({
          role: 'tool',
          toolCallId: call.id,
          content: turn === 1 ? '' : `Größe ${turn} ${'z'.repeat(400)}`,
        });
      }
      if (message.toolCalls === undefined || turn === 7) {
        messages.push({ role: 'user', content: 'Exactly one call, please.' }, { role: 'user', content: ' ' });
      }
    }
    return { bodies: server.requests.map(({ body }) => body), usages };
  }

  /** Turns that say nothing are left out of a request, so that the script goes by requests. */
  function byPosition() {
    return ({ index }: { index: number }) => byTurn(turns)({ turn: index } as never);
  }

  it('only grows but for the moving marks, whatever the model wrote', async () => {
    const { bodies } = await play();
    expect(bodies).toHaveLength(turns.length);
    for (const [index, body] of bodies.slice(1).entries()) {
      expect(prefix(body).startsWith(prefix(bodies[index] ?? ''))).toBe(true);
      expect(body.slice(0, body.indexOf('"messages":'))).toBe(
        bodies[index]?.slice(0, bodies[index].indexOf('"messages":')),
      );
    }
  });

  it('is marked at the system text and at the last two user turns', async () => {
    const { bodies } = await play();
    for (const [index, body] of bodies.entries()) {
      const { system, messages } = JSON.parse(body);
      expect(JSON.stringify(system)).toContain(MARK);
      const users = messages.filter(({ role }: { role: string }) => role === 'user');
      const marked = users.map(
        (turn: { content: object[] }) => 'cache_control' in (turn.content.at(-1) ?? {}),
      );
      expect(JSON.stringify(messages).split(MARK).length - 1).toBe(Math.min(2, users.length));
      expect(marked.slice(-2)).toEqual(index === 0 ? [true] : [true, true]);
    }
  });

  it('is read from the prompt cache up to where the last request ended', async () => {
    const { usages } = await play();
    for (const [index, usage] of usages.slice(1).entries()) expect(usage.cached).toBe(usages[index]?.input);
  });

  it('brings signed reasoning back unchanged and in its place', async () => {
    const { bodies } = await play();
    const assistants = JSON.parse(bodies.at(-1) ?? '').messages.filter(
      ({ role }: { role: string }) => role === 'assistant',
    );
    expect(assistants[0].content.map(({ type }: { type: string }) => type)).toEqual([
      'thinking',
      'text',
      'tool_use',
    ]);
    expect(assistants[2].content.map(({ type }: { type: string }) => type)).toEqual(['thinking', 'text']);
  });

  it('carries arguments that are no object inside one', async () => {
    const { bodies } = await play();
    const blocks = JSON.parse(bodies.at(-1) ?? '').messages.flatMap(
      ({ content }: { content: object[] }) => content,
    );
    const calls = blocks.filter((block: { type: string }) => block.type === 'tool_use');
    expect(calls.map(({ name, input }: { name: string; input: object }) => [name, input])).toEqual([
      ['bash', { command: 'ls' }],
      ['bash', { invalid: '{"command":"ls' }],
      ['rm_-rf__', { invalid: '[1]' }],
      ['bash', {}],
      ['bash', { command: 'forgotten' }],
    ]);
  });

  it('of another provider is understood', async () => {
    const { conversation } = await converse({ answer: () => ({ content: 'ok' }) });
    const messages: Message[] = [
      ...start,
      {
        role: 'assistant',
        content: '',
        reasoning: 'unsigned',
        toolCalls: [{ id: 'functions.bash:0', name: 'bash', arguments: '{}' }],
        providerData: { reasoningField: 'reasoning' },
      },
      { role: 'tool', toolCallId: 'functions.bash:0', content: 'x' },
    ];
    expect((await conversation.ask({ messages, tools: [bash] })).message.content).toBe('ok');
  });
});

describe('thinking', () => {
  it('is asked for with room for it, and without a temperature', async () => {
    const { conversation, server } = await converse(
      { answer: () => ({ content: 'ok' }) },
      { thinkingTokens: 4_000, maxOutputTokens: 1_000 },
    );
    await conversation.ask({ messages: start, tools: [] });
    const body = JSON.parse(server.requests[0]?.body ?? '');
    expect(body).toMatchObject({ max_tokens: 5_000, thinking: { type: 'enabled', budget_tokens: 4_000 } });
    expect(body).not.toHaveProperty('temperature');
  });

  it('is left to a model that decides itself', async () => {
    const message = '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive".';
    const { conversation, server, log } = await converse(
      {
        answer: () => ({ content: 'ok' }),
        fault: ({ body }) =>
          body.includes('budget_tokens') ? { kind: 'status', status: 400, message } : undefined,
      },
      { thinkingTokens: 4_000 },
    );
    await conversation.ask({ messages: start, tools: [] });
    expect(JSON.parse(server.requests[1]?.body ?? '').thinking).toEqual({ type: 'adaptive' });
    expect(log).toHaveLength(1);
  });
});

it('a model that takes no temperature is asked without', async () => {
  const message = '`temperature` is deprecated for this model.';
  const { conversation, server } = await converse({
    answer: () => ({ content: 'ok' }),
    fault: ({ body }) =>
      'temperature' in JSON.parse(body) ? { kind: 'status', status: 400, message } : undefined,
  });
  await conversation.ask({ messages: start, tools: [] });
  expect(server.requests.map(({ body }) => JSON.parse(body).temperature)).toEqual([0.6, undefined]);
});

it('what a broken stream was billed for is accounted', async () => {
  const { conversation, teacher } = await converse({
    answer: () => ({ content: 'a long answer, word after word' }),
    fault: ({ index }) => (index === 0 ? { kind: 'truncated', after: 4 } : undefined),
  });
  const reply = await conversation.ask({
    messages: [{ role: 'user', content: 'y'.repeat(40_000) }],
    tools: [],
  });
  expect(reply.retries).toBe(1);
  expect(reply.costUsd).toBeGreaterThan((10_000 * 3 * 1.25) / 1e6 + (10_000 * 0.3) / 1e6);
  expect(teacher.spentUsd).toBe(reply.costUsd);
});

import OpenAI from 'openai';
import { describe, expect, test } from 'vitest';
import type { Message } from '../trajectory/index.ts';
import { type Candidate, NO_METADATA } from './candidate.ts';
import { openai } from './formats/openai.ts';
import { type Format, type Sample, sampleLine, toSample } from './sample.ts';

const tools = [
  { name: 'bash', description: 'Runs – a command.', parameters: { type: 'object', properties: {} } },
];

function candidate(messages: readonly Message[]): Candidate {
  return { id: 'o__r-1-t1', messages, tools, metadata: { ...NO_METADATA, recall: 1 } };
}

function assistant(content: string, ...written: string[]): Message {
  const toolCalls = written.map((text, i) => ({ id: `c${i}`, name: 'bash', arguments: text }));
  return { role: 'assistant', content, toolCalls };
}

function result(content: string, toolCallId = 'c0'): Message {
  return { role: 'tool', toolCallId, content };
}

const system: Message = { role: 'system', content: 'Be brief.' };
const question: Message = { role: 'user', content: 'Fix it.' };

function contents(sample: Sample | undefined): string[] {
  if (!sample) throw new Error('no sample');
  return 'messages' in sample
    ? sample.messages.map((m) => `${m.role}${m.train ? '*' : ''}: ${m.content}`)
    : sample.conversations.map((m) => `${m.from}: ${m.value}`);
}

const write = (messages: readonly Message[], format: Format) =>
  contents(toSample(candidate(messages), format, 'as_is'));

describe('several calls in one turn', () => {
  const messages = [
    system,
    question,
    assistant('Both.', '{"command": "a"}', '{"command":"b"}'),
    result('1'),
    result('2', 'c1'),
    assistant('', '{}'),
  ];

  test('hermes gives their results back in one user message', () => {
    expect(write(messages, 'hermes').slice(1)).toEqual([
      'user: Fix it.',
      'assistant*: Both.\n\n<tool_call>\n{"name": "bash", "arguments": {"command": "a"}}\n</tool_call>\n<tool_call>\n{"name": "bash", "arguments": {"command": "b"}}\n</tool_call>',
      'user: <tool_response>\n1\n</tool_response>\n<tool_response>\n2\n</tool_response>',
      'assistant*: <tool_call>\n{"name": "bash", "arguments": {}}\n</tool_call>',
    ]);
  });

  test('sharegpt joins them so that the reader closes and opens the tags', () => {
    const [first, , , observation] = write(messages, 'sharegpt');
    expect(first).toBe('system: Be brief.');
    expect(observation).toBe('observation: 1\n</tool_response>\n<tool_response>\n2');
  });

  test('xml and openai keep each', () => {
    expect(write(messages, 'xml')[3]).toBe('user: 1\n2');
    expect(write(messages, 'openai').slice(3, 5)).toEqual(['tool: 1', 'tool: 2']);
  });
});

describe('arguments that are no JSON object', () => {
  const broken = '{"command": "unclosed';
  const messages = [question, assistant('', broken), result('That is not JSON.'), assistant('', '{}')];

  test('stay as a JSON string, and the turn is not trained on', () => {
    const [, , call, answer, last] = write(messages, 'hermes');
    expect(call).toBe(
      `assistant: <tool_call>\n{"name": "bash", "arguments": ${JSON.stringify(broken)}}\n</tool_call>`,
    );
    expect(answer).toContain('user: <tool_response>');
    expect(last).toMatch(/^assistant\*/);
  });

  test('raw keeps their very bytes', () => {
    const sample = toSample(candidate(messages), 'raw', 'as_is');
    expect(JSON.parse(sampleLine(sample as Sample)).messages[1].tool_calls[0].function.arguments).toBe(
      broken,
    );
  });

  test.each(['[1]', '"x"', '1', 'null', ''])('%j is one too', (text) => {
    expect(write([question, assistant('', text)], 'xml')[2]).toBe(
      `assistant: <function=bash>\n${text}\n</function>`,
    );
  });
});

describe('a system message', () => {
  test('gets the tools as JSON lines in hermes', () => {
    const [text = ''] = write([system, question, assistant('', '{}')], 'hermes');
    const lines = text.split('<tools>\n')[1]?.split('\n</tools>')[0]?.split('\n') ?? [];
    expect(text).toMatch(/^system: Be brief\.\n\n# Tools\n\n/);
    expect(lines).toEqual([
      '{"type": "function", "function": {"name": "bash", "description": "Runs \\u2013 a command.", "parameters": {"type": "object", "properties": {}}}}',
    ]);
  });

  test('is made where there is none, and stays away where nothing would stand in it', () => {
    expect(write([question, assistant('', '{}')], 'xml')[0]).toMatch(/^system: These tools/);
    const bare = toSample({ ...candidate([question, assistant('Hi.')]), tools: [] }, 'hermes', 'as_is');
    expect(contents(bare)).toEqual(['user: Fix it.', 'assistant*: Hi.']);
  });
});

test('what follows the last answer is left out, save in raw', () => {
  const messages = [question, assistant('', '{}'), result('never read')];
  expect(write(messages, 'openai')).toHaveLength(2);
  expect(write(messages, 'raw')).toHaveLength(3);
});

test('openai takes the thought out of the text, and only there', () => {
  const sample = toSample(
    candidate([question, assistant('<think>\nHm.\n</think>\nNow.', '{"a":1.0}')]),
    'openai',
    'as_is',
  );
  const line = JSON.parse(sampleLine(sample as Sample));
  expect(line.messages[1]).toMatchObject({ content: 'Now.', reasoning_content: 'Hm.', train: true });
  expect(line.messages[1].tool_calls[0].function.arguments).toBe('{"a": 1.0}');
});

test('openai messages go out through the official client as they are', async () => {
  const messages = openai([system, question, assistant('Hm.', '{}'), result('1')], 'as_is') ?? [];
  let sent = '';
  const client = new OpenAI({
    apiKey: 'none',
    maxRetries: 0,
    fetch: async (_url, init) => {
      sent = String(init?.body);
      return new Response('{}', { headers: { 'content-type': 'application/json' } });
    },
  });
  await client.chat.completions.create({ model: 'any', messages });
  expect(JSON.parse(sent).messages).toEqual(messages);
});

test('a line is one line, ASCII, with whole recall as a float', () => {
  const sample = toSample(candidate([question, assistant('é\u2028\ud800\n', '{}')]), 'hermes', 'as_is');
  const line = sampleLine(sample as Sample);
  expect(line).toMatch(/^[ -~]+$/);
  expect(line).toContain('"recall": 1.0');
});

test('a sample whose reasoning cannot be told apart is none', () => {
  const messages = [question, assistant('<think>a</think><think>b</think>', '{}')];
  for (const format of ['hermes', 'xml', 'sharegpt', 'openai'] as const) {
    expect(toSample(candidate(messages), format, 'keep_only_think')).toBeUndefined();
  }
});

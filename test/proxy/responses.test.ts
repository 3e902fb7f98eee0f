import OpenAI from 'openai';
import { describe, expect, test } from 'vitest';
import { bash, type Pair, startPair } from './setup.ts';

type Item = OpenAI.Responses.ResponseInputItem;
const clientOf = ({ proxy }: Pair) =>
  new OpenAI({ baseURL: `${proxy.url}/v1`, apiKey: 'none', maxRetries: 0 });

const functionTool = (name: string, properties: object): OpenAI.Responses.FunctionTool => ({
  type: 'function',
  name,
  strict: false,
  parameters: { type: 'object', properties },
});
const text = { type: 'string' };
/** The tools of Codex for a model that it does not know, as far as the proxy looks at them. */
const CODEX_TOOLS: OpenAI.Responses.Tool[] = [
  functionTool('exec_command', {
    cmd: text,
    yield_time_ms: { type: 'number' },
    max_output_tokens: { type: 'number' },
  }),
  functionTool('write_stdin', { session_id: { type: 'number' }, chars: text }),
];
const ask = { model: 'any', tools: CODEX_TOOLS, include: ['reasoning.encrypted_content' as const] };
const cwd = '<environment_context>\n  <cwd>/home/user/repo</cwd>\n</environment_context>';
const first: Item[] = [
  { type: 'message', role: 'developer', content: 'You are Codex.' },
  { type: 'message', role: 'user', content: [{ type: 'input_text', text: cwd }] },
  { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Fix it' }] },
];

describe('OpenAI’s own client, over Responses', () => {
  test('streams reasoning, text and a call in the client’s tools and paths', async () => {
    await using pair = await startPair([
      {
        reasoning: 'Look at /testbed.',
        content: 'I list /testbed.',
        toolCalls: [bash('ls /testbed')],
        usage: { input: 100, cached: 64, output: 20 },
      },
    ]);
    const stream = clientOf(pair).responses.stream({ ...ask, input: first });
    const deltas: string[] = [];
    const thoughts: string[] = [];
    stream.on('response.output_text.delta', ({ delta }) => deltas.push(delta));
    stream.on('response.reasoning_summary_text.delta', ({ delta }) => thoughts.push(delta));
    const response = await stream.finalResponse();
    expect(deltas.join('')).toBe('I list /home/user/repo.');
    expect(deltas.length).toBeGreaterThan(2);
    expect(thoughts.join('')).toBe('Look at /home/user/repo.');
    expect(response.status).toBe('completed');
    expect(response.output_text).toBe('I list /home/user/repo.');
    expect(response.output.map(({ type }) => type)).toEqual(['reasoning', 'message', 'function_call']);
    expect(response.output[2]).toMatchObject({
      name: 'exec_command',
      arguments: expect.stringContaining('"cmd":"ls /home/user/repo"'),
    });
    expect(response.usage).toMatchObject({
      input_tokens: 100,
      input_tokens_details: { cached_tokens: 64 },
      output_tokens: 20,
      total_tokens: 120,
    });
  });

  test('gets the same in one piece', async () => {
    await using pair = await startPair([{ reasoning: 'Hm.', content: 'Look.', toolCalls: [bash('ls')] }]);
    const response = await clientOf(pair).responses.create({ ...ask, input: first });
    expect(response.output_text).toBe('Look.');
    expect(response.output.map(({ type }) => type)).toEqual(['reasoning', 'message', 'function_call']);
    expect(response).toMatchObject({ store: false });
  });

  test('a history of items becomes the model’s, its reasoning with it', async () => {
    await using pair = await startPair([
      { reasoning: 'Hm.', content: 'Look.', toolCalls: [bash('cat /testbed/a.py')] },
      { content: 'Done.' },
    ]);
    const client = clientOf(pair);
    const { output } = await client.responses.create({ ...ask, input: first });
    const call = output.find((item) => item.type === 'function_call');
    const result =
      'Chunk ID: ab12cd\nWall time: 0.0100 seconds\nProcess exited with code 0\nOriginal token count: 5\nOutput:\n# /home/user/repo\n';
    await client.responses.create({
      ...ask,
      input: [
        ...first,
        ...(output as Item[]),
        { type: 'function_call_output', call_id: call?.call_id ?? '', output: result },
      ],
    });
    const [before = [], after = []] = pair.asked();
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.slice(before.length)).toMatchObject([
      {
        role: 'assistant',
        content: 'Look.',
        reasoning_content: 'Hm.',
        tool_calls: [{ function: { name: 'bash', arguments: '{"command":"cat /testbed/a.py"}' } }],
      },
      { role: 'tool', content: 'OBSERVATION:\n# /testbed' },
    ]);
    expect(JSON.stringify(before)).not.toContain('environment_context');
  });

  test('a command that Codex leaves running is waited for, then interrupted, before the model is asked', async () => {
    await using pair = await startPair([{ toolCalls: [bash('make')] }, { content: 'Done.' }]);
    const client = clientOf(pair);
    const input = [...first];
    const turn = async (report: string) => {
      const { output } = await client.responses.create({ ...ask, input });
      const call = output.find((item) => item.type === 'function_call');
      if (!call) return undefined;
      const result = `Wall time: 30.0 seconds\n${report}`;
      input.push(call, { type: 'function_call_output', call_id: call.call_id, output: result });
      return { name: call.name, ...JSON.parse(call.arguments) };
    };
    const running = (said: string) => `Process running with session ID 7\nOutput:\n${said}`;
    expect(await turn(running('one\n'))).toMatchObject({ name: 'exec_command', cmd: 'make' });
    const wait = { name: 'write_stdin', session_id: 7, yield_time_ms: 270_000 };
    expect(await turn(running('two\n'))).toMatchObject({ ...wait, chars: '' });
    expect(await turn('Process exited with code 130\nOutput:\n^C\n')).toMatchObject({
      ...wait,
      chars: '\u0003',
    });
    expect(await turn('')).toBeUndefined();
    expect(pair.asked()).toHaveLength(2);
    expect(pair.asked()[1]?.at(-1)?.content).toMatch(
      /^OBSERVATION:\nThe command was interrupted because it ran longer than 300 seconds\.[\s\S]*one\ntwo\n\^C$/,
    );
  });

  test('hidden reasoning comes back all the same', async () => {
    await using pair = await startPair([{ reasoning: 'Secret.', content: 'Hi.' }, { content: 'Done.' }], {
      showThinking: false,
    });
    const client = clientOf(pair);
    const stream = client.responses.stream({ ...ask, input: first });
    const { output } = await stream.finalResponse();
    expect(JSON.stringify(output)).not.toContain('Secret.');
    const more: Item = { role: 'user', content: 'More' };
    await client.responses.create({ ...ask, input: [...first, ...(output as Item[]), more] });
    expect(pair.asked()[1]?.at(-2)).toMatchObject({ role: 'assistant', reasoning_content: 'Secret.' });
  });

  test('tools of any form are passed to a model that knows the client’s own', async () => {
    await using pair = await startPair(
      [{ toolCalls: [{ name: 'apply_patch', arguments: { input: '*** Begin Patch' } }] }, {}],
      { profile: 'native' },
    );
    const client = clientOf(pair);
    const tools: OpenAI.Responses.Tool[] = [
      {
        type: 'custom',
        name: 'apply_patch',
        format: { type: 'grammar', syntax: 'lark', definition: 'start' },
      },
      { type: 'web_search' },
    ];
    const { output } = await client.responses
      .stream({ ...ask, tools, input: 'Fix it', instructions: 'Be brief.' })
      .finalResponse();
    expect(output).toMatchObject([
      { type: 'custom_tool_call', name: 'apply_patch', input: '*** Begin Patch' },
    ]);
    const [call] = output;
    if (call?.type !== 'custom_tool_call') throw new Error('no call');
    const input: Item[] = [
      { role: 'user', content: 'Fix it' },
      call,
      { type: 'custom_tool_call_output', call_id: call.call_id, output: 'Success.' },
    ];
    await client.responses.create({ ...ask, tools, input, instructions: 'Be brief.' });
    expect(pair.asked()[1]).toMatchObject([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Fix it' },
      { tool_calls: [{ function: { name: 'apply_patch', arguments: '{"input":"*** Begin Patch"}' } }] },
      { role: 'tool', content: 'Success.' },
    ]);
    expect(JSON.parse(pair.upstream.requests[0]?.body ?? '{}').tools).toHaveLength(1);
  });

  test('a limit on the answer’s length ends it as incomplete', async () => {
    await using pair = await startPair([{ content: 'Half', finish: 'length' }]);
    const response = await clientOf(pair)
      .responses.stream({ ...ask, input: 'Hi' })
      .finalResponse();
    expect(response).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
    });
  });

  test.each([
    { previous_response_id: 'resp_1' },
    { conversation: 'conv_1' },
    { background: true },
    { input: [{ type: 'item_reference' as const, id: 'msg_1' }] },
  ])('what needs a server that stores is refused in one line: %o', async (extra) => {
    await using pair = await startPair([]);
    const error = await clientOf(pair)
      .responses.create({ ...ask, input: first, ...extra })
      .catch((thrown) => thrown);
    expect(error).toBeInstanceOf(OpenAI.BadRequestError);
    expect(error.message).toMatch(/needs a server that stores answers; this one keeps nothing/);
    expect(pair.upstream.requests).toHaveLength(0);
  });

  test('an answer that breaks off fails with what was used', async () => {
    await using pair = await startPair({
      answer: () => ({ content: 'A long answer that will not end.' }),
      fault: () => ({ kind: 'cut', after: 4 }),
    });
    const response = await clientOf(pair)
      .responses.stream({ ...ask, input: first })
      .finalResponse();
    expect(response).toMatchObject({ status: 'failed', error: { code: 'upstream_error' } });
    expect(response.usage?.output_tokens).toBeGreaterThan(0);
  });

  test('the models are listed', async () => {
    await using pair = await startPair([], { upstream: { url: 'http://127.0.0.1:9', model: 'sera-32b' } });
    const { data } = await clientOf(pair).models.list();
    expect(data.map(({ id }) => id)).toEqual(['sera-32b']);
  });
});

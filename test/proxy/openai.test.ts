import OpenAI from 'openai';
import { describe, expect, test } from 'vitest';
import { bash, edit, OPENCODE_TOOLS, type Pair, startPair } from './setup.ts';

type Message = OpenAI.ChatCompletionMessageParam;
const clientOf = ({ proxy }: Pair) =>
  new OpenAI({ baseURL: `${proxy.url}/v1`, apiKey: 'none', maxRetries: 0 });
const ask = { model: 'any', tools: OPENCODE_TOOLS };
const first: Message = { role: 'user', content: 'Fix it' };

describe('OpenAI’s own client', () => {
  test('streams reasoning, text and a call in the client’s tools and paths', async () => {
    await using pair = await startPair([
      {
        reasoning: 'Look at /testbed.',
        content: 'I read /testbed/a.py.',
        toolCalls: [edit({ command: 'view', path: '/testbed/a.py' })],
      },
    ]);
    const reasoning: string[] = [];
    const stream = clientOf(pair).chat.completions.stream({
      ...ask,
      messages: [first],
      stream_options: { include_usage: true },
    });
    stream.on('chunk', ({ choices: [choice] }) => {
      const delta: object = choice?.delta ?? {};
      if ('reasoning_content' in delta) reasoning.push(String(delta.reasoning_content));
    });
    const completion = await stream.finalChatCompletion();
    const [choice] = completion.choices;
    expect(reasoning.join('')).toBe('Look at /home/user/repo.');
    expect(reasoning.length).toBeGreaterThan(2);
    expect(choice?.message.content).toBe('I read /home/user/repo/a.py.');
    expect(choice?.finish_reason).toBe('tool_calls');
    expect(choice?.message.tool_calls).toMatchObject([
      { function: { name: 'read', arguments: '{"filePath":"/home/user/repo/a.py"}' } },
    ]);
    expect(completion.usage?.prompt_tokens).toBeGreaterThan(0);
  });

  test('works through a task; the model’s history is its training’s, and each request begins with the last', async () => {
    await using pair = await startPair([
      {
        reasoning: 'Hm.',
        content: 'Look.',
        toolCalls: [edit({ command: 'view', path: '/testbed/a.py', view_range: [1, 2] })],
      },
      { toolCalls: [edit({ command: 'insert', path: '/testbed/a.py', insert_line: 1, new_str: 'new' })] },
      { toolCalls: [bash('cd /testbed && python a.py')] },
      { content: 'Done.', toolCalls: [{ name: 'submit', arguments: {} }] },
    ]);
    const client = clientOf(pair);
    const messages: Message[] = [first];
    const turn = async (result: string) => {
      const { choices } = await client.chat.completions.create({ ...ask, messages });
      const message = choices[0]?.message;
      const call = message?.tool_calls?.[0];
      if (!message || call?.type !== 'function') return message?.content;
      messages.push(message, { role: 'tool', tool_call_id: call.id, content: result });
      return [call.function.name, JSON.parse(call.function.arguments)];
    };
    const file = (lines: string) =>
      `<path>/home/user/repo/a.py</path>\n<type>file</type>\n<content>\n${lines}\n\n(End of file - total 3 lines)\n</content>`;
    expect(
      await turn(
        '<path>/home/user/repo/a.py</path>\n<type>file</type>\n<content>\n1: one\n2: two\n\n(Showing lines 1-2 of 3. Use offset=3 to continue.)\n</content>',
      ),
    ).toEqual(['read', { filePath: '/home/user/repo/a.py', offset: 1, limit: 2 }]);
    expect(await turn('(no output)')).toEqual([
      'bash',
      { command: expect.stringContaining('head -n 1 /home/user/repo/a.py'), timeout: 300_000 },
    ]);
    expect(await turn(file('1: one\n2: new\n3: two'))).toEqual([
      'read',
      { filePath: '/home/user/repo/a.py' },
    ]);
    expect(await turn('Traceback in /home/user/repo/a.py\n')).toEqual([
      'bash',
      { command: 'cd /home/user/repo && python a.py', timeout: 300_000 },
    ]);
    expect(await turn('')).toMatch(/^Done\.\n\nWork submitted\./);
    const asked = pair.asked();
    for (const [index, request] of asked.entries())
      expect(asked[index + 1]?.slice(0, request.length) ?? request).toEqual(request);
    expect(
      asked
        .at(-1)
        ?.slice(2)
        .map(({ content, tool_calls }) => (tool_calls ? JSON.stringify(tool_calls) : content)),
    ).toEqual([
      expect.stringContaining('\\"view_range\\":[1,2]'),
      "OBSERVATION:\nHere's the result of running `cat -n` on /testbed/a.py:\n     1\tone\n     2\ttwo\n",
      expect.stringContaining(
        '\\"command\\":\\"insert\\",\\"path\\":\\"/testbed/a.py\\",\\"insert_line\\":1,\\"new_str\\":\\"new\\"',
      ),
      "OBSERVATION:\nThe file /testbed/a.py has been edited. Here's the result of running `cat -n` on a snippet of the edited file:\n     1\tone\n     2\tnew\n     3\ttwo\n     4\t\nReview the changes and make sure they are as expected (correct indentation, no duplicate lines, etc). Edit the file again if necessary.",
      expect.stringContaining('cd /testbed && python a.py'),
      'OBSERVATION:\nTraceback in /testbed/a.py',
    ]);
  });

  test('sends images, and gets a request without tools answered as it is', async () => {
    await using pair = await startPair([{ content: 'A title' }]);
    const image = { type: 'image_url' as const, image_url: { url: 'data:image/png;base64,iVBORw0=' } };
    const messages: Message[] = [
      { role: 'system', content: 'Make a title.' },
      { role: 'user', content: [{ type: 'text', text: 'See /testbed' }, image] },
    ];
    await clientOf(pair).chat.completions.create({ model: 'any', messages });
    expect(pair.asked()[0]).toEqual(messages);
  });

  test('a model of the profile mini runs each command at the root, and ends by its own line', async () => {
    await using pair = await startPair(
      [
        { toolCalls: [bash('ls /testbed')] },
        { toolCalls: [bash('echo COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT')] },
      ],
      { profile: 'mini' },
    );
    const client = clientOf(pair);
    const messages: Message[] = [first];
    for (const result of ['a.py\n', 'COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT\n']) {
      const message = (await client.chat.completions.create({ ...ask, messages })).choices[0]?.message;
      const call = message?.tool_calls?.[0];
      if (!message || call?.type !== 'function') throw new Error('no call');
      expect(JSON.parse(call.function.arguments).command).toMatch(/^cd \/home\/user\/repo\n/);
      messages.push(message, { role: 'tool', tool_call_id: call.id, content: result });
    }
    const end = (await client.chat.completions.create({ ...ask, messages })).choices[0];
    expect(end?.finish_reason).toBe('stop');
    expect(end?.message.content).toMatch(/^Work submitted/);
    expect(pair.asked().at(-1)?.at(-1)?.content).toBe(
      '<returncode>0</returncode>\n<output>\na.py\n</output>',
    );
    expect(JSON.stringify(pair.asked().at(-1))).toContain('ls /testbed');
  });

  test('lists models', async () => {
    await using pair = await startPair([], { upstream: { url: 'http://127.0.0.1:9', model: 'sera-32b' } });
    expect((await clientOf(pair).models.list()).data.map(({ id }) => id)).toEqual(['sera-32b']);
  });
});

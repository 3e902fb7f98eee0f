import Anthropic from '@anthropic-ai/sdk';
import { describe, expect, test } from 'vitest';
import { bash, CLAUDE_TOOLS, edit, type Pair, startPair } from './setup.ts';

const ask = { model: 'any', max_tokens: 1000 };
const clientOf = ({ proxy }: Pair) => new Anthropic({ baseURL: proxy.url, apiKey: 'none', maxRetries: 0 });
const user = (content: Anthropic.MessageParam['content']): Anthropic.MessageParam => ({
  role: 'user',
  content,
});
const answered = ({ content }: Anthropic.Message): Anthropic.MessageParam => ({ role: 'assistant', content });

function results(
  message: Anthropic.Message,
  ...texts: (string | Partial<Anthropic.ToolResultBlockParam>)[]
): Anthropic.MessageParam {
  const calls = message.content.filter((block) => block.type === 'tool_use');
  return user(
    calls.map((call, index) => {
      const given = texts[index] ?? '';
      const rest = typeof given === 'string' ? { content: given } : given;
      return { type: 'tool_result', tool_use_id: call.id, ...rest };
    }),
  );
}

function called(message: Anthropic.Message): unknown[] {
  return message.content.flatMap((block) => (block.type === 'tool_use' ? [[block.name, block.input]] : []));
}

describe('Anthropic’s own client', () => {
  test('streams thinking, text and a call in the client’s tools and paths', async () => {
    await using pair = await startPair([
      {
        reasoning: 'Look at /testbed/src.',
        content: 'I read /testbed/src/a.py now.',
        toolCalls: [edit({ command: 'view', path: '/testbed/src/a.py' })],
      },
    ]);
    const seen: string[] = [];
    const stream = clientOf(pair).messages.stream({
      ...ask,
      messages: [user('Fix it')],
      tools: CLAUDE_TOOLS,
    });
    stream.on('text', (text) => seen.push(text)).on('thinking', (text) => seen.push(text));
    const message = await stream.finalMessage();
    expect(message.content.map(({ type }) => type)).toEqual(['thinking', 'text', 'tool_use']);
    expect(seen.length).toBeGreaterThan(6);
    expect(seen.join('')).toBe('Look at /home/user/repo/src.I read /home/user/repo/src/a.py now.');
    expect(called(message)).toEqual([['Read', { file_path: '/home/user/repo/src/a.py' }]]);
    expect(message.stop_reason).toBe('tool_use');
    expect(message.usage.input_tokens + (message.usage.cache_read_input_tokens ?? 0)).toBeGreaterThan(0);
    expect(message.usage.output_tokens).toBeGreaterThan(0);
  });

  test('gets the same in one piece', async () => {
    await using pair = await startPair([
      { reasoning: 'Hm.', content: 'Run.', toolCalls: [bash('cd /testbed && ls')] },
    ]);
    const message = await clientOf(pair).messages.create({
      ...ask,
      messages: [user('Go')],
      tools: CLAUDE_TOOLS,
    });
    expect(message.content.map(({ type }) => type)).toEqual(['thinking', 'text', 'tool_use']);
    expect(called(message)).toEqual([['Bash', { command: 'cd /home/user/repo && ls', timeout: 300_000 }]]);
  });

  test('the model sees its own training: prompt, tools, paths, observations, reasoning', async () => {
    await using pair = await startPair([
      {
        reasoning: 'First.',
        content: 'Look.',
        toolCalls: [edit({ command: 'view', path: '/testbed/a.py' })],
      },
      { content: 'Bye.' },
    ]);
    const client = clientOf(pair);
    const first = user('Fix /home/user/repo/a.py');
    const one = await client.messages.create({
      ...ask,
      system: 'You are a client.',
      messages: [first],
      tools: CLAUDE_TOOLS,
    });
    const result = results(one, '1\timport os\n2\t\tx = "/home/user/repo"\n3\t');
    await client.messages.create({ ...ask, messages: [first, answered(one), result], tools: CLAUDE_TOOLS });
    const [before = [], after = []] = pair.asked();
    expect(after.slice(0, 2)).toEqual(before);
    expect(before.map(({ role }) => role)).toEqual(['system', 'user']);
    expect(JSON.stringify(before)).not.toContain('/home/user/repo');
    expect(String(before[1]?.content)).toContain('Fix /testbed/a.py');
    expect(after[2]).toMatchObject({
      content: 'Look.',
      reasoning_content: 'First.',
      tool_calls: [
        { function: { name: 'str_replace_editor', arguments: '{"command":"view","path":"/testbed/a.py"}' } },
      ],
    });
    expect(after[3]?.content).toBe(
      'OBSERVATION:\nHere\'s the result of running `cat -n` on /testbed/a.py:\n     1\timport os\n     2\t        x = "/testbed"\n     3\t\n',
    );
  });

  test('an edit is followed by a look at the file, of which the model reads the snippet of its training', async () => {
    await using pair = await startPair([
      {
        toolCalls: [edit({ command: 'str_replace', path: '/testbed/a.py', old_str: 'two', new_str: 'TWO' })],
      },
      { content: 'Done.' },
    ]);
    const client = clientOf(pair);
    const messages = [user('Fix it')];
    const one = await client.messages.create({ ...ask, messages, tools: CLAUDE_TOOLS });
    expect(called(one)).toEqual([
      ['Edit', { file_path: '/home/user/repo/a.py', old_string: 'two', new_string: 'TWO' }],
    ]);
    messages.push(
      answered(one),
      results(one, 'The file /home/user/repo/a.py has been updated successfully.'),
    );
    const two = await client.messages.create({ ...ask, messages, tools: CLAUDE_TOOLS });
    expect(called(two)).toEqual([['Read', { file_path: '/home/user/repo/a.py' }]]);
    expect(pair.upstream.requests).toHaveLength(1);
    messages.push(answered(two), results(two, '1\tone\n2\tTWO\n3\tthree\n4\t'));
    await client.messages.create({ ...ask, messages, tools: CLAUDE_TOOLS });
    const last = pair.asked()[1] ?? [];
    expect(last.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool']);
    expect(last[3]?.content).toBe(
      "OBSERVATION:\nThe file /testbed/a.py has been edited. Here's the result of running `cat -n` on a snippet of /testbed/a.py:\n     1\tone\n     2\tTWO\n     3\tthree\nReview the changes and make sure they are as expected. Edit the file again if necessary.",
    );
  });

  test('an edit that does not fit is read again, and made as the file has it or refused in the editor’s words', async () => {
    await using pair = await startPair([
      {
        toolCalls: [
          edit({
            command: 'str_replace',
            path: '/testbed/a.go',
            old_str: '        x := 1',
            new_str: '        x := 2',
          }),
        ],
      },
      { content: 'Done.' },
    ]);
    const client = clientOf(pair);
    const messages = [user('Fix it')];
    const turn = async (...texts: Parameters<typeof results>[1][]) => {
      const message = await client.messages.create({ ...ask, messages, tools: CLAUDE_TOOLS });
      messages.push(answered(message), results(message, ...texts));
      return called(message);
    };
    await turn({
      content: '<tool_use_error>String to replace not found in file.</tool_use_error>',
      is_error: true,
    });
    await turn('1\tfunc f() {\n2\t\tx := 1\n3\t}\n4\t');
    expect(await turn('The file has been updated successfully.')).toEqual([
      ['Edit', { file_path: '/home/user/repo/a.go', old_string: '\tx := 1', new_string: '\tx := 2' }],
    ]);
    await turn('1\tfunc f() {\n2\t\tx := 2\n3\t}\n4\t');
    await turn();
    expect(pair.asked()[1]?.[3]?.content).toContain('     2\t        x := 2\n');
  });

  test('parallel calls, a refused permission, an image and text beside results all reach the model', async () => {
    await using pair = await startPair([{ toolCalls: [bash('ls'), bash('false')] }, { content: 'Done.' }]);
    const client = clientOf(pair);
    const one = await client.messages.create({ ...ask, messages: [user('Go')], tools: CLAUDE_TOOLS });
    expect(called(one)).toHaveLength(2);
    const image = {
      type: 'image' as const,
      source: { type: 'base64' as const, media_type: 'image/png' as const, data: 'iVBORw0=' },
    };
    const reply = results(
      one,
      { content: [{ type: 'text', text: 'a.py' }, image] },
      { content: "The user doesn't want to proceed with this tool use.", is_error: true },
    );
    // Claude Code gives results in the order in which they came.
    const content = [...(reply.content as Anthropic.ContentBlockParam[])].reverse();
    content.push({ type: 'text', text: 'Look at the picture.' });
    await client.messages.create({
      ...ask,
      messages: [user('Go'), answered(one), user(content)],
      tools: CLAUDE_TOOLS,
    });
    const asked = pair.asked()[1] ?? [];
    expect(asked.slice(3)).toEqual([
      { role: 'tool', tool_call_id: expect.any(String), content: 'OBSERVATION:\na.py' },
      {
        role: 'tool',
        tool_call_id: expect.any(String),
        content: "OBSERVATION:\nThe user doesn't want to proceed with this tool use.",
      },
      {
        role: 'user',
        content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0=' } }],
      },
      { role: 'user', content: 'Look at the picture.' },
    ]);
  });

  test('`submit` ends the turn with a summary, and is a `submit` again when the user goes on', async () => {
    await using pair = await startPair([
      { content: 'All good.', toolCalls: [{ name: 'submit', arguments: {} }] },
      { content: 'Yes?' },
    ]);
    const client = clientOf(pair);
    const one = await client.messages.create({ ...ask, messages: [user('Go')], tools: CLAUDE_TOOLS });
    expect(one.stop_reason).toBe('end_turn');
    expect(one.content).toMatchObject([
      { type: 'text', text: expect.stringMatching(/^All good\.\n\nWork submitted\./) },
    ]);
    await client.messages.create({
      ...ask,
      messages: [user('Go'), answered(one), user('More')],
      tools: CLAUDE_TOOLS,
    });
    expect(pair.asked()[1]?.slice(2)).toMatchObject([
      { role: 'assistant', content: 'All good.', tool_calls: [{ function: { name: 'submit' } }] },
      { role: 'tool' },
      { role: 'user', content: 'More' },
    ]);
  });

  test('hidden reasoning is not shown, and still goes back to the model', async () => {
    await using pair = await startPair(
      [{ reasoning: 'A secret.', content: 'Run.', toolCalls: [bash('ls')] }, {}],
      { showThinking: false },
    );
    const client = clientOf(pair);
    const stream = client.messages.stream({ ...ask, messages: [user('Go')], tools: CLAUDE_TOOLS });
    const one = await stream.finalMessage();
    expect(JSON.stringify(one)).not.toContain('secret');
    await client.messages.create({
      ...ask,
      messages: [user('Go'), answered(one), results(one, 'x')],
      tools: CLAUDE_TOOLS,
    });
    expect(pair.asked()[1]?.[2]).toMatchObject({ reasoning_content: 'A secret.' });
  });

  test('a server that leaves its tags in the text is understood', async () => {
    await using pair = await startPair([
      {
        content:
          '<think>\nHm /testbed.\n</think>\n\nNow.\n<tool_call>\n{"name": "bash", "arguments": {"command": "ls /testbed"}}\n</tool_call>',
      },
      {},
    ]);
    const client = clientOf(pair);
    const one = await client.messages
      .stream({ ...ask, messages: [user('Go')], tools: CLAUDE_TOOLS })
      .finalMessage();
    expect(one.content).toMatchObject([
      { type: 'thinking', thinking: '\nHm /home/user/repo.\n' },
      { type: 'text', text: 'Now.' },
      { type: 'tool_use', input: { command: 'ls /home/user/repo' } },
    ]);
    await client.messages.create({
      ...ask,
      messages: [user('Go'), answered(one), results(one, 'x')],
      tools: CLAUDE_TOOLS,
    });
    expect(pair.asked()[1]?.[2]).toMatchObject({ content: '<think>\nHm /testbed.\n</think>\n\nNow.' });
  });

  test('malformed arguments are repaired, or handed back to the model', async () => {
    const answers = [
      { toolCalls: [{ name: 'bash', arguments: '{"command": "ls /testbed",}' }] },
      { toolCalls: [{ name: 'bash', arguments: 'not json at all' }] },
      { content: 'Sorry.', toolCalls: [bash('pwd')] },
    ];
    let count = 0;
    await using pair = await startPair({ answer: () => answers[count++] ?? {} });
    const client = clientOf(pair);
    const one = await client.messages.create({ ...ask, messages: [user('Go')], tools: CLAUDE_TOOLS });
    expect(called(one)).toMatchObject([['Bash', { command: 'ls /home/user/repo' }]]);
    const two = await client.messages.create({ ...ask, messages: [user('Go')], tools: CLAUDE_TOOLS });
    expect(called(two)).toMatchObject([['Bash', { command: 'pwd' }]]);
    expect(pair.asked()[2]?.at(-1)).toMatchObject({
      role: 'tool',
      content: expect.stringContaining('was not run'),
    });
  });

  test('the same call with the same result three times gets a hint', async () => {
    const loop = { toolCalls: [bash('ls')] };
    await using pair = await startPair([loop, loop, loop, { content: 'Oh.' }]);
    const client = clientOf(pair);
    const messages = [user('Go')];
    for (let turn = 0; turn < 4; turn += 1) {
      const message = await client.messages.create({ ...ask, messages, tools: CLAUDE_TOOLS });
      messages.push(answered(message), results(message, 'a.py'));
    }
    const last = pair.asked()[3] ?? [];
    expect(last.map(({ content }) => String(content).includes('3 times'))).toEqual([
      false,
      false,
      false,
      false,
      false,
      false,
      false,
      true,
    ]);
  });

  test('tools that are to be passed on are the model’s too', async () => {
    await using pair = await startPair(
      [{ toolCalls: [{ name: 'WebFetch', arguments: { url: 'file:///testbed/x' } }] }],
      { passTools: ['WebFetch'] },
    );
    const one = await clientOf(pair).messages.create({ ...ask, messages: [user('Go')], tools: CLAUDE_TOOLS });
    expect(called(one)).toEqual([['WebFetch', { url: 'file:///home/user/repo/x' }]]);
  });

  test('a model that knows the client’s tools is given them as they are', async () => {
    await using pair = await startPair(
      [{ toolCalls: [{ name: 'Bash', arguments: { command: 'ls /testbed' } }] }],
      { profile: 'native' },
    );
    const message = await clientOf(pair).messages.create({
      ...ask,
      system: 'You are a client.',
      messages: [user('Go')],
      tools: CLAUDE_TOOLS,
    });
    expect(called(message)).toEqual([['Bash', { command: 'ls /testbed' }]]);
    expect(pair.asked()[0]).toEqual([
      { role: 'system', content: 'You are a client.' },
      { role: 'user', content: 'Go' },
    ]);
  });

  test('a tool that the client forces is not asked of a model that has others', async () => {
    await using pair = await startPair([{ content: 'Hi.' }]);
    const tool_choice = { type: 'tool' as const, name: 'Bash' };
    await clientOf(pair).messages.create({
      ...ask,
      messages: [user('Go')],
      tools: CLAUDE_TOOLS,
      tool_choice,
    });
    expect(JSON.parse(pair.upstream.requests[0]?.body ?? '')).not.toHaveProperty('tool_choice');
  });

  test('counts tokens and lists models', async () => {
    await using pair = await startPair([], { upstream: { url: 'http://127.0.0.1:9', model: 'sera-32b' } });
    const client = clientOf(pair);
    const { input_tokens } = await client.messages.countTokens({
      model: 'any',
      messages: [user('word '.repeat(4000))],
      tools: CLAUDE_TOOLS,
    });
    expect(input_tokens).toBeGreaterThan(4000);
    expect((await client.models.list()).data.map(({ id }) => id)).toEqual(['sera-32b']);
  });
});

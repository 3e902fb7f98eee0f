import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AssistantTurn, ClientCall, ClientRequest, ClientResult, Turn } from '../conversation.ts';
import type { ChatMessage } from '../upstream/chat.ts';
import { translate } from './translate.ts';

const ROOT = '/home/user/repo';
const settings = { profile: 'swe-agent', workdir: ROOT, passTools: [] } as const;
const parameters = (...names: string[]) => ({
  properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
});
const tools = [
  { name: 'Bash', description: '', parameters: parameters('command') },
  { name: 'Read', description: '', parameters: parameters('file_path', 'offset', 'limit') },
  { name: 'Edit', description: '', parameters: parameters('file_path', 'old_string', 'new_string') },
  { name: 'Write', description: '', parameters: parameters('file_path', 'content') },
];

/** Codex's, for whom reading and editing are commands. */
const codexTools = [
  { name: 'exec_command', description: '', parameters: parameters('cmd', 'yield_time_ms') },
  { name: 'write_stdin', description: '', parameters: parameters('session_id', 'chars') },
];

function request(turns: readonly Turn[], offered: ClientRequest['tools'] = tools): ClientRequest {
  return { model: 'any', system: '', turns, tools: offered, stream: false, sampling: {} };
}

const text = fc.oneof(
  fc.string(),
  fc.constantFrom('', 'See /home/user/repo/a.py.', '<system-reminder>x</system-reminder>', '\ud800'),
);
const path = fc.constantFrom(`${ROOT}/a.py`, `${ROOT}`, '/etc/hosts', 'a.py', '');
const input = fc.record(
  {
    command: text,
    file_path: path,
    old_string: text,
    new_string: text,
    content: text,
    offset: fc.integer({ min: -2, max: 9 }),
    limit: fc.integer({ min: -2, max: 9 }),
    cmd: fc.oneof(
      text,
      fc.constantFrom(
        `LC_ALL=C cat ${ROOT}/a.py`,
        "apply_patch <<'SERA_PATCH'\n*** Begin Patch\n*** Update File: a\n@@\n-x\n+y\n*** End Patch\nSERA_PATCH",
      ),
    ),
  },
  { requiredKeys: [] },
);
const id = fc.oneof(
  fc.constantFrom('a', 'b', 'c'),
  fc
    .tuple(fc.constantFrom('bash', 'view', 'create', 'replace', 'insert', 'undo'), fc.nat(2), fc.nat(3))
    .map(([kind, step, number]) => `sera_0123456789abcdef_${kind}_${step}_${number}`),
  fc
    .tuple(fc.constantFrom('view', 'create', 'replace', 'insert', 'undo'), fc.nat(2), fc.string())
    .map(([kind, step, old_str]) => {
      const kept = JSON.stringify({
        command: kind === 'replace' ? 'str_replace' : kind,
        path: ROOT,
        old_str,
      });
      return `sera_0123456789abcdef_${kind}_${step}.${Buffer.from(kept).toString('base64url')}`;
    }),
);
const call = fc.record({
  id,
  name: fc.constantFrom('Bash', 'Read', 'Edit', 'Write', 'exec_command', 'write_stdin', 'not a name!'),
  input,
});
const result = fc.record({
  callId: id,
  parts: fc.array(
    fc.oneof(
      text.map((one) => ({ type: 'text' as const, text: one })),
      fc.constant({ type: 'image' as const, url: 'data:image/png;base64,x' }),
    ),
    { maxLength: 2 },
  ),
  failed: fc.boolean(),
});
const uniqueCalls = fc.uniqueArray(call, { maxLength: 3, selector: (one) => one.id });
const turn: fc.Arbitrary<Turn> = fc.oneof(
  text.map((one) => ({ type: 'user' as const, parts: [{ type: 'text' as const, text: one }] })),
  fc.record({ type: fc.constant('assistant' as const), text, calls: uniqueCalls }),
  fc.record({ type: fc.constant('results' as const), results: fc.array(result, { maxLength: 3 }) }),
  text.map((one) => ({ type: 'system' as const, text: one })),
);
const history = fc.array(turn, { maxLength: 10 });

/** What vLLM and OpenAI ask of a history. */
function faultOf(messages: readonly ChatMessage[]): string | undefined {
  let open: string[] = [];
  for (const message of messages) {
    if (!JSON.stringify(message).isWellFormed()) return 'not well-formed';
    if (message.role === 'tool') {
      if (!open.includes(message.tool_call_id)) return 'a result without its call';
      open = open.filter((one) => one !== message.tool_call_id);
      continue;
    }
    if (open.length > 0) return 'a call without its result';
    if (message.role !== 'assistant') continue;
    open = (message.tool_calls ?? []).map((one) => one.id);
    if (new Set(open).size < open.length) return 'two calls of one id';
    for (const { function: called } of message.tool_calls ?? []) {
      if (!/^[\w-]{1,64}$/.test(called.name)) return `the name ${called.name}`;
      if (typeof JSON.parse(called.arguments) !== 'object') return 'arguments that are no object';
    }
    if (message.content === null && open.length === 0) return 'an empty message';
  }
  return open.length > 0 ? 'a call without its result' : undefined;
}

test('any history that a client can produce is one that a model’s server takes', async () => {
  await fc.assert(
    fc.asyncProperty(history, fc.constantFrom(tools, codexTools), async (turns, offered) => {
      const { dialogue } = await translate(request(turns, offered), settings);
      expect(faultOf(dialogue.messages)).toBeUndefined();
      expect((await translate(request(turns, offered), settings)).dialogue.messages).toEqual(
        dialogue.messages,
      );
    }),
    { numRuns: 300 },
  );
});

test('a history that was read turn by turn is the same as one that nobody has seen before', async () => {
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(history, fc.constantFrom(tools, codexTools), async (turns, offered) => {
      runs += 1;
      const opening = (name: string): Turn => ({ type: 'user', parts: [{ type: 'text', text: name }] });
      const read = async (name: string, count: number): Promise<unknown> => {
        const { dialogue } = await translate(
          request([opening(name), ...turns.slice(0, count)], offered),
          settings,
        );
        const { messages, pending, closing } = dialogue;
        return JSON.parse(JSON.stringify({ messages, pending, closing }).replaceAll(name, ''));
      };
      for (let count = 0; count < turns.length; count += 1) await read(`Grown ${runs}.`, count);
      expect(await read(`Grown ${runs}.`, turns.length)).toEqual(await read(`Fresh ${runs}.`, turns.length));
    }),
    { numRuns: 150 },
  );
});

/** A call of the model, and what a client that does everything says of it. */
const modelCall = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(
        'ls /testbed',
        'cd /testbed && cat "/testbed/a b"',
        "cat <<'E' > /testbed/x\n/testbed\nE",
        'echo hi # /testbed',
      ),
    )
    .map(([command]) => ({ name: 'bash', given: { command }, result: 'ok' })),
  fc.constantFrom([1, 2], [2, -1]).map((view_range) => ({
    name: 'str_replace_editor',
    given: { command: 'view', path: '/testbed/a.py', view_range },
    result: `${view_range[0]}\tx\n${Number(view_range[0]) + 1}\ty`,
  })),
  fc.constant({
    name: 'str_replace_editor',
    given: { command: 'view', path: '/testbed/a.py' },
    result: '1\tx\n2\ty',
  }),
  fc.tuple(fc.string({ minLength: 1 }), fc.constantFrom('', '/testbed/lib')).map(([content, more]) => ({
    name: 'str_replace_editor',
    given: { command: 'create', path: '/testbed/new.py', file_text: content + more },
    result: 'File created successfully',
  })),
  fc
    .tuple(fc.stringMatching(/^[a-z\n ]{1,20}$/), fc.stringMatching(/^[A-Z\n ]{1,20}$/))
    .filter(([old, replacement]) => old !== replacement)
    .map(([old_str, new_str]) => ({
      name: 'str_replace_editor',
      given: { command: 'str_replace', path: '/testbed/a.py', old_str, new_str },
      result: 'updated',
    })),
  fc.tuple(fc.nat(3), fc.stringMatching(/^[a-z\n /]{0,20}$/)).map(([insert_line, new_str]) => ({
    name: 'str_replace_editor',
    given: { command: 'insert', path: '/testbed/b.py', insert_line, new_str },
    result: '(Bash completed with no output)',
  })),
);

test('a call becomes the client’s and is the same call again in the history; each request begins with the last', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(modelCall, { minLength: 1, maxLength: 5 }), async (calls) => {
      const turns: Turn[] = [{ type: 'user', parts: [{ type: 'text', text: 'Fix it' }] }];
      let before: readonly ChatMessage[] = [];
      for (const [index, { name, given, result }] of calls.entries()) {
        const { dialogue } = await translate(request(turns), settings);
        expect(dialogue.messages.slice(0, before.length)).toEqual(before);
        before = dialogue.messages;
        const act = await dialogue.act({ id: `call_${index}`, name, arguments: JSON.stringify(given) }, 0);
        if (act.type !== 'call') continue; // Refused in the editor's words: nothing reaches the client.
        turns.push(...answered(act.call, result));
        await finish(turns);
        const after = (await translate(request(turns), settings)).dialogue;
        const sent = after.messages.findLast((message) => message.role === 'assistant');
        expect(sent?.tool_calls?.[0]?.function.name).toBe(name);
        expect(JSON.parse(sent?.tool_calls?.[0]?.function.arguments ?? '')).toEqual(given);
      }
    }),
    { numRuns: 150 },
  );
});

function answered(call: ClientCall, result: string): Turn[] {
  const assistant: AssistantTurn = { type: 'assistant', text: '', calls: [call] };
  const given: ClientResult = { callId: call.id, parts: [{ type: 'text', text: result }], failed: false };
  return [assistant, { type: 'results', results: [given] }];
}

/** Does what the proxy asks of the client before it asks the model. */
async function finish(turns: Turn[]): Promise<void> {
  for (let step = 0; step < 5; step += 1) {
    const [next] = (await translate(request(turns), settings)).dialogue.pending;
    if (!next) return;
    turns.push(...answered(next, '1\tx\n2\ty\n3\t'));
  }
  throw new Error('the proxy asks on and on');
}

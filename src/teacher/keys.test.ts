import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { startAnthropicServer } from '../../test/servers/anthropic.ts';
import { startOpenAIServer } from '../../test/servers/openai.ts';
import type { Fault, RunningServer, ScriptedAnswer } from '../../test/servers/script.ts';
import { openTeacher, TeacherSpecError } from './index.ts';
import { keyOf } from './keys.ts';
import { parseSpec } from './spec.ts';

const KEY = 'sk-4f9a1c7e5b2d8f60a3c1';
let server: RunningServer | undefined;
afterEach(() => server?.close());

function key(spec: string, environment: NodeJS.ProcessEnv) {
  const parsed = parseSpec(spec);
  if (parsed.kind !== 'endpoints' || parsed.endpoints[0] === undefined) throw new Error('no endpoint');
  return keyOf(parsed.endpoints[0], environment);
}

describe('the key of an endpoint', () => {
  const environment = {
    OPENAI_API_KEY: 'general',
    OPENAI_API_KEY_API_Z_AI: ' zai\n',
    OPENAI_API_KEY_LOCALHOST: '',
    OPENAI_API_KEY_LOCALHOST_8000: 'local',
    ANTHROPIC_API_KEY: 'claude',
  };
  it.each([
    ['openai:m@https://api.openai.com/v1', 'OPENAI_API_KEY', 'general'],
    ['openai:m@https://api.z.ai/api/paas/v4', 'OPENAI_API_KEY_API_Z_AI', 'zai'],
    ['openai:m@http://localhost:8000', 'OPENAI_API_KEY_LOCALHOST_8000', 'local'],
    ['openai:m@http://localhost:8001', 'OPENAI_API_KEY', 'general'],
    ['anthropic:m', 'ANTHROPIC_API_KEY', 'claude'],
  ])('%s comes from %s', (spec, variable, value) => {
    expect(key(spec, environment)).toEqual({ variable, value });
  });

  it('may be missing', () => {
    expect(key('openai:m@http://localhost:8000', {})).toEqual({
      variable: 'OPENAI_API_KEY',
      value: undefined,
    });
  });

  it('is refused, and not shown, where no header can carry it', () => {
    const open = () => openTeacher('anthropic:m', { environment: { ANTHROPIC_API_KEY: `${KEY}\nx` } });
    expect(open).toThrow(TeacherSpecError);
    expect(open).toThrow('ANTHROPIC_API_KEY holds characters that no key has');
    expect(open).not.toThrow(KEY);
  });
});

describe('a key', () => {
  const faults: [string, Fault | undefined][] = [
    [
      'a refusal that repeats it',
      { kind: 'status', status: 401, message: `Incorrect API key provided: ${KEY}` },
    ],
    ['a rejection where it is cut', { kind: 'status', status: 400, message: `${'x'.repeat(285)}${KEY}` }],
    ['a body that is no JSON', { kind: 'status', status: 500, body: `Authorization: Bearer ${KEY}` }],
    ['a redirect', { kind: 'status', status: 302, headers: { location: `http://h/?key=${KEY}` } }],
    ['an error inside a stream', { kind: 'error-event', after: 1, code: 'x', message: `bad key ${KEY}` }],
    ['a stream that is none', { kind: 'garbage', after: 0 }],
    ['a cut connection', { kind: 'cut', after: 1 }],
    ['a reset', { kind: 'reset' }],
    ['a silence', { kind: 'silence' }],
    ['an answer that repeats it', undefined],
  ];
  const echo: ScriptedAnswer = {
    content: `You sent ${KEY}.`,
    reasoning: `The key is ${KEY}.`,
    toolCalls: [{ id: 'a', name: 'bash', arguments: { command: `curl -H "x-api-key: ${KEY}"` } }],
  };

  it.each(
    faults.flatMap(([name, fault]) => [
      ['openai', name, fault] as const,
      ['anthropic', name, fault] as const,
    ]),
  )(
    'of %s is sent, and stands in nothing that is printed, thrown or kept: %s',
    async (protocol, _, fault) => {
      const start = protocol === 'openai' ? startOpenAIServer : startAnthropicServer;
      server = await start({ answer: () => echo, fault: () => fault });
      const seen: unknown[] = [];
      const teacher = openTeacher(`${protocol}:m@${server.url}`, {
        environment: { OPENAI_API_KEY: KEY, ANTHROPIC_API_KEY: KEY },
        retries: 1,
        stallSeconds: 0.1,
        sleep: async () => {},
        log: (line) => seen.push(line),
      });
      const conversation = teacher.open({ purpose: 'rollout', key: 'k' });
      seen.push(teacher, conversation);
      await conversation.ask({ messages: [{ role: 'user', content: 'hi' }], tools: [] }).then(
        (answer) => seen.push(answer),
        (error) => seen.push(error),
      );
      expect(JSON.stringify(server.requests[0]?.headers)).toContain(KEY);
      const everything = seen
        .map((one) => inspect(one, { depth: null, showHidden: true }) + JSON.stringify(one))
        .join('\n');
      expect(everything.length).toBeGreaterThan(100);
      // Neither whole nor cut.
      expect(everything).not.toContain(KEY.slice(0, 8));
    },
  );

  it('that is a placeholder changes no answer', async () => {
    server = await startOpenAIServer({ answer: () => ({ content: 'The list is EMPTY.' }) });
    const teacher = openTeacher(`openai:m@${server.url}`, { environment: { OPENAI_API_KEY: 'EMPTY' } });
    const { message } = await teacher
      .open({ purpose: 'rollout', key: 'k' })
      .ask({ messages: [{ role: 'user', content: 'hi' }], tools: [] });
    expect(message.content).toBe('The list is EMPTY.');
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ProxySettings, type RunningProxy, startProxy } from '../../src/proxy/index.ts';
import { type OpenAIScript, startOpenAIServer } from '../servers/openai.ts';
import type { RunningServer, ScriptedAnswer } from '../servers/script.ts';

/** A scripted model's server with the proxy before it; both end with `await using`. */
export interface Pair extends AsyncDisposable {
  readonly upstream: RunningServer;
  readonly proxy: RunningProxy;
  /** The messages of each question that reached the model. */
  asked(): { role: string; content: unknown; tool_calls?: unknown; reasoning_content?: string }[][];
}

export async function startPair(
  script: OpenAIScript | readonly ScriptedAnswer[],
  settings: Partial<ProxySettings> = {},
): Promise<Pair> {
  const upstream = await startOpenAIServer(
    'answer' in script ? script : { answer: ({ turn }) => script[turn] ?? {} },
  );
  const proxy = await startProxy({
    upstream: { url: upstream.url },
    host: '127.0.0.1',
    port: 0,
    profile: 'swe-agent',
    workdir: '/home/user/repo',
    showThinking: true,
    passTools: [],
    silent: true,
    ...settings,
  });
  return {
    upstream,
    proxy,
    asked: () => upstream.requests.map(({ body }) => JSON.parse(body).messages),
    async [Symbol.asyncDispose]() {
      await proxy.close();
      await upstream.close();
    },
  };
}

export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'sera-proxy-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

const text = { type: 'string' };
const schema = (properties: object) => ({ type: 'object' as const, properties });

/** The tools of Claude Code, as far as the proxy looks at them. */
export const CLAUDE_TOOLS = [
  { name: 'Bash', input_schema: schema({ command: text, timeout: { type: 'number' } }) },
  {
    name: 'Read',
    input_schema: schema({ file_path: text, offset: { type: 'integer' }, limit: { type: 'integer' } }),
  },
  { name: 'Edit', input_schema: schema({ file_path: text, old_string: text, new_string: text }) },
  { name: 'Write', input_schema: schema({ file_path: text, content: text }) },
  { name: 'WebFetch', input_schema: schema({ url: text }) },
];

/** The tools of opencode. */
export const OPENCODE_TOOLS = [
  ['bash', { command: text, timeout: { type: 'integer' } }],
  ['read', { filePath: text, offset: { type: 'integer' }, limit: { type: 'integer' } }],
  ['edit', { filePath: text, oldString: text, newString: text }],
  ['write', { filePath: text, content: text }],
].map(([name, properties]) => ({
  type: 'function' as const,
  function: { name: String(name), description: '', parameters: schema(properties as object) },
}));

export function edit(request: object): { name: string; arguments: Record<string, unknown> } {
  return { name: 'str_replace_editor', arguments: { ...request } };
}

export function bash(command: string): { name: string; arguments: Record<string, unknown> } {
  return { name: 'bash', arguments: { command } };
}

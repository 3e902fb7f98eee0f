import type { ClientTool } from '../conversation.ts';
import { claudeResults } from './claude-results.ts';
import { codexKit } from './codex.ts';
import { opencodeResults } from './opencode-results.ts';
import { qwenResults } from './qwen-results.ts';
import type { ResultReader } from './results.ts';

/** A client's own tools that do what the model's do: their names, those of their parameters, how they answer. */
export interface ToolKit {
  readonly bash: BashTool;
  readonly read?: ReadTool;
  readonly edit?: EditTool;
  readonly write?: WriteTool;
  readonly results: ResultReader;
  /** Where the client has none of these tools: what it is asked for in their place. */
  readonly disguise?: Disguise;
}

export interface NamedCall {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Calls of a kit as those of other tools, there and back. */
export interface Disguise {
  toClient(call: NamedCall): NamedCall;
  toKit(call: NamedCall): NamedCall;
}

export interface BashTool {
  readonly name: string;
  readonly command: string;
  /** What every call carries beside the command. */
  readonly extra: Readonly<Record<string, unknown>>;
  /** Whether the next command begins where the last one went. */
  readonly staysInFolder: boolean;
  /** How a command that the client does not wait for any longer is waited for. */
  readonly poll?: PollTool;
}

export interface PollTool {
  readonly name: string;
  readonly session: string;
  /** What the command is to read; none to wait. */
  readonly characters: string;
  /** What every call carries beside these. */
  readonly wait: Readonly<Record<string, unknown>>;
}

export interface ReadTool {
  readonly name: string;
  readonly path: string;
  readonly offset: string;
  readonly limit: string;
  /** The offset of a file's first line. */
  readonly firstLine: 0 | 1;
}

export interface EditTool {
  readonly name: string;
  readonly path: string;
  readonly old: string;
  readonly new: string;
  /** Whether it takes whole lines alone, which only a known file has, and the first place where they stand. */
  readonly isWhole?: boolean;
}

export interface WriteTool {
  readonly name: string;
  readonly path: string;
  readonly content: string;
  /** Whether it writes over a file that is there. */
  readonly overwrites?: boolean;
}

/** Milliseconds: the time limit of a command in the model's training. */
const COMMAND_MS = 300_000;

/** Names by which coding tools know their tools, and the results that go with the first. */
const BASH = ['Bash', 'bash', 'run_shell_command', 'execute_command', 'run_terminal_cmd', 'shell'];
const READ = ['Read', 'read', 'read_file', 'view_file'];
const EDIT = ['Edit', 'edit', 'replace', 'edit_file', 'search_replace'];
const WRITE = ['Write', 'write', 'write_file', 'create_file'];
const PATH = ['file_path', 'filePath', 'absolute_path', 'path', 'filename'];
const RESULTS: Readonly<Record<string, ResultReader>> = {
  Read: claudeResults,
  read: opencodeResults,
  read_file: qwenResults,
};

/** Finds a client's kit among its tools; none where it has no shell: such a request is not a rollout. */
export function findKit(tools: readonly ClientTool[]): ToolKit | undefined {
  if (oneOf(tools, READ) === undefined) {
    const codex = codexKit(tools);
    if (codex) return codex;
  }
  const shell = oneOf(tools, BASH);
  const command = shell && parameter(shell, ['command', 'cmd']);
  if (!shell || !command || !isText(shell, command)) return undefined;
  const read = oneOf(tools, READ);
  const edit = oneOf(tools, EDIT);
  const write = oneOf(tools, WRITE);
  return {
    bash: { name: shell.name, command, extra: extras(shell), staysInFolder: shell.name === 'Bash' },
    ...optional('read', read && readTool(read)),
    ...optional('edit', edit && editTool(edit)),
    ...optional('write', write && writeTool(write)),
    results: RESULTS[read?.name ?? ''] ?? (shell.name === 'bash' ? opencodeResults : claudeResults),
  };
}

function readTool(tool: ClientTool): ReadTool | undefined {
  const path = parameter(tool, PATH);
  const offset = parameter(tool, ['offset', 'start_line']);
  const limit = parameter(tool, ['limit']);
  if (!path || !offset || !limit) return undefined;
  return { name: tool.name, path, offset, limit, firstLine: tool.name === 'read_file' ? 0 : 1 };
}

function editTool(tool: ClientTool): EditTool | undefined {
  const path = parameter(tool, PATH);
  const old = parameter(tool, ['old_string', 'oldString', 'old_str']);
  const replacement = parameter(tool, ['new_string', 'newString', 'new_str']);
  return path && old && replacement ? { name: tool.name, path, old, new: replacement } : undefined;
}

function writeTool(tool: ClientTool): WriteTool | undefined {
  const path = parameter(tool, PATH);
  const content = parameter(tool, ['content', 'contents', 'file_text']);
  return path && content ? { name: tool.name, path, content } : undefined;
}

function extras(shell: ClientTool): Readonly<Record<string, unknown>> {
  const required: unknown = shell.parameters.required;
  const needs = (name: string): boolean => Array.isArray(required) && required.includes(name);
  return {
    ...(parameter(shell, ['timeout']) ? { timeout: COMMAND_MS } : {}),
    ...(needs('description') ? { description: 'Run a command' } : {}),
    ...(needs('is_background') ? { is_background: false } : {}),
  };
}

function oneOf(tools: readonly ClientTool[], names: readonly string[]): ClientTool | undefined {
  for (const name of names) {
    const tool = tools.find((one) => one.name === name);
    if (tool) return tool;
  }
  return undefined;
}

function parameter(tool: ClientTool, names: readonly string[]): string | undefined {
  const { properties } = tool.parameters;
  if (typeof properties !== 'object' || properties === null) return undefined;
  return names.find((name) => Object.hasOwn(properties, name));
}

function isText(tool: ClientTool, name: string): boolean {
  const properties = tool.parameters.properties as Readonly<Record<string, unknown>>;
  const schema = properties[name];
  return typeof schema === 'object' && schema !== null && !('type' in schema && schema.type !== 'string');
}

function optional<Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } {
  return (value === undefined ? {} : { [key]: value }) as { [K in Key]?: Value };
}

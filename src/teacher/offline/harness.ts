import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Message, ToolDefinition } from '../../trajectory/index.ts';
import type { Conversation } from '../teacher.ts';

/** Just enough of a rollout's loop and tools to drive the teacher in tests of its own room. */

const execute = promisify(execFile);

export interface Driven {
  readonly messages: readonly Message[];
  readonly patch: string;
  readonly submitted: boolean;
}

export type HarnessProfile = 'swe-agent' | 'mini';

const tool = (name: string): ToolDefinition => ({ name, description: '', parameters: {} });

export const TOOLS: Readonly<Record<HarnessProfile, readonly ToolDefinition[]>> = {
  'swe-agent': ['bash', 'str_replace_editor', 'submit'].map(tool),
  mini: [tool('bash')],
};

/** A git repository in a temporary folder that holds some files. */
export async function makeRepository(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'offline-teacher-'));
  for (const [path, text] of Object.entries(files)) {
    await execute('mkdir', ['-p', join(root, path, '..')]);
    await writeFile(join(root, path), text);
  }
  await bash(root, 'git init -q && git add -A && git -c user.name=t -c user.email=t@t commit -qm start');
  return root;
}

export async function removeRepository(root: string): Promise<void> {
  await rm(root, { recursive: true, force: true });
}

/** Asks and executes until the teacher submits; the repository is put back afterwards. */
export async function drive(
  open: () => Conversation,
  root: string,
  instruction: string,
  profile: HarnessProfile = 'swe-agent',
  mostSteps = 30,
): Promise<Driven> {
  const messages: Message[] = [
    { role: 'system', content: 'You can use tools.' },
    { role: 'user', content: instruction },
  ];
  let submissions = 0;
  for (let step = 0; step < mostSteps; step += 1) {
    const { message } = await open().ask({ messages: [...messages], tools: TOOLS[profile] });
    const [call] = message.toolCalls ?? [];
    if (!call || message.toolCalls?.length !== 1) throw new Error('every turn calls one tool');
    messages.push(message);
    const args: unknown = JSON.parse(call.arguments);
    const content = await (profile === 'mini' ? mini(root, args) : sweAgent(root, call.name, args));
    messages.push({ role: 'tool', toolCallId: call.id, content });
    if (call.name === 'submit') submissions += 1;
    const over = profile === 'mini' ? content.includes('<output>\nCOMPLETE_TASK') : submissions === 2;
    if (over) return { messages, patch: await takePatch(root), submitted: true };
  }
  return { messages, patch: await takePatch(root), submitted: false };
}

async function takePatch(root: string): Promise<string> {
  const { output } = await bash(root, 'git add -A && git diff --cached && git reset -q --hard');
  return output.replace(/\nHEAD is now at .*$/, '');
}

async function bash(root: string, command: string): Promise<{ output: string; code: number }> {
  try {
    const { stdout, stderr } = await execute('bash', ['-c', command], { cwd: root, maxBuffer: 1 << 26 });
    return { output: (stdout + stderr).replace(/\n$/, ''), code: 0 };
  } catch (error) {
    const {
      stdout = '',
      stderr = '',
      code = 1,
    } = error as { stdout?: string; stderr?: string; code?: number };
    return { output: (stdout + stderr).replace(/\n$/, ''), code };
  }
}

async function mini(root: string, args: unknown): Promise<string> {
  const { command } = args as { command: string };
  const { output, code } = await bash(root, command);
  const shown =
    output.length > 10_000 ? `${output.slice(0, 5_000)}\n<elided_chars>\n${output.slice(-5_000)}` : output;
  return `<returncode>${code}</returncode>\n<output>\n${shown}\n</output>`;
}

async function sweAgent(root: string, name: string, args: unknown): Promise<string> {
  if (name === 'submit') return `OBSERVATION:\nPlease review:\n${(await bash(root, 'git diff')).output}`;
  const { command, path = '', ...rest } = args as Record<string, string> & { view_range?: [number, number] };
  if (name === 'bash') {
    const { output } = await bash(root, command ?? '');
    return output
      ? `OBSERVATION:\n${output}`
      : 'Your last command ran successfully and did not produce any output.';
  }
  return `OBSERVATION:\n${await edit(command ?? '', join(root, path.replace('/testbed', '')), path, rest)}`;
}

async function edit(
  command: string,
  file: string,
  path: string,
  args: Record<string, unknown>,
): Promise<string> {
  if (command === 'view' && path === '/testbed')
    return (await bash(file, 'find . -maxdepth 2 -not -path "./.*"')).output;
  const text = await readFile(file, 'utf8');
  const lines = text.split('\n');
  if (command === 'view') {
    const [first, last] = args.view_range as [number, number];
    if (last > lines.length) return `Invalid \`view_range\`: ${first}, ${last}`;
    const shown = lines
      .slice(first - 1, last)
      .map((line, index) => `${String(first + index).padStart(6)}\t${line}`);
    return `Here's the result of running \`cat -n\` on ${path}:\n${shown.join('\n')}\n\n`;
  }
  if (command === 'insert') {
    lines.splice(Number(args.insert_line), 0, ...String(args.new_str).split('\n'));
    await writeFile(file, lines.join('\n'));
    return `The file ${path} has been edited.`;
  }
  const parts = text.split(String(args.old_str));
  if (parts.length === 1) return 'No replacement was performed, old_str did not appear verbatim';
  if (parts.length > 2) return 'No replacement was performed. Multiple occurrences of old_str';
  await writeFile(file, parts.join(String(args.new_str)));
  return `The file ${path} has been edited.`;
}

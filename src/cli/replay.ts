import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Command, Option } from 'commander';
import { z } from 'zod';
import { CommandClock, defaultLimits, openProfile, type ProfileName } from '../agent/index.ts';
import { UsageError } from '../error.ts';
import { parsePatch } from '../patch/index.ts';
import { openRepository } from '../repository/index.ts';
import { DEFAULT_LIMITS, openSandboxes, type Sandbox, type SandboxKind } from '../sandbox/index.ts';
import type { AssistantMessage } from '../trajectory/index.ts';
import { type Interrupt, listenForInterrupt } from './interrupt.ts';
import { note, printJson } from './output.ts';
import { DEFAULT_STORE } from './store.ts';

const RecordedCall = z.object({
  name: z.string(),
  arguments: z
    .union([z.string(), z.record(z.string(), z.unknown())])
    .nullish()
    .transform((given) => given ?? {}),
});
type RecordedCall = z.infer<typeof RecordedCall>;

interface Flags {
  readonly calls: string;
  readonly profile: ProfileName;
  readonly sandbox: 'auto' | SandboxKind;
  readonly commit?: string;
}

export function registerReplay(program: Command): void {
  program
    .command('replay')
    .description('run recorded tool calls in a fresh sandbox of a repository and print what they gave')
    .argument('<repository>', 'a folder, a git URL, or owner/name')
    .requiredOption('--calls <file>', 'a JSON object a line with name and arguments; - reads standard input')
    .addOption(
      new Option('--profile <name>', 'whose tools the calls are for')
        .choices(['swe-agent', 'mini'])
        .default('swe-agent'),
    )
    .addOption(
      new Option('--sandbox <kind>', 'where they run')
        .choices(['auto', 'bubblewrap', 'container', 'host'])
        .default('auto'),
    )
    .option('--commit <commit>', 'commit, branch or tag (default: HEAD)')
    .option('--json', 'accepted for uniformity; the answer is JSON anyway')
    .addHelpText(
      'after',
      `
Prints an object a line: observation is what a model would read, files_changed are the files that the call made,
changed or removed, from the repository's root, without those that git ignores. The last line holds the patch.

Example:
  $ cat calls.jsonl
  {"name": "bash", "arguments": {"command": "echo done > notes.txt"}}
  $ sera replay . --calls calls.jsonl
  {"observation":"Your last command ran successfully and did not produce any output.","files_changed":["notes.txt"]}
  {"patch":"diff --git a/notes.txt b/notes.txt\\n…"}`,
    )
    .action(replay);
}

async function replay(location: string, flags: Flags): Promise<void> {
  const calls = await readCalls(flags.calls);
  const home = dirname(DEFAULT_STORE);
  const interrupt = listenForInterrupt('stopping after this call; Ctrl-C again stops at once');
  const { signal } = interrupt;
  const repository = await openRepository(location, {
    ...(flags.commit !== undefined && { commit: flags.commit }),
    cache: join(home, 'cache'),
    signal,
  });
  repository.notes.forEach(note);
  const tree = await repository.tree(repository.commits[0] ?? 'HEAD');
  const sandboxes = await openSandboxes({
    kind: flags.sandbox,
    limits: DEFAULT_LIMITS,
    network: false,
    work: join(home, 'work'),
    allowHost: false,
  });
  note(`sandbox: ${sandboxes.kind}, ${sandboxes.description}`);
  try {
    await run(calls, await sandboxes.open(tree, signal), flags.profile, interrupt);
  } finally {
    await sandboxes.close();
    interrupt.dispose();
  }
}

async function run(
  calls: readonly RecordedCall[],
  sandbox: Sandbox,
  profile: ProfileName,
  { drain, signal }: Interrupt,
): Promise<void> {
  const { commandSeconds } = defaultLimits(profile);
  const clock = new CommandClock(commandSeconds, Number.POSITIVE_INFINITY);
  const toolbox = openProfile(profile).start(sandbox, clock);
  let files = new Map<string, string>();
  let submitted: string | undefined;
  for (const [index, call] of calls.entries()) {
    drain.throwIfAborted();
    const turn = await toolbox.execute({ message: messageOf(call, index), finish: 'tool_calls' }, signal);
    if (turn.type === 'submitted') submitted = turn.patch;
    const before = files;
    files = filesOf(await sandbox.patch());
    const observation = turn.messages.map(({ content }) => content).join('\n');
    printJson({ observation, files_changed: changedFiles(before, files) });
  }
  printJson({ patch: submitted ?? (await sandbox.patch()) });
}

function messageOf(call: RecordedCall, index: number): AssistantMessage {
  const text = typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments);
  return {
    role: 'assistant',
    content: '',
    toolCalls: [{ id: `call_${index}`, name: call.name, arguments: text }],
  };
}

/** For each file that differs from the starting point, its part of the patch. */
function filesOf(patch: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const part of `\n${patch}`.split('\ndiff --git ').slice(1)) {
    for (const { oldPath, newPath } of parsePatch(`diff --git ${part}`)) {
      for (const path of [oldPath, newPath]) if (path !== null) files.set(path, part);
    }
  }
  return files;
}

function changedFiles(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((path) => before.get(path) !== after.get(path)).sort();
}

/** @throws UsageError names the first line that is no call */
async function readCalls(path: string): Promise<RecordedCall[]> {
  const lines = (await readInput(path)).split('\n');
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const result = RecordedCall.safeParse(parseJson(line));
    if (result.success) return [result.data];
    throw new UsageError(
      `${nameOf(path)}:${index + 1}: not a tool call; a line is {"name": "bash", "arguments": {"command": "ls"}}`,
    );
  });
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

async function readInput(path: string): Promise<string> {
  try {
    return path === '-' ? await text(process.stdin) : await readFile(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message.split(',', 1)[0] : error;
    throw new UsageError(`cannot read ${nameOf(path)}: ${reason}`);
  }
}

function nameOf(path: string): string {
  return path === '-' ? 'standard input' : path;
}

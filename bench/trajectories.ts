import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { exportSamples, type FinishedTask, sampleLine, writeLines } from '../src/dataset/index.ts';
import { Store } from '../src/store/index.ts';
import type { Message, ToolCall, ToolDefinition, Trajectory } from '../src/trajectory/index.ts';

/*
 * Trajectories as a coding agent leaves them, made of code that lies on every machine which runs this: Python's own
 * library and this project's packages, some 130 MB in 10,000 files. A task stands at one place of it and reads around
 * there (views with line numbers, searches, listings), edits, and ends with a patch. Each trajectory reads places of
 * its own; the second rollout of a task reads four in ten of what the first one read, as two attempts at one bug do.
 * What the model says is prose of the same places. Nothing is left out that a step of the recipe might look for: the
 * library's tests hold keys and passwords, and they go the way of every other.
 *
 * node bench/trajectories.ts FOLDER COUNT writes the same trajectories as a run of a store and as JSONL.
 */

/** The run's name, and the name of its files. */
const RUN = 'rollouts';
/** Characters of messages that make about 30,000 tokens. */
const CHARACTERS = 100_000;
/** Files around a task that its rollouts look into. */
const NEIGHBOURS = 40;
/** Share of its reads that a second rollout has in common with the first. */
const COMMON = 0.4;

const TOOLS: readonly ToolDefinition[] = [
  tool('bash', 'Runs a command in the shell of the repository.', ['command']),
  tool('str_replace_editor', 'Views, creates and edits files.', ['command', 'path', 'view_range']),
  tool('submit', 'Hands in what was changed.', []),
];

function tool(name: string, description: string, keys: readonly string[]): ToolDefinition {
  const properties = Object.fromEntries(
    keys.map((key) => [key, { type: 'string', description: `the ${key}` }]),
  );
  return { name, description, parameters: { type: 'object', properties, required: keys } };
}

/** Mulberry32, with what is asked of it here. */
class Draw {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  share(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  below(count: number): number {
    return Math.floor(this.share() * count);
  }

  of<T>(list: readonly T[]): T {
    const drawn = list[this.below(list.length)];
    if (drawn === undefined) throw new Error('nothing to draw from');
    return drawn;
  }
}

/** One look at the repository: the call, and what it shows. */
interface Read {
  readonly name: string;
  readonly arguments: object;
  readonly shown: string;
}

function lookAround(files: readonly string[], draw: Draw): Read {
  const path = draw.of(files);
  const lines = linesOf(path);
  const kind = draw.share();
  if (kind < 0.6) return view(path, lines, draw);
  if (kind < 0.85) return search(files, lines, draw);
  if (kind < 0.92) {
    return {
      name: 'bash',
      arguments: { command: `ls ${dirname(path)}` },
      shown: files.map((file) => basename(file)).join('\n'),
    };
  }
  const from = draw.below(lines.length);
  return {
    name: 'bash',
    arguments: { command: `python ${basename(path)}` },
    shown: lines.slice(from, from + 6).join('\n'),
  };
}

function view(path: string, lines: readonly string[], draw: Draw): Read {
  const from = draw.below(Math.max(1, lines.length - 60));
  const to = Math.min(lines.length, from + 40 + draw.below(120));
  const numbered = lines
    .slice(from, to)
    .map((line, index) => `${String(from + index + 1).padStart(6)}\t${line}`);
  const shown = `Here's the result of running \`cat -n\` on ${path}:\n${numbered.join('\n')}\n`;
  return {
    name: 'str_replace_editor',
    arguments: { command: 'view', path, view_range: [from + 1, to] },
    shown,
  };
}

function search(files: readonly string[], lines: readonly string[], draw: Draw): Read {
  const word = draw.of([...(draw.of(lines).match(/[a-zA-Z_]{5,}/g) ?? []), 'return']);
  const found: string[] = [];
  for (const path of files.slice(0, 12)) {
    for (const [index, line] of linesOf(path).entries()) {
      if (line.includes(word)) found.push(`${path}:${index + 1}:${line.trim()}`);
    }
  }
  return {
    name: 'bash',
    arguments: { command: `grep -rn "${word}" .` },
    shown: found.slice(0, 60).join('\n'),
  };
}

const known = new Map<string, readonly string[]>();

/** Recently read files are read again. */
function linesOf(path: string): readonly string[] {
  const lines = known.get(path) ?? readFileSync(path, 'utf8').split('\n');
  if (known.size > 200) known.clear();
  known.set(path, lines);
  return lines;
}

/** What stands in comments and texts of the place is how people speak of it. */
function prose(files: readonly string[], draw: Draw, characters: number): string {
  const lines = linesOf(draw.of(files));
  const words =
    lines
      .slice(draw.below(lines.length))
      .join(' ')
      .match(/[a-z]{2,}[,.]?/gi) ?? [];
  return words.join(' ').slice(0, characters) || 'Let me look.';
}

function patchOf(files: readonly string[], draw: Draw): string {
  const path = draw.of(files);
  const [lines, other] = [linesOf(path), linesOf(draw.of(files))];
  const at = draw.below(Math.max(1, lines.length - 12));
  const [removed, added] = [1 + draw.below(6), 1 + draw.below(14)];
  const from = draw.below(Math.max(1, other.length - added));
  const body = [
    ...lines.slice(at, at + 3).map((line) => ` ${line}`),
    ...lines.slice(at + 3, at + 3 + removed).map((line) => `-${line}`),
    ...other.slice(from, from + added).map((line) => `+${line}`),
  ];
  const name = path.slice(1);
  return `diff --git a/${name} b/${name}\n--- a/${name}\n+++ b/${name}\n@@ -${at + 1},${removed + 3} +${at + 1},${added + 3} @@\n${body.join('\n')}\n`;
}

/** One rollout: `shared` holds what an earlier one of the same task read. */
function rollout(files: readonly string[], draw: Draw, instruction: string, shared: Read[]): Trajectory {
  const messages: Message[] = [
    { role: 'system', content: 'You are a software engineer who works in the repository at /testbed.' },
    { role: 'user', content: instruction },
  ];
  const before = [...shared];
  for (let size = 0; size < CHARACTERS; ) {
    const read = before.length > 0 && draw.share() < COMMON ? draw.of(before) : lookAround(files, draw);
    shared.push(read);
    const call: ToolCall = {
      id: `call_${messages.length}`,
      name: read.name,
      arguments: JSON.stringify(read.arguments),
    };
    const reasoning = prose(files, draw, 100 + draw.below(700));
    messages.push({ role: 'assistant', content: prose(files, draw, 80), reasoning, toolCalls: [call] });
    messages.push({ role: 'tool', toolCallId: call.id, content: `OBSERVATION:\n${read.shown}` });
    size += reasoning.length + read.shown.length + 300;
  }
  messages.push({
    role: 'assistant',
    content: '',
    toolCalls: [{ id: 'end', name: 'submit', arguments: '{}' }],
  });
  const steps = messages.filter((message) => message.role === 'assistant').length;
  const patch = patchOf(files, draw);
  return {
    profile: 'swe-agent',
    tools: TOOLS,
    messages,
    calls: [],
    steps,
    exitStatus: 'submitted',
    patch,
    seconds: 1,
  };
}

function taskOf(number: number, all: readonly string[]): FinishedTask {
  const draw = new Draw(number);
  const place = draw.below(all.length - NEIGHBOURS);
  const files = all.slice(place, place + NEIGHBOURS);
  const file = draw.of(files);
  const shared: Read[] = [];
  const rolloutOne = rollout(
    files,
    draw,
    `There is a fault downstream of ${basename(file)}. Find and mend it.`,
    shared,
  );
  const pullRequest = prose(files, draw, 400 + draw.below(800));
  const rolloutTwo = rollout(files, draw, pullRequest, shared);
  const matched = draw.below(9);
  return {
    id: createHash('sha256').update(`${number}`).digest('hex'),
    repository: file.includes('node_modules') ? 'sera/packages' : 'python/cpython',
    commit: 'c0ffee',
    function: `${file}::f${number}`,
    file,
    language: file.endsWith('.py') ? 'python' : 'typescript',
    topic: draw.of(['naming', 'edge case', 'off by one', 'missing check']),
    offline: false,
    pullRequest,
    rolloutOne,
    rolloutTwo,
    recall: { matched, total: 8, recall: matched / 8 },
  };
}

/** Source files of a size that people read. */
function sourceFiles(): string[] {
  const asked = spawnSync(
    process.env.PYTHON ?? 'python3',
    ['-c', 'import os; print(os.path.dirname(os.__file__))'],
    {
      encoding: 'utf8',
    },
  );
  const packages = join(import.meta.dirname, '../node_modules');
  const roots = asked.status === 0 ? [packages, asked.stdout.trim()] : [packages];
  const found = roots.flatMap((cwd) =>
    globSync('**/*.{py,ts,mjs,js,md}', { cwd })
      .map((name) => join(cwd, name))
      .filter(isReadable)
      .sort(),
  );
  return found;
}

function isReadable(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true && found.size > 2_000 && found.size < 200_000;
}

async function writeTask(store: Store, task: FinishedTask): Promise<void> {
  const { id, repository, commit, file, language, rolloutOne, rolloutTwo, recall, pullRequest } = task;
  if (!rolloutOne || !rolloutTwo || !recall || pullRequest === null)
    throw new Error('a task of the bench is whole');
  const named = { id: task.function, file, name: 'f', language, startLine: 1, endLine: 9 };
  await store.addTasks(RUN, [{ id, repository, location: '/', commit, replica: 0, function: named }]);
  const exchange = { messages: [], calls: [] };
  const first = { stage: 'first-rollout', topic: task.topic, instruction: '' } as const;
  await store.finishStage(RUN, id, 1, { ...first, trajectory: rolloutOne }, {});
  await store.finishStage(RUN, id, 1, { stage: 'pull-request', text: pullRequest, exchange }, {});
  await store.finishStage(RUN, id, 1, { stage: 'second-rollout', trajectory: rolloutTwo }, {});
  await store.finishStage(RUN, id, 1, { stage: 'verification', recall }, { status: 'done', recall });
}

async function write(folder: string, count: number): Promise<void> {
  const files = sourceFiles();
  await using store = await Store.open(join(folder, `${RUN}.db`), { create: true });
  await store.addRun({ name: RUN, config: {}, offline: false });
  async function* tasks(): AsyncGenerator<FinishedTask> {
    for (let number = 0; number < count / 2; number += 1) {
      const task = taskOf(number, files);
      await writeTask(store, task);
      yield task;
    }
  }
  const options = { format: 'hermes', rollout: 'both', minRecall: 0, reasoning: 'as_is' } as const;
  const flags = { includeUnsubmitted: false, allowOffline: false };
  async function* lines(): AsyncGenerator<string> {
    for await (const sample of exportSamples(tasks(), { ...options, ...flags })) yield sampleLine(sample);
  }
  await writeLines(join(folder, `${RUN}.jsonl`), lines());
}

const [folder, count] = process.argv.slice(2);
if (import.meta.main && folder !== undefined) await write(folder, Number(count));

import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ProfileName } from '../../agent/index.ts';
import type { Message, ToolDefinition } from '../../trajectory/index.ts';
import { type Candidate, NO_METADATA } from '../candidate.ts';
import { readHistory } from '../upstream.ts';
import { repositoryOf } from './metadata.ts';
import { type Meter, parseJson, readItem, type SourceItem } from './source.ts';

const Info = z.looseObject({
  exit_status: z.string().nullish(),
  submission: z.string().nullish(),
  model_stats: z.looseObject({ instance_cost: z.number().nullish() }).nullish(),
  config: z.looseObject({ model: z.looseObject({ model_name: z.string().nullish() }).nullish() }).nullish(),
});

const SweAgentFile = z.looseObject({ history: z.array(z.looseObject({})), info: Info.nullish() });
const MiniFile = z.looseObject({ messages: z.array(z.looseObject({})), info: Info.nullish() });

/** A file of another program: where it lies, whose it is, and the instance that it is about. */
export interface TrajectoryFile {
  readonly path: string;
  readonly profile: ProfileName;
  readonly id: string;
}

/** The files `ID/ID.traj` and `ID/ID.traj.json`, however deep they lie, in the order of their names. */
export async function findTrajectories(folder: string): Promise<TrajectoryFile[]> {
  const names = await readdir(folder, { recursive: true });
  return names.sort().flatMap((name) => asTrajectory(join(folder, name)));
}

export function asTrajectory(path: string): TrajectoryFile[] {
  const [, id, mini] = /([^/]+?)\.traj(\.json)?$/.exec(path) ?? [];
  return id ? [{ path, profile: mini ? 'mini' : 'swe-agent', id }] : [];
}

export async function* readTrajectories(
  files: readonly TrajectoryFile[],
  meter: Meter,
): AsyncGenerator<SourceItem> {
  const sizes = await Promise.all(
    files.map(({ path }) =>
      stat(path).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  meter.total = sizes.reduce((sum, size) => sum + size, 0);
  // The files don't say what tools there were; the agent's room is loaded only where it is needed.
  const { openProfile } = await import('../../agent/index.ts');
  for (const [index, file] of files.entries()) {
    meter.done += sizes[index] ?? 0;
    const text = await readFile(file.path, 'utf8').catch((error: Error) => error);
    const pred = await readPrediction(file);
    yield readItem(file.path, () => {
      if (text instanceof Error) throw text;
      const { tools } = openProfile(file.profile);
      return file.profile === 'mini'
        ? readMini(file, parseJson(text), tools)
        : readSweAgent(file, parseJson(text), tools, pred);
    });
  }
}

/** `ID.pred` beside the trajectory holds the patch, also where the trajectory was written before it was taken. */
async function readPrediction({ path, profile }: TrajectoryFile): Promise<string | undefined> {
  if (profile === 'mini') return undefined;
  const beside = path.replace(/\.traj$/, '.pred');
  try {
    return (
      z.looseObject({ model_patch: z.string().nullable() }).parse(JSON.parse(await readFile(beside, 'utf8')))
        .model_patch ?? undefined
    );
  } catch {
    return undefined;
  }
}

function readSweAgent(
  file: TrajectoryFile,
  value: unknown,
  tools: readonly ToolDefinition[],
  pred: string | undefined,
): Candidate {
  const { history, info } = SweAgentFile.parse(value);
  const own = history.filter((message) => message.is_demo !== true);
  return candidate(file, readHistory(own).filter(isReal), tools, info ?? {}, info?.submission ?? pred);
}

/** At a limit SWE-agent writes a line of its own in the model's name. */
function isReal(message: Message): boolean {
  return !(message.role === 'assistant' && !message.toolCalls && /^Exit due to /.test(message.content));
}

function readMini(file: TrajectoryFile, value: unknown, tools: readonly ToolDefinition[]): Candidate {
  const { messages, info } = MiniFile.parse(value);
  const last = messages.at(-1);
  const extra =
    last?.role === 'exit' ? z.looseObject({ extra: Info.nullish() }).parse(last).extra : undefined;
  const said = messages.filter((message) => message.role !== 'exit');
  const status = { ...info, exit_status: info?.exit_status ?? extra?.exit_status };
  return candidate(file, readHistory(said), tools, status, info?.submission ?? extra?.submission);
}

function candidate(
  { id, profile }: TrajectoryFile,
  messages: Message[],
  tools: readonly ToolDefinition[],
  info: z.infer<typeof Info>,
  patch: string | null | undefined,
): Candidate {
  const steps = messages.filter((message) => message.role === 'assistant').length;
  if (steps === 0) throw new Error('nobody answers in it');
  return {
    id,
    messages,
    tools,
    metadata: {
      ...NO_METADATA,
      repository: repositoryOf(id),
      teacher: info.config?.model?.model_name ?? null,
      profile,
      exit_status: info.exit_status?.toLowerCase() ?? null,
      steps,
      patch: patch ?? null,
      cost_usd: info.model_stats?.instance_cost ?? null,
    },
  };
}

import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { UsageError } from '../error.ts';
import type { Prompts } from './prompts.ts';
import { TOPICS } from './topics.ts';

/** The keys of the published pipeline's prompt file; others in it are not ours to judge. */
const PromptFile = z.object({
  rollout_one_prompts: z.array(z.string().min(1)).min(1).optional(),
  synthetic_traj_prompt: z.string().min(1).optional(),
  check_synthetic_traj_prompt: z.string().min(1).optional(),
  swebench_prs: z.record(z.string(), z.string().min(1)).optional(),
});

/**
 * Prompts with those of a YAML file in place of the given ones; what the file lacks stays.
 *
 * @throws UsageError the file cannot be read, or a key has the wrong shape
 */
export async function readPromptFile(path: string, fallback: Prompts): Promise<Prompts> {
  const file = check(PromptFile, parseYaml(await readText(path), path), path);
  const { rollout_one_prompts: instructions, swebench_prs: demonstrations } = file;
  return {
    instructions: instructions
      ? instructions.map((template, index) => ({ topic: nameOf(instructions, index), template }))
      : fallback.instructions,
    selfReview: file.check_synthetic_traj_prompt ?? fallback.selfReview,
    pullRequest: file.synthetic_traj_prompt ?? fallback.pullRequest,
    demonstrations: demonstrations ? Object.values(demonstrations) : fallback.demonstrations,
  };
}

/** A file in the published order has the published topics; any other is known by its number. */
function nameOf(instructions: readonly string[], index: number): string {
  const topic = instructions.length === TOPICS.length ? TOPICS[index] : undefined;
  return topic ?? `prompt ${index + 1}`;
}

/**
 * Demonstrations of the user's own: a JSON list of texts, or a JSON text a line.
 *
 * @throws UsageError the file cannot be read or holds anything else
 */
export async function readDemonstrations(path: string): Promise<readonly string[]> {
  const text = await readText(path);
  const Texts = z.array(z.string().min(1)).min(1);
  const trimmed = text.trim();
  try {
    if (trimmed.startsWith('[')) return Texts.parse(JSON.parse(trimmed));
    return Texts.parse(trimmed.split('\n').filter(Boolean).map(parseDemonstrationLine));
  } catch {
    throw new UsageError(`${path}: expected a JSON list of texts, or one JSON text a line`);
  }
}

/** A line may also be an object with the text under a usual name, as exports of issue trackers have it. */
function parseDemonstrationLine(line: string): unknown {
  const value: unknown = JSON.parse(line);
  const Named = z.union([z.object({ text: z.string() }), z.object({ problem_statement: z.string() })]);
  const named = Named.safeParse(value);
  if (!named.success) return value;
  return 'text' in named.data ? named.data.text : named.data.problem_statement;
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    throw new UsageError(`cannot read ${path}`);
  }
}

function parseYaml(text: string, path: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new UsageError(
      `${path}: ${(error instanceof Error ? error.message : String(error)).split('\n')[0]}`,
    );
  }
}

function check<T>(schema: z.ZodType<T>, value: unknown, path: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new UsageError(`${path}: ${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'not valid'}`);
}

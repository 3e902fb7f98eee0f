import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { UsageError } from '../error.ts';

const RepositorySource = z
  .strictObject({
    path: z.string().min(1).describe('a folder, a git URL, or owner/name'),
    commit: z.string().optional().describe('one commit, branch or tag; HEAD where it is left out'),
    commits: z
      .int()
      .min(1)
      .optional()
      .describe('this many commits, spaced equally over the period since `since`'),
    since: z.string().optional().describe('a date, for example 2024-01-01'),
    languages: z.array(z.string()).optional().describe('only functions of these languages'),
    include: z
      .array(z.enum(['tests', 'vendored', 'generated', 'minified']))
      .optional()
      .describe('kinds of files that are left out by default'),
    image: z.string().optional().describe('container image for this repository'),
    setup: z.string().optional().describe('command that prepares the image, run once'),
  })
  .describe('a repository to generate from');

const Price = z.strictObject({
  input: z.number().min(0).describe('US dollars for a million prompt tokens'),
  cached: z.number().min(0).describe('US dollars for a million prompt tokens that the cache held'),
  output: z.number().min(0).describe('US dollars for a million answer tokens'),
});

/** `sera.config.yaml`. Flags win over the file; the run keeps the result. */
export const GenerationConfig = z.strictObject({
  repositories: z.array(RepositorySource).default([]).describe('where the functions come from'),
  run: z
    .string()
    .regex(/^[\w.-]+$/, 'letters, digits, dot, dash and underscore only')
    .optional()
    .describe('name of the run'),
  count: z.int().min(1).default(100).describe('tasks, over all repositories'),
  replicas: z
    .int()
    .min(1)
    .max(51)
    .default(1)
    .describe('passes over the same function, each with another topic'),
  teacher: z
    .string()
    .default('offline')
    .describe('offline, openai:MODEL@URL, anthropic:MODEL or replay:FILE; several with commas'),
  temperature: z.number().min(0).max(2).default(0.6),
  concurrency: z.int().min(1).max(1024).default(8).describe('tasks in flight'),
  budget: z.number().positive().optional().describe('US dollars that the run may cost'),
  seed: z
    .union([z.int(), z.string()])
    .default(0)
    .transform(String)
    .describe('every random choice comes from it'),
  profile: z.enum(['swe-agent', 'mini']).default('swe-agent').describe('tools that the teacher works with'),
  sandbox: z.enum(['auto', 'bubblewrap', 'container', 'host']).default('auto').describe('where commands run'),
  network: z.boolean().default(false).describe('commands may reach the network'),
  read_only: z
    .array(z.string())
    .default([])
    .describe('more folders that sandboxes may read, for toolchains outside /usr'),
  limits: z
    .strictObject({
      steps: z.int().min(1).default(115).describe('turns of a rollout'),
      cost: z.number().min(0).default(0).describe('US dollars of a rollout; 0 for no limit'),
      command_seconds: z
        .number()
        .positive()
        .optional()
        .describe("a command; the agent configuration's, or 300"),
      total_seconds: z.number().positive().default(1800).describe('commands of a rollout together'),
      memory_mib: z.int().min(64).default(4096).describe('memory of a rollout'),
      disk_mib: z.int().min(16).default(4096).describe('what a rollout may write'),
      processes: z.int().min(16).default(512).describe('processes of a rollout'),
    })
    .prefault({}),
  prices: z.record(z.string(), Price).default({}).describe('prices by model name, over the built-in table'),
  demonstrations: z.string().optional().describe('file with example reports: a JSON list or JSONL of texts'),
  prompts: z.string().optional().describe('YAML file with other prompts'),
  agent_config: z.string().optional().describe("SWE-agent's YAML file with other templates"),
});

export type GenerationConfig = z.infer<typeof GenerationConfig>;
/** The configuration as a file or a command line gives it, before defaults. */
export type GenerationSettings = z.input<typeof GenerationConfig>;

/**
 * Checks settings and fills in defaults.
 *
 * @throws UsageError naming the setting and what is wrong with it
 */
export function resolveConfig(settings: unknown, where: string): GenerationConfig {
  const result = GenerationConfig.safeParse(settings);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const place = issue?.path.length ? `${where}: ${issue.path.join('.')}` : where;
  throw new UsageError(`${place}: ${issue?.message ?? 'not valid'}`);
}

/** Reads `sera.config.yaml`; the result is checked only together with the flags, by `resolveConfig`. */
export async function readConfigFile(path: string): Promise<Record<string, unknown>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    throw new UsageError(`cannot read the configuration ${path}`);
  }
  try {
    const content: unknown = parse(text) ?? {};
    return z.record(z.string(), z.unknown()).parse(content);
  } catch (error) {
    const cause = error instanceof z.ZodError ? 'it must be a mapping' : firstLine(error);
    throw new UsageError(`${path}: ${cause}`);
  }
}

/** The published JSON Schema of the configuration file. */
export function configSchema(): Record<string, unknown> {
  return z.toJSONSchema(GenerationConfig, { io: 'input' });
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? 'not valid YAML';
}

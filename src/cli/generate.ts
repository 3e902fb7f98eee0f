import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '../error.ts';
import { type GenerationConfig, generate, readConfigFile, resolveConfig } from '../generation/index.ts';
import type { RunStatus } from '../store/index.ts';
import { listenForInterrupt } from './interrupt.ts';
import { toNumber } from './number.ts';
import { note, printJson } from './output.ts';
import { RunView } from './run-view.ts';
import { STORE_OPTION, storePath } from './store.ts';
import { statusJson, summary } from './summary.ts';

const CONFIG_FILE = 'sera.config.yaml';

interface Flags extends Readonly<Record<string, unknown>> {
  readonly store: string;
  readonly config?: string;
  readonly json?: boolean;
}

export function registerGenerate(program: Command): void {
  program
    .command('generate')
    .description('soft-verified pairs of rollouts from a repository; started again, a run goes on')
    .argument('[repository]', 'a folder, a git URL, or owner/name')
    .option('--run <name>', "name of the run (default: the repository's name)")
    .option('--count <n>', 'tasks (default: 100)', toNumber)
    .option('--replicas <n>', 'passes over the same function, each with another topic (default: 1)', toNumber)
    .option(
      '--teacher <spec>',
      'offline, openai:MODEL@URL, anthropic:MODEL, replay:FILE; several with commas (default: offline)',
    )
    .option('--temperature <t>', "the teacher's temperature (default: 0.6)", toNumber)
    .option('--concurrency <n>', 'tasks in flight (default: 8)', toNumber)
    .option('--budget <usd>', 'US dollars that the run may cost', toNumber)
    .option('--seed <seed>', 'every random choice comes from it (default: 0)')
    .option('--profile <name>', 'tools of the teacher: swe-agent or mini (default: swe-agent)')
    .option('--sandbox <kind>', 'auto, bubblewrap, container or host (default: auto)')
    .option('--network', 'commands may reach the network')
    .option('--read-only <folder...>', 'more folders that sandboxes may read, for toolchains outside /usr')
    .option('--image <name>', 'container image')
    .option('--setup <command>', 'prepares the image, once')
    .option('--commit <commit>', 'commit, branch or tag (default: HEAD)')
    .option('--commits <n>', 'this many commits, equally spaced since --since', toNumber)
    .option('--since <date>', 'begin of the period for --commits')
    .option('--language <name...>', 'only functions of these languages')
    .option('--include <kind...>', 'take tests, vendored, generated or minified files too')
    .option('--demonstrations <file>', 'example reports of your own: a JSON list or JSONL of texts')
    .option('--prompts <file>', 'YAML file with other prompts')
    .option('--agent-config <file>', "SWE-agent's YAML file with other templates")
    .option('--config <file>', `configuration (default: ${CONFIG_FILE} where it stands)`)
    .option(...STORE_OPTION)
    .option('--json', "print the run's status as JSON at the end")
    .addHelpText(
      'after',
      `
Examples:
  $ sera generate . --count 20                      try it out with the offline teacher
  $ sera generate pallets/flask --teacher openai:GLM-4.6@https://api.z.ai/api/paas/v4 --count 500 --budget 100
  $ sera generate . --teacher openai:Qwen3-32B@http://gpu1:8000/v1,openai:Qwen3-32B@http://gpu2:8000/v1

Keys come from the environment: OPENAI_API_KEY, ANTHROPIC_API_KEY.
Ctrl-C once finishes the stages in flight, twice stops at once; the same command goes on later.`,
    )
    .action(run);
}

async function run(repository: string | undefined, flags: Flags): Promise<void> {
  const config = await readSettings(repository, flags);
  const name = config.run ?? defaultRunName(config);
  const interrupt = listenForInterrupt(
    'stopping: stages in flight are finished and stored; Ctrl-C again stops at once',
  );
  const view = new RunView();
  try {
    const status = await generate({
      config,
      run: name,
      store: storePath(flags),
      environment: process.env,
      listen: (event) => view.listen(event),
      signal: interrupt.signal,
      drain: interrupt.drain,
    });
    view.stop();
    report(status, flags);
    if (interrupt.drain.aborted) process.exitCode = 130;
  } catch (error) {
    view.stop();
    if (view.started) note(`nothing that was finished is lost: the same command goes on with run ${name}`);
    throw error;
  } finally {
    interrupt.dispose();
  }
}

function report(status: RunStatus, flags: Flags): void {
  if (flags.json) printJson(statusJson(status));
  for (const line of summary(status)) note(line);
  note('');
  note(
    `next: sera show ${status.run}   ·   sera export ${status.run} --out ${status.run}.jsonl${status.offline ? ' --allow-offline' : ''}`,
  );
}

/** The configuration file with the flags over it. */
async function readSettings(repository: string | undefined, flags: Flags): Promise<GenerationConfig> {
  const path = flags.config ?? (existsSync(CONFIG_FILE) ? CONFIG_FILE : undefined);
  const file = path === undefined ? {} : await readConfigFile(path);
  const config = resolveConfig(
    { ...file, ...settingsOf(repository, flags) },
    path ? `flags over ${path}` : 'flags',
  );
  if (config.repositories.length === 0) {
    throw new UsageError(
      'name a repository: sera generate REPOSITORY, or list repositories in the configuration',
    );
  }
  return config;
}

const PLAIN = [
  'run',
  'count',
  'replicas',
  'teacher',
  'temperature',
  'concurrency',
  'budget',
  'seed',
  'profile',
  'sandbox',
  'network',
  'demonstrations',
  'prompts',
];

function settingsOf(path: string | undefined, flags: Flags): Record<string, unknown> {
  const repository = {
    commit: flags.commit,
    commits: flags.commits,
    since: flags.since,
    languages: flags.language,
    include: flags.include,
    image: flags.image,
    setup: flags.setup,
  };
  const details = withoutUndefined(repository);
  if (path === undefined && Object.keys(details).length > 0) {
    throw new UsageError(`--${Object.keys(details)[0]} needs a repository on the command line`);
  }
  return withoutUndefined({
    ...Object.fromEntries(PLAIN.map((key) => [key, flags[key]])),
    read_only: flags.readOnly,
    agent_config: flags.agentConfig,
    repositories: path === undefined ? undefined : [{ path, ...details }],
  });
}

function withoutUndefined(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

/** Data of the offline teacher must never meet a model's in one run, so the two have names of their own. */
function defaultRunName({ repositories, teacher }: GenerationConfig): string {
  const [first] = repositories;
  const name = basename(resolve(first?.path ?? '.').replace(/\.git$/, '')).replace(/[^\w.-]+/g, '-') || 'run';
  return teacher === 'offline' ? `${name}-offline` : name;
}

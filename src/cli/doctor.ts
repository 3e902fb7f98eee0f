import type { Command } from 'commander';
import { execa } from 'execa';
import { describeSandboxes } from '../sandbox/index.ts';
import { paint, print, printJson } from './output.ts';

/** One thing that this machine has or lacks. */
interface Finding {
  readonly what: string;
  readonly works: boolean;
  /** False where nothing is wrong when it is missing. */
  readonly needed: boolean;
  /** Version or place where it works, else the reason. */
  readonly detail: string;
  /** What to do where it is missing. */
  readonly advice?: string;
}

export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description('what this machine has, and what to install for what is missing')
    .option('--json', 'one JSON document')
    .addHelpText('after', '\nExample:\n  $ sera doctor')
    .action(async (options: { json?: boolean }) => {
      const findings = await examine();
      if (options.json) printJson({ findings });
      else for (const finding of findings) tell(finding);
      const sandbox = findings.some((f) => f.works && (f.what === 'bubblewrap' || f.what === 'container'));
      if (!options.json && !sandbox) {
        print('\nWithout bubblewrap or a container engine only the offline teacher can generate.');
      }
      if (findings.some((finding) => finding.needed && !finding.works)) process.exitCode = 1;
    });
}

async function examine(): Promise<Finding[]> {
  const [git, sandboxes, python, gpu, endpoints] = await Promise.all([
    program('git', ['--version'], 'apt-get install git', true),
    examineSandboxes(),
    program('python3', ['--version'], 'apt-get install python3; only training and serving need it'),
    program(
      'nvidia-smi',
      ['--query-gpu=name,memory.total', '--format=csv,noheader'],
      'only training and serving on this machine need one',
    ),
    examineEndpoints(),
  ]);
  const node = { what: 'node', works: true, needed: true, detail: process.versions.node };
  return [node, git, ...sandboxes, python, { ...gpu, what: 'gpu' }, ...examineKeys(), ...endpoints];
}

async function program(
  what: string,
  args: readonly string[],
  advice: string,
  needed = false,
): Promise<Finding> {
  const result = await execa(what, [...args], { reject: false, timeout: 5_000 });
  const detail = (result.stdout ?? '')
    .split('\n')
    .join(', ')
    .replace(/^\w+ (?:version )?(?=\d)/, '');
  if (!result.failed) return { what, works: true, needed, detail };
  return {
    what,
    works: false,
    needed,
    detail: result.code === 'ENOENT' ? 'not installed' : firstLine(result.stderr),
    advice,
  };
}

async function examineSandboxes(): Promise<Finding[]> {
  const found = await describeSandboxes();
  return found.map(({ kind, works, version, reason, install }) => ({
    what: kind,
    works,
    needed: false,
    detail: (works ? version : reason) ?? '',
    ...(install && { advice: install }),
  }));
}

function examineKeys(): Finding[] {
  return ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'HF_TOKEN'].map((what) => {
    const works = Boolean(process.env[what]);
    return { what, works, needed: false, detail: works ? 'set' : 'not set' };
  });
}

/** Where the usual servers of open models listen on the machine that they run on. */
const LOCAL_ENDPOINTS = {
  vLLM: 'http://127.0.0.1:8000/v1',
  SGLang: 'http://127.0.0.1:30000/v1',
  Ollama: 'http://127.0.0.1:11434/v1',
};

function examineEndpoints(): Promise<Finding[]> {
  return Promise.all(
    Object.entries(LOCAL_ENDPOINTS).map(async ([what, url]) => {
      const works = await answers(`${url}/models`);
      return {
        what,
        works,
        needed: false,
        detail: works ? `--teacher openai:MODEL@${url}` : `nobody answers at ${url}`,
      };
    }),
  );
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(1_000) })).ok;
  } catch {
    return false;
  }
}

function tell({ what, works, needed, detail, advice }: Finding): void {
  const mark = works ? paint.out.green('✓') : needed ? paint.out.red('✗') : paint.out.dim('-');
  print(`${mark} ${what.padEnd(18)} ${detail}`);
  if (!works && advice) print(`${' '.repeat(21)}${paint.out.dim(advice)}`);
}

function firstLine(text: string | undefined): string {
  return text?.split('\n')[0]?.trim() || 'does not run';
}

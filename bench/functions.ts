import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openRepository } from '../src/repository/index.ts';

const FILES = 1_600;
const ROUNDS = 3;
const EVERYTHING = { include: ['tests', 'vendored', 'generated', 'minified'] } as const;

/**
 * Functions listed per second on one core: the first time, and again when nothing changed. The input is the repository
 * that BENCH_REPOSITORY names, or Python's own library, or a made-up tree where there is no Python.
 */
export async function benchFunctions(): Promise<Record<string, unknown>> {
  const scratch = mkdtempSync(join(tmpdir(), 'sera-bench-functions-'));
  try {
    const { input, path } = chooseInput(join(scratch, 'tree'));
    const rounds: Round[] = [];
    for (let i = 0; i < ROUNDS; i += 1) rounds.push(await measure(path, join(scratch, `cache-${i}`)));
    const best = rounds.reduce((a, b) => (a.cold < b.cold ? a : b));
    return {
      input,
      files_parsed: best.files,
      functions: best.functions,
      cold_seconds: round(best.cold),
      cold_cpu_seconds: round(best.cpu),
      functions_per_second: Math.round(best.functions / best.cold),
      functions_per_cpu_second: Math.round(best.functions / best.cpu),
      warm_seconds: round(best.warm),
      warm_speedup: round(best.cold / best.warm),
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

interface Round {
  readonly functions: number;
  readonly files: number;
  /** Seconds of the first listing, and of processor time in it. */
  readonly cold: number;
  readonly cpu: number;
  /** Seconds of the same listing again. */
  readonly warm: number;
}

async function measure(path: string, cache: string): Promise<Round> {
  const repository = await openRepository(path, { cache });
  const [commit = ''] = repository.commits;
  const before = process.cpuUsage();
  const began = performance.now();
  const { functions } = await repository.functions(commit, EVERYTHING);
  const cold = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(before);
  const again = performance.now();
  await repository.functions(commit, EVERYTHING);
  const warm = (performance.now() - again) / 1000;
  const files = new Set(functions.map(({ file }) => file)).size;
  return { functions: functions.length, files, cold, cpu: (user + system) / 1e6, warm };
}

function round(value: number): number {
  return Number(value.toFixed(3));
}

function chooseInput(folder: string): { readonly input: string; readonly path: string } {
  const named = process.env.BENCH_REPOSITORY;
  if (named) return { input: named, path: named };
  const library = pythonLibrary();
  if (library && copyPython(library, folder)) return { input: "files of Python's library", path: folder };
  rmSync(folder, { recursive: true, force: true });
  makeUp(folder);
  return { input: 'made up', path: folder };
}

function pythonLibrary(): string | undefined {
  try {
    const program = "import sysconfig; print(sysconfig.get_path('stdlib'))";
    const path = execFileSync('python3', ['-c', program], { encoding: 'utf8' }).trim();
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** @returns false where there are too few files */
function copyPython(library: string, folder: string): boolean {
  const files = readdirSync(library, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.py'))
    .sort()
    .slice(0, FILES);
  for (const name of files) {
    mkdirSync(join(folder, dirname(name)), { recursive: true });
    cpSync(join(library, name), join(folder, name), { dereference: true });
  }
  return files.length === FILES;
}

function makeUp(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (let i = 0; i < FILES; i += 1) writeFileSync(join(folder, `module_${i}.py`), madeUpModule(i));
}

function madeUpModule(number: number): string {
  const methods = Array.from(
    { length: 8 },
    (_, i) => `
    def step_${i}(self, items: list[int], *, limit: int = ${i * number}) -> dict[str, int]:
        """Counts what is left of the items after step ${i}."""
        counts: dict[str, int] = {}
        for index, item in enumerate(items):
            if item > limit and index % ${i + 2} == 0:
                counts[f"key {item!r}"] = counts.get(str(item), 0) + self.factor * ${number}
            elif not item:
                raise ValueError("item %d is empty" % index)
        return {key: value for key, value in counts.items() if value is not None}
`,
  );
  return `import os\nfrom typing import Any\n\nclass Worker${number}:\n    factor = ${number}\n${methods.join('')}
def make_${number}(*args: Any, **options: Any) -> Worker${number}:
    worker = Worker${number}(*args, **options)
    return worker if os.environ.get("X") else worker
`;
}

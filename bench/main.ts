import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

/** Each benchmark gives its figures as plain data; a name on the command line runs that one alone. */
const BENCHMARKS: Readonly<Record<string, () => Promise<() => Promise<Record<string, unknown>>>>> = {
  recall: async () => (await import('./recall.ts')).benchRecall,
  functions: async () => (await import('./functions.ts')).benchFunctions,
  sandbox: async () => (await import('./sandbox.ts')).benchSandbox,
  dataset: async () => (await import('./dataset.ts')).benchDataset,
  proxy: async () => (await import('./proxy.ts')).benchProxy,
  harness: async () => (await import('./harness.ts')).benchHarness,
};

const asked = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const unknown = asked.filter((name) => !Object.hasOwn(BENCHMARKS, name));
if (unknown.length > 0) {
  process.stderr.write(
    `no benchmark ${unknown.join(', ')}; there are ${Object.keys(BENCHMARKS).join(', ')}\n`,
  );
  process.exit(2);
}

const figures: Record<string, unknown> = {
  machine: {
    processor: cpus()[0]?.model,
    cores: cpus().length,
    memory_gib: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
  },
};
for (const [name, load] of Object.entries(BENCHMARKS)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  process.stderr.write(`${name} …\n`);
  figures[name] = await (await load())();
}
process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
if (process.env.BENCH_OUT) writeFileSync(process.env.BENCH_OUT, JSON.stringify(figures, null, 2));
process.exit(0);

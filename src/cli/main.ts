import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { z } from 'zod';
import { SeraError } from '../error.ts';
import { quietOnClosedPipe } from './output.ts';

type Register = (program: Command) => void;

/**
 * The commands, in the order of the work. Each is loaded only when it is asked for, so that a small command
 * starts without what a large one needs.
 */
const COMMANDS: Readonly<Record<string, () => Promise<Register>>> = {
  demo: async () => (await import('./demo.ts')).registerDemo,
  doctor: async () => (await import('./doctor.ts')).registerDoctor,
  functions: async () => (await import('./functions.ts')).registerFunctions,
  generate: async () => (await import('./generate.ts')).registerGenerate,
  runs: async () => (await import('./runs.ts')).registerRuns,
  status: async () => (await import('./status.ts')).registerStatus,
  show: async () => (await import('./show.ts')).registerShow,
  replay: async () => (await import('./replay.ts')).registerReplay,
  export: async () => (await import('./export.ts')).registerExport,
  curate: async () => (await import('./curate.ts')).registerCurate,
  inspect: async () => (await import('./inspect.ts')).registerInspect,
  push: async () => (await import('./push.ts')).registerPush,
  proxy: async () => (await import('./proxy.ts')).registerProxy,
  code: async () => (await import('./code.ts')).registerCode,
  verify: async () => (await import('./verify.ts')).registerVerify,
  serve: async () => (await import('./serve.ts')).registerServe,
};

/** Runs one command line and sets the process's exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted. */
export async function main(argv: readonly string[]): Promise<void> {
  quietOnClosedPipe();
  const debug = argv.includes('--debug');
  const words = argv.filter((word) => word !== '--debug');
  try {
    const program = await buildProgram(words[0] ?? '');
    if (words.length === 0) program.help();
    await program.parseAsync([...words], { from: 'user' });
  } catch (error) {
    process.exitCode = report(error, debug);
  }
}

async function buildProgram(command: string): Promise<Command> {
  const program = new Command('sera')
    .description(
      'Turns a repository into training data, and a model into a coding agent for that repository.',
    )
    .option('--debug', 'show the stack trace of an error')
    .version(version())
    .configureOutput({ outputError: (text, write) => write(inOneLine(text)) })
    .exitOverride();
  const wanted = Object.hasOwn(COMMANDS, command) ? [command] : Object.keys(COMMANDS);
  for (const name of wanted) (await COMMANDS[name]?.())?.(program);
  program.addHelpText(
    'after',
    '\nStart with:\n  $ sera demo\n  $ sera generate . --count 20 --teacher offline',
  );
  return program;
}

/** What commander says of a wrong word, as every other error is said. */
function inOneLine(text: string): string {
  const said = text
    .trim()
    .replace(/^error: /, '')
    .replaceAll('\n', ' ');
  return `sera: ${said} (--help shows what is possible)\n`;
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return z.object({ version: z.string() }).parse(manifest).version;
}

/** Prints an error as one line and says which exit status it has. */
function report(error: unknown, debug: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // commander has printed it
  if (isInterrupt(error)) return 130;
  const stack = error instanceof Error ? error.stack : undefined;
  if (debug && stack) process.stderr.write(`${stack}\n`);
  else if (error instanceof SeraError) process.stderr.write(`sera: ${error.message}\n`);
  else if (isSystemError(error)) process.stderr.write(`sera: ${oneLine(error)}\n`);
  else process.stderr.write(`sera: unexpected fault: ${oneLine(error)} (--debug shows where)\n`);
  return error instanceof SeraError ? error.exitStatus : 1;
}

function isInterrupt(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** The disk is full, a folder cannot be written to: Node's own line says which. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}

function oneLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}

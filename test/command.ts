import { vi } from 'vitest';
import { main } from '../src/cli/main.ts';

export interface CommandResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command line in this process, as `sera` does in its own, and catches what it prints. */
export async function runCommand(...words: string[]): Promise<CommandResult> {
  const [out, err] = [catchWrites(process.stdout), catchWrites(process.stderr)];
  const before = process.exitCode;
  process.exitCode = 0;
  try {
    await main(words);
    return { status: Number(process.exitCode), stdout: out.text(), stderr: err.text() };
  } finally {
    process.exitCode = before;
    out.restore();
    err.restore();
    process.stdout.removeAllListeners('error');
  }
}

function catchWrites(stream: NodeJS.WriteStream): { text(): string; restore(): void } {
  const written: string[] = [];
  const spy = vi.spyOn(stream, 'write').mockImplementation((chunk) => {
    written.push(String(chunk));
    return true;
  });
  return { text: () => written.join(''), restore: () => spy.mockRestore() };
}

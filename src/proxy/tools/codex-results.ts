import type { CommandResult, ReadResult, ResultReader } from './results.ts';

/** Codex's words (0.169). What a command printed comes whole, with its last newline, but for very long outputs. */
export const codexResults: ResultReader = {
  command(text) {
    const result = unwrapped(text);
    return result.type !== 'ran' ? result : { ...result, output: result.output.replace(/\n$/, '') };
  },
  read(text, _failed, request): ReadResult {
    const result = unwrapped(text);
    if (result.type !== 'ran') return { type: 'other', text: result.type === 'other' ? result.text : '' };
    const { output, exitCode } = result;
    if (output.startsWith('Warning: truncated output ')) return { type: 'too-large' };
    if (exitCode !== 0) return failedRead(output);
    if (request.limit === undefined && request.first === 1)
      return { type: 'lines', first: 1, lines: output.split('\n'), end: true };
    return part(output, request.first, request.limit);
  },
  edit(text) {
    const result = unwrapped(text);
    const said = result.type === 'other' ? result.text : result.output;
    if (said.includes('Success. Updated the following files:')) return { type: 'done' };
    return /verification failed|Failed to find expected/.test(said)
      ? { type: 'mismatch', text: said }
      : { type: 'other', text: said };
  },
  write(text) {
    const outcome = codexResults.edit(text, false);
    return outcome.type === 'mismatch' ? { type: 'other', text: outcome.text } : outcome;
  },
};

const COMMAND =
  /^(?:Chunk ID: \w+\n)?Wall time: [\d.]+ seconds\n(?:Process (?:exited with code (-?\d+)|running with session ID (\d+))\n)?(?:Original token count: \d+\n)?Output:\n/;
const REPORT = /^Exit code: (-?\d+)\nWall time: [\d.]+ seconds\n(?:Total output lines: \d+\n)?Output:\n/;

function unwrapped(text: string): CommandResult {
  const command = COMMAND.exec(text);
  const rest = command ? text.slice(command[0].length) : text;
  if (command?.[2] !== undefined) return { type: 'running', output: rest, session: Number(command[2]) };
  const report = REPORT.exec(rest);
  const code = report?.[1] ?? command?.[1];
  if (code === undefined) return { type: 'other', text: rest };
  return { type: 'ran', output: report ? rest.slice(report[0].length) : rest, exitCode: Number(code) };
}

function failedRead(output: string): ReadResult {
  if (/^(?:cat|wc|sed): .*: Is a directory$/m.test(output)) return { type: 'directory' };
  if (/^(?:cat|wc|sed): .*: No such file or directory$/m.test(output)) return { type: 'missing' };
  return { type: 'other', text: output };
}

/** The number of newlines in the file stands before the lines that were asked for. */
function part(output: string, first: number, limit: number | undefined): ReadResult {
  const count = /^ *(\d+) [^\n]*\n/.exec(output);
  if (!count) return { type: 'other', text: output };
  const total = Number(count[1]) + 1;
  if (first > total) return { type: 'past-end', lines: total };
  const lines = output.slice(count[0].length).split('\n');
  const end = limit === undefined || first + limit > total;
  return { type: 'lines', first, lines: end ? lines : lines.slice(0, -1), end };
}

import { MISMATCH, type ReadResult, type ResultReader } from './results.ts';

/** The words of Qwen Code (0.24) and of those that share its tools. It marks no result as failed. */
export const qwenResults: ResultReader = {
  command(text) {
    const report =
      /^Command: [\s\S]*?\nDirectory: [^\n]*\nOutput: ([\s\S]*)\nError: ([\s\S]*?)\nExit Code: ([^\n]*)\nSignal: [^\n]*(?:\n|$)/.exec(
        text,
      );
    if (!report)
      return text.startsWith('[Operation Cancelled]') ? { type: 'other', text } : ran(text, undefined);
    const [, output = '', error = '', code = ''] = report;
    const parts = [output === '(empty)' ? '' : output, error === '(none)' ? '' : error];
    return ran(parts.filter((part) => part !== '').join('\n'), /^\d+$/.test(code) ? Number(code) : undefined);
  },
  read(text, _failed, request): ReadResult {
    if (/^(?:Error: )?File not found/.test(text)) return { type: 'missing' };
    if (/^(?:Error: )?Path is a directory/.test(text)) return { type: 'directory' };
    if (/^\[File [^\n]* unchanged since last read/.test(text)) return { type: 'unchanged' };
    if (text === '(read_file completed with no output)')
      return { type: 'lines', first: 1, lines: [''], end: true };
    const header = /^Showing lines (\d+)-(\d+) of (\d+) total lines\.[^\n]*\n\n---\n\n/.exec(text);
    if (!header) return { type: 'lines', first: request.first, lines: text.split('\n'), end: true };
    const [first, last, total] = [Number(header[1]), Number(header[2]), Number(header[3])];
    if (first > total) return { type: 'past-end', lines: total };
    return { type: 'lines', first, lines: text.slice(header[0].length).split('\n'), end: last >= total };
  },
  edit(text) {
    if (/^(?:The file: .* has been updated|Successfully modified file|Created new file)/.test(text))
      return { type: 'done' };
    return !isRefusal(text) && MISMATCH.test(text) ? { type: 'mismatch', text } : { type: 'other', text };
  },
  write(text) {
    if (/^Successfully (?:created|overwrote|wrote)/.test(text)) return { type: 'done' };
    return !isRefusal(text) && /not been read|modified since|exists/i.test(text)
      ? { type: 'exists' }
      : { type: 'other', text };
  },
};

function ran(
  output: string,
  exitCode: number | undefined,
): { type: 'ran'; output: string; exitCode: number | undefined } {
  return { type: 'ran', output, exitCode };
}

function isRefusal(text: string): boolean {
  return text.startsWith('[Operation Cancelled]');
}

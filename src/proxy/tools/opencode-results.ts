import { MISMATCH, type ReadResult, type ResultReader, unnumbered } from './results.ts';

/** opencode's words (1.18). It marks no result as failed, and does not say whether a file ends in a newline. */
export const opencodeResults: ResultReader = {
  command(text) {
    if (isRefusal(text)) return { type: 'other', text };
    const output = text === '(no output)' ? '' : text.replace(/\n$/, '');
    return { type: 'ran', output, exitCode: undefined };
  },
  read(text, _failed, request): ReadResult {
    if (/^<path>[^\n]*<\/path>\n<type>directory<\/type>/.test(text)) return { type: 'directory' };
    const past = /^(?:Error: )?Offset \d+ is out of range for this file \((\d+) lines\)/.exec(text);
    if (past) return { type: 'past-end', lines: Number(past[1]) + 1 };
    if (/^(?:Error: )?File not found/.test(text)) return { type: 'missing' };
    const content = /^<path>[^\n]*<\/path>\n<type>file<\/type>\n<content>\n([\s\S]*)\n<\/content>/.exec(
      text,
    )?.[1];
    return content === undefined ? { type: 'other', text } : fileLines(content, request.first);
  },
  edit(text) {
    if (/^Edit applied successfully/.test(text)) return { type: 'done' };
    return !isRefusal(text) && MISMATCH.test(text) ? { type: 'mismatch', text } : { type: 'other', text };
  },
  write(text) {
    if (/^Wrote file successfully/.test(text)) return { type: 'done' };
    return !isRefusal(text) && /must read|not been read|modified since/i.test(text)
      ? { type: 'exists' }
      : { type: 'other', text };
  },
};

const NOTE = /\n*\((End of file - total (\d+) lines|Showing lines [^\n]*|Output capped at [^\n]*)\)$/;

function fileLines(content: string, first: number): ReadResult {
  const note = NOTE.exec(content);
  const end = note?.[1]?.startsWith('End of file') ?? true;
  const body = note ? content.slice(0, note.index) : content;
  if (note?.[2] === '0') return { type: 'lines', first: 1, lines: [''], end };
  const numbered = unnumbered(body, /^(\d+): (.*)$/);
  if (!numbered) return { type: 'other', text: content };
  return {
    type: 'lines',
    first: numbered.first || first,
    lines: end ? [...numbered.lines, ''] : numbered.lines,
    end,
  };
}

function isRefusal(text: string): boolean {
  return /^(?:Error: )?(?:The user (?:rejected|dismissed|has specified a rule)|Tool execution aborted)/i.test(
    text,
  );
}

import { MISMATCH, type ReadResult, type ResultReader, unnumbered } from './results.ts';

/** Claude Code's words (2.1). */
export const claudeResults: ResultReader = {
  command(raw, failed) {
    const text = withoutReminders(raw);
    const output = text === '(Bash completed with no output)' || text === '(no content)' ? '' : text;
    if (!failed) return { type: 'ran', output: withoutNotices(output), exitCode: 0 };
    const code = /^Exit code (\d+)(?:\n|$)/.exec(output);
    if (!code) return { type: 'other', text: unwrapped(output) };
    return { type: 'ran', output: withoutNotices(output.slice(code[0].length)), exitCode: Number(code[1]) };
  },
  read(raw, failed, request): ReadResult {
    if (failed) return failedRead(unwrapped(withoutReminders(raw)));
    const shorter =
      /file exists but is shorter than the provided offset \(\d+\)\. The file has (\d+) lines/.exec(raw);
    if (shorter) return { type: 'past-end', lines: Number(shorter[1]) };
    if (raw.includes('file exists but the contents are empty'))
      return { type: 'lines', first: 1, lines: [''], end: true };
    if (/^<?\s*File unchanged since last read|^File unchanged/i.test(raw)) return { type: 'unchanged' };
    const text = withoutReminders(raw);
    const numbered = unnumbered(text, /^\s*(\d+)(?:\t|→)(.*)$/);
    if (!numbered) return { type: 'other', text };
    return {
      type: 'lines',
      ...numbered,
      end: request.limit === undefined || numbered.lines.length < request.limit,
    };
  },
  edit(raw, failed) {
    const text = unwrapped(withoutReminders(raw));
    if (!failed) return { type: 'done' };
    return isRefusal(text) || !MISMATCH.test(text) ? { type: 'other', text } : { type: 'mismatch', text };
  },
  write(raw, failed) {
    const text = unwrapped(withoutReminders(raw));
    if (!failed) return { type: 'done' };
    return !isRefusal(text) && /not been read|modified since|exists/i.test(text)
      ? { type: 'exists' }
      : { type: 'other', text };
  },
};

function failedRead(text: string): ReadResult {
  if (text.startsWith('EISDIR')) return { type: 'directory' };
  if (/^File does not exist/.test(text)) return { type: 'missing' };
  if (/exceeds maximum allowed (?:tokens|size)/.test(text)) return { type: 'too-large' };
  return { type: 'other', text };
}

function isRefusal(text: string): boolean {
  return /user (?:doesn't want|rejected)|permission|interrupted by user|denied/i.test(text);
}

/** What the client adds for its own model behind a result. */
function withoutReminders(text: string): string {
  if (!text.includes('</system-reminder>')) return text;
  return text.replace(/(?:\n*<system-reminder>(?:(?!<system-reminder>)[\s\S])*<\/system-reminder>\s*)+$/, '');
}

function withoutNotices(output: string): string {
  return output.replace(/\n?Shell cwd was reset to .*$/, '');
}

function unwrapped(text: string): string {
  return /^<tool_use_error>([\s\S]*)<\/tool_use_error>$/.exec(text)?.[1] ?? text;
}

import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { stripVTControlCharacters } from 'node:util';

/** The log of an engine: whole in a file, its end in memory. */
export interface EngineLog {
  /** Last lines, oldest first. */
  tail(): readonly string[];
  /** The line that is shown while one waits. */
  last(): string;
  close(): Promise<void>;
}

const KEPT_LINES = 400;
/** A line is cut here in memory; the file has all of it. */
const LINE_LIMIT = 2_000;

/**
 * Follows the output of an engine. Progress bars go over their own line with a carriage return: of them the last
 * state is kept.
 *
 * @param path where the log is written, readable by the user alone
 * @param secret left out wherever it stands: SGLang tells all its settings when it starts, its key among them
 * @param onLine told of every line, without control characters
 */
export function followLog(
  streams: readonly Readable[],
  path: string,
  secret: string,
  onLine: (line: string) => void = () => undefined,
): EngineLog {
  const lines: string[] = [];
  const file = createWriteStream(path, { mode: 0o600 });
  file.on('error', () => undefined); // a full disk must not end what is being served
  const keep = (raw: string) => {
    const line = cleaned(raw);
    if (line === '') return;
    lines.push(line);
    if (lines.length > KEPT_LINES) lines.shift();
    onLine(line);
  };
  const rests = streams.map((stream) => follow(stream, without(secret), file, keep));
  return {
    tail: () => [...lines, ...rests.map((rest) => cleaned(rest())).filter((line) => line !== '')],
    last: () => rests.map((rest) => cleaned(rest())).find((line) => line !== '') ?? lines.at(-1) ?? '',
    close: () => new Promise((resolve) => file.end(() => resolve())),
  };
}

/** @returns what stands behind the last line break */
function follow(
  stream: Readable,
  clean: (text: string, last: boolean) => string,
  file: ReturnType<typeof createWriteStream>,
  keep: (line: string) => void,
): () => string {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const take = (raw: string, last = false) => {
    const text = clean(raw, last);
    file.write(text);
    const parts = (rest + text).split('\n');
    rest = (parts.pop() ?? '').slice(-LINE_LIMIT * 4);
    for (const part of parts) keep(part);
  };
  stream.on('data', (chunk: Buffer) => take(decoder.write(chunk)));
  stream.once('end', () => take(decoder.end() + (rest === '' ? '' : '\n'), true));
  return () => rest;
}

/** Takes a secret out of a text that comes in pieces: what may be its beginning waits for the next piece. */
function without(secret: string): (text: string, last: boolean) => string {
  let held = '';
  return (text, last) => {
    const all = (held + text).replaceAll(secret, '(key)');
    held = last ? '' : beginningAtEnd(all, secret);
    return all.slice(0, all.length - held.length);
  };
}

function beginningAtEnd(text: string, secret: string): string {
  for (let length = Math.min(secret.length - 1, text.length); length > 0; length -= 1) {
    if (text.endsWith(secret.slice(0, length))) return secret.slice(0, length);
  }
  return '';
}

function cleaned(raw: string): string {
  const states = raw.split('\r').filter((state) => state.trim() !== '');
  return stripVTControlCharacters(states.at(-1) ?? '')
    .replace(/\p{Cc}/gu, ' ')
    .trimEnd()
    .slice(0, LINE_LIMIT);
}

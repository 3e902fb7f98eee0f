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
 * @param onLine told of every line, without control characters
 */
export function followLog(
  streams: readonly Readable[],
  path: string,
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
  const rests = streams.map((stream) => follow(stream, file, keep));
  return {
    tail: () => [...lines, ...rests.map((rest) => cleaned(rest())).filter((line) => line !== '')],
    last: () => rests.map((rest) => cleaned(rest())).find((line) => line !== '') ?? lines.at(-1) ?? '',
    close: () => new Promise((resolve) => file.end(() => resolve())),
  };
}

/** @returns what stands behind the last line break */
function follow(
  stream: Readable,
  file: ReturnType<typeof createWriteStream>,
  keep: (line: string) => void,
): () => string {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const take = (text: string) => {
    const parts = (rest + text).split('\n');
    rest = (parts.pop() ?? '').slice(-LINE_LIMIT * 4);
    for (const part of parts) keep(part);
  };
  stream.on('data', (chunk: Buffer) => {
    file.write(chunk);
    take(decoder.write(chunk));
  });
  stream.once('end', () => {
    take(`${decoder.end()}\n`);
  });
  return () => rest;
}

function cleaned(raw: string): string {
  const states = raw.split('\r').filter((state) => state.trim() !== '');
  return stripVTControlCharacters(states.at(-1) ?? '')
    .replace(/\p{Cc}/gu, ' ')
    .trimEnd()
    .slice(0, LINE_LIMIT);
}

import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Message, Usage } from '../../trajectory/index.ts';
import { TeacherSpecError } from '../errors.ts';
import { parsed } from '../foreign-text.ts';
import { messageOf, RecordedMessage } from './message.ts';

/** A conversation that was held once. */
export interface Recording {
  /** Where it stands, for messages. */
  readonly place: string;
  /** The key of the conversation; any where undefined. */
  readonly key: string | undefined;
  readonly messages: readonly Message[];
  /** By the index of the message that came back. */
  readonly calls: ReadonlyMap<number, { readonly model: string; readonly usage: Usage }>;
}

const Count = z.number().nonnegative();
const Calls = z.array(
  z.object({
    message: z.number().int(),
    model: z.string(),
    usage: z.object({ input: Count, cached: Count, output: Count }),
  }),
);
const Messages = z.array(RecordedMessage);
const Key = z.string().optional();

/** The forms of one record: this project's, and what other programs write. */
const Record = z.union([
  z.object({ key: Key, trajectory: z.object({ messages: Messages, calls: Calls.default([]) }) }),
  z.object({ key: Key, messages: Messages, calls: Calls.default([]) }),
  z.object({ history: Messages }),
  Messages.min(1).transform((messages) => ({ key: undefined, messages, calls: [] })),
]);

/**
 * Reads recorded conversations: a JSONL of this project's (`{"key"?, "trajectory"}`, `{"key"?, "messages"}`) or of raw
 * training samples, a SWE-agent `.traj`, a mini-swe-agent `.traj.json`, a bare list of messages.
 *
 * @throws TeacherSpecError no such file, or a record that is none of these
 */
export function readRecordings(file: string): Recording[] {
  const text = readText(file);
  const whole = parsed(text);
  // A list is one of records, or of the messages of one.
  const many = Array.isArray(whole) && !Messages.safeParse(whole).success;
  const records: readonly unknown[] = many ? whole : whole === undefined ? lines(text, file) : [whole];
  const recordings = records.map((record, index) =>
    recordingOf(record, records.length === 1 ? file : `${file}:${index + 1}`),
  );
  if (recordings.length === 0) throw new TeacherSpecError(`${file} holds no recording: record a run first.`);
  return recordings;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const reason =
      { ENOENT: 'there is no such file', EISDIR: 'it is a folder', EACCES: 'it may not be read' }[code] ??
      code;
    throw new TeacherSpecError(`The recording ${file} cannot be read: ${reason}.`);
  }
}

function lines(text: string, file: string): unknown[] {
  const found = text.split('\n').map((line, index) => ({ line: line.trim(), number: index + 1 }));
  return found
    .filter(({ line }) => line !== '')
    .map(({ line, number }) => {
      const value = parsed(line);
      if (value === undefined)
        throw new TeacherSpecError(`${file}:${number} is no JSON: a recording is JSON or JSONL.`);
      return value;
    });
}

function recordingOf(value: unknown, place: string): Recording {
  const record = Record.safeParse(value).data;
  if (record === undefined) {
    throw new TeacherSpecError(`${place} is no recording: it needs "trajectory", "messages" or "history".`);
  }
  if ('history' in record) return { place, key: undefined, messages: all(record.history), calls: new Map() };
  const { messages, calls } = 'trajectory' in record ? record.trajectory : record;
  return {
    place,
    key: record.key,
    messages: all(messages),
    calls: new Map(calls.map((call) => [call.message, call])),
  };
}

function all(messages: z.infer<typeof Messages>): Message[] {
  return messages.map(messageOf).filter((message) => message !== undefined);
}

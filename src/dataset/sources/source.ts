import { z } from 'zod';
import type { Candidate } from '../candidate.ts';
import { SourceError } from '../errors.ts';
import type { Portion } from './portion.ts';

/** What a source gives: a trajectory, or what could not be read as one. */
export type SourceItem = { readonly kind: 'candidate'; readonly candidate: Candidate } | Broken;

/** The place of a row or file that could not be read, and the cause. */
export interface Broken {
  readonly kind: 'broken';
  readonly where: string;
  readonly why: string;
}

/** Somewhere that trajectories come from; read once, from the beginning to the end. */
export interface Source {
  /** As the user named it. */
  readonly name: string;
  read(): AsyncIterable<SourceItem>;
  /** The same unread, where other threads can read it. */
  readonly portions?: () => AsyncIterable<Portion>;
  /** How far the reading is. */
  readonly meter?: Meter;
}

/** How much of something has been read, in bytes or what comes near it. */
export interface Meter {
  done: number;
  total: number;
}

/** Reads one row or file; whatever it throws costs that one alone. */
export function readItem(where: string, read: () => Candidate): SourceItem {
  try {
    return { kind: 'candidate', candidate: read() };
  } catch (error) {
    return broken(where, error);
  }
}

export function broken(where: string, error: unknown): Broken {
  return { kind: 'broken', where, why: reasonOf(error) };
}

/** What to throw where a source gave no trajectory at all. */
export function nothingRead(name: string, broken: number): SourceError {
  const why = broken > 0 ? `${broken} broken, none whole` : 'it is empty';
  return new SourceError(`nothing of ${name} can be read: ${why}`);
}

/** The first line of what went wrong; of a schema's many complaints the first with its place. */
function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) {
    const [issue] = error.issues;
    return `${issue?.path.join('.') || 'the whole'}: ${issue?.message}`;
  }
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0] ?? '';
}

/** @throws Error in three words: where a file is torn, the parser's own account of it helps nobody */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('not JSON');
  }
}

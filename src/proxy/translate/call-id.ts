import { createHash } from 'node:crypto';
import { type EditorRequest, editorRequest } from '../../agent/index.ts';

/** What a client's call stands for in the model's tools. */
export type CallKind = 'bash' | 'view' | 'create' | 'replace' | 'insert' | 'undo' | 'passed';

/**
 * The id of a client's call. Clients give ids back unread, so it keeps what the call alone would not say: of which
 * call of the model it is a part, and which part.
 */
export interface CallId {
  /** The same for all calls that one call of the model led to. */
  readonly base: string;
  readonly kind: CallKind;
  /** 0 for the first, which carries the model's arguments. */
  readonly step: number;
  /** Numbers that the kind needs. */
  readonly numbers: readonly number[];
  /** What the model asked for, where the client's call does not say it. */
  readonly kept?: EditorRequest;
}

const KINDS: readonly CallKind[] = ['bash', 'view', 'create', 'replace', 'insert', 'undo', 'passed'];
const PATTERN = /^(sera_[0-9a-f]{16})_([a-z]+)_(\d+)((?:_\d+)*)(?:\.([\w-]+))?$/;

/**
 * Names a call of the model. The same call at the same place of a history has the same name.
 *
 * @param place messages before the call
 */
export function baseOf(id: string, place: number, position: number): string {
  const hash = createHash('sha256').update(`${place}\0${position}\0${id}`).digest('hex');
  return `sera_${hash.slice(0, 16)}`;
}

export function writeCallId({ base, kind, step, numbers, kept }: CallId): string {
  const request = kept === undefined ? '' : `.${Buffer.from(JSON.stringify(kept)).toString('base64url')}`;
  return [base, kind, step, ...numbers].join('_') + request;
}

/** Undefined for the id of a call that the proxy did not make. */
export function readCallId(id: string): CallId | undefined {
  const match = PATTERN.exec(id);
  const kind = KINDS.find((one) => one === match?.[2]);
  if (!match?.[1] || kind === undefined) return undefined;
  const numbers = (match[4] ?? '').split('_').slice(1).map(Number);
  const kept = match[5] === undefined ? undefined : readKept(match[5]);
  return { base: match[1], kind, step: Number(match[3]), numbers, ...(kept ? { kept } : {}) };
}

function readKept(text: string): EditorRequest | undefined {
  try {
    return editorRequest.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

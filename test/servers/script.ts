import type { IncomingHttpHeaders } from 'node:http';

/** One answer of a scripted model, whatever protocol it is asked through. */
export interface ScriptedAnswer {
  readonly content?: string;
  readonly reasoning?: string;
  readonly toolCalls?: readonly ScriptedCall[];
  /** In OpenAI's words, and `context` for a full context window; from the answer where left out. */
  readonly finish?: 'stop' | 'tool_calls' | 'length' | 'content_filter' | 'context';
  /** Counted from the texts where left out; null for a server that reports none. */
  readonly usage?: { readonly input: number; readonly cached: number; readonly output: number } | null;
}

export interface ScriptedCall {
  readonly id?: string;
  readonly name: string;
  /** An object, or the text itself, which need not be JSON. */
  readonly arguments: string | Readonly<Record<string, unknown>>;
}

/** A request as it came. */
export interface RecordedRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Every byte of the body. */
  readonly body: string;
  /** Position among all requests of the server, from 0. */
  readonly index: number;
  /** Assistant messages in the history, so which turn of its conversation is asked for, from 0. */
  readonly turn: number;
}

/** What goes wrong with a request. */
export type Fault =
  /** An error answer of the protocol's own form, or with this body: 429, 500, 503, an overflow, a gateway's page. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly message?: string;
      readonly code?: string;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The connection is reset before anything is answered. */
  | { readonly kind: 'reset' }
  /** No answer ever comes. */
  | { readonly kind: 'silence' }
  /** The connection is cut after so many events. */
  | { readonly kind: 'cut'; readonly after: number }
  /** The stream ends properly, but too early. */
  | { readonly kind: 'truncated'; readonly after: number }
  /** Nothing comes after so many events, while the connection stays open. */
  | { readonly kind: 'stall'; readonly after: number }
  /** So many milliseconds pass before every event. */
  | { readonly kind: 'slow'; readonly milliseconds: number }
  /** After so many events one comes that is no JSON. */
  | { readonly kind: 'garbage'; readonly after: number }
  /** After so many events the error comes inside the stream. */
  | { readonly kind: 'error-event'; readonly after: number; readonly code: string; readonly message: string }
  /** The stream is labelled as something else. */
  | { readonly kind: 'content-type'; readonly value: string };

export interface ServerScript {
  answer(request: RecordedRequest): ScriptedAnswer | Promise<ScriptedAnswer>;
  /** Undefined where all goes well. */
  fault?(request: RecordedRequest): Fault | undefined;
  /** The key that the server demands; any where left out. */
  readonly key?: string;
  /** The model that it serves; any where left out. */
  readonly model?: string;
  /** Answers in one piece even where a stream is asked for. */
  readonly whole?: boolean;
  /** Sends the stream in slices of some bytes, which split events and characters, instead of event by event. */
  readonly sliced?: boolean;
  /** Port; a free one where left out. */
  readonly port?: number;
}

export interface RunningServer {
  /** What follows the `@` of a teacher specification. */
  readonly url: string;
  /** All requests so far, in the order they came. */
  readonly requests: readonly RecordedRequest[];
  close(): Promise<void>;
}

/** A script that gives a conversation's n-th question the n-th answer, and the last one again to all later ones. */
export function byTurn(answers: readonly ScriptedAnswer[]): (request: RecordedRequest) => ScriptedAnswer {
  return ({ turn }) => answers[Math.min(turn, answers.length - 1)] ?? {};
}

export function argumentsText(call: ScriptedCall): string {
  return typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments);
}

/**
 * Cuts a text as models stream it: pieces of uneven length that respect neither words nor JSON strings, but never
 * split a character.
 */
export function pieces(text: string): string[] {
  const characters = [...text];
  const result: string[] = [];
  for (let at = 0, size = 1; at < characters.length; at += size, size = (size % 7) + 2) {
    result.push(characters.slice(at, at + size).join(''));
  }
  return result;
}

/** A rough count, the same for the same text. */
export function tokens(text: string): number {
  return Math.ceil(text.length / 4);
}

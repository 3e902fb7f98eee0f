import type { AnswerEvent } from './answer.ts';
import type { ClientRequest } from './conversation.ts';
import type { ProxyFault } from './fault.ts';

/** Writes one streamed answer in a client's protocol. Each method gives the bytes to send, which may be none. */
export interface AnswerWriter {
  start(): string;
  event(event: AnswerEvent): string;
  /** Keeps the connection alive while the model is silent. */
  ping(): string;
  /** An error after the answer has begun. */
  fault(fault: ProxyFault): string;
}

/** What differs between the protocols that clients speak. */
export interface ClientProtocol {
  readonly name: 'anthropic' | 'openai' | 'responses';
  /**
   * Reads a request of this protocol.
   *
   * @throws ProxyFault it is none
   */
  read(body: Buffer): ClientRequest;
  writer(request: ClientRequest, options: WriterOptions): AnswerWriter;
  /** The answer in one piece. */
  whole(request: ClientRequest, events: readonly AnswerEvent[], options: WriterOptions): object;
  errorBody(fault: ProxyFault): object;
  /** HTTP status of an error before the answer has begun. */
  status(fault: ProxyFault): number;
}

export interface WriterOptions {
  /** Whether reasoning is shown, or only kept for the next request. */
  readonly showThinking: boolean;
}

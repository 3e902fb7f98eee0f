import type { IncomingMessage } from 'node:http';
import { StringDecoder } from 'node:string_decoder';
import { createParser } from 'eventsource-parser';
import { ProxyFault } from '../fault.ts';
import { AnswerAccumulator, type ModelEvent } from './accumulator.ts';
import { readChunk } from './chunks.ts';
import { readText } from './connection.ts';
import { readOverflow } from './overflow.ts';
import { tooLong } from './refusal.ts';

/** Takes what the model says as it comes. A promise that comes back holds the model's server back until it is kept. */
export type Listener = (events: readonly ModelEvent[]) => Promise<void> | undefined;

/** Code units of one answer, beyond which it is given up. */
const LONGEST_ANSWER = 32 * 1024 * 1024;
/** Code units of one event of a stream. */
const LONGEST_EVENT = 8 * 1024 * 1024;

/**
 * @throws ProxyFault the stream broke off or said what is no answer
 */
export async function readAnswer(
  message: IncomingMessage,
  calls: boolean,
  listener: Listener,
  signal: AbortSignal,
): Promise<AnswerAccumulator> {
  const answer = new AnswerAccumulator(calls);
  if (!String(message.headers['content-type']).includes('event-stream')) {
    const chunk = readChunk(await readText(message));
    if (chunk === undefined)
      throw new ProxyFault('broken', "The model's server answered with what is no completion.");
    if (chunk.error !== undefined) throw failed(chunk.error);
    await listener(answer.add(chunk));
    answer.finish ??= 'stop';
  } else await readStream(message, answer, listener, signal);
  await listener(answer.end());
  return answer;
}

function readStream(
  message: IncomingMessage,
  answer: AnswerAccumulator,
  listener: Listener,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let done = false;
    const fail = (fault: unknown): void => {
      message.destroy();
      reject(fault);
    };
    const parser = createParser({
      onEvent({ data }) {
        if (data === '[DONE]') {
          done = true;
          return;
        }
        const chunk = readChunk(data);
        if (chunk === undefined)
          throw new ProxyFault('broken', "The model's server sent what is no completion.");
        if (chunk.error !== undefined) throw failed(chunk.error);
        const events = answer.add(chunk);
        if (answer.length > LONGEST_ANSWER)
          throw new ProxyFault('broken', 'The answer of the model does not end.');
        const wait = events.length > 0 ? listener(events) : undefined;
        if (wait) {
          message.pause();
          wait.then(() => message.resume(), fail);
        }
      },
    });
    const decoder = new StringDecoder('utf8');
    let pending = 0;
    message.on('data', (bytes: Buffer) => {
      try {
        pending = bytes.includes(10) ? 0 : pending + bytes.length;
        if (pending > LONGEST_EVENT)
          throw new ProxyFault('broken', "The model's server sent an event that does not end.");
        parser.feed(decoder.write(bytes));
      } catch (error) {
        fail(error);
      }
    });
    const end = (): void => {
      if (done || answer.finish !== undefined) resolve();
      else
        reject(
          signal.aborted
            ? signal.reason
            : new ProxyFault('broken', "The model's server broke off its answer."),
        );
    };
    message.on('end', end);
    message.on('error', end);
    message.on('close', end);
  });
}

function failed(said: string): ProxyFault {
  if (readOverflow(said)) return tooLong(readOverflow(said)?.prompt, readOverflow(said)?.limit);
  return new ProxyFault('broken', `The model's server ended its answer with an error: ${said.slice(0, 400)}`);
}

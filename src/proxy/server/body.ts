import type { IncomingMessage } from 'node:http';
import { ProxyFault } from '../fault.ts';

/**
 * Reads a request's body.
 *
 * @param limit bytes
 * @throws ProxyFault too long, or broken off
 */
export function readBytes(incoming: IncomingMessage, limit: number): Promise<Buffer> {
  const tooLarge = (): ProxyFault =>
    new ProxyFault('too-large', `The body of the request is longer than ${limit} bytes.`);
  if (Number(incoming.headers['content-length'] ?? 0) > limit) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    incoming.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) {
        incoming.pause();
        chunks.length = 0;
        reject(tooLarge());
      } else chunks.push(chunk);
    });
    incoming.on('end', () => resolve(Buffer.concat(chunks)));
    incoming.on('error', reject);
    incoming.on('close', () => {
      if (!incoming.complete) reject(new ProxyFault('invalid', 'The request broke off.'));
    });
  });
}

import { z } from 'zod';
import { REASONING_FIELDS, type Reasoning } from './conversation.ts';

/**
 * Reasoning as a text that clients keep unread and give back: Anthropic's redacted thinking, the encrypted content of
 * OpenAI's Responses.
 */
const MARK = 'sera:';

export function packReasoning({ text, field }: Reasoning): string {
  return MARK + Buffer.from(JSON.stringify({ text, field })).toString('base64');
}

const Kept = z.object({ text: z.string(), field: z.enum(REASONING_FIELDS) });

/** Undefined for what another model has encrypted. */
export function unpackReasoning(data: string): Reasoning | undefined {
  if (!data.startsWith(MARK)) return undefined;
  try {
    const text = Buffer.from(data.slice(MARK.length), 'base64').toString('utf8');
    return Kept.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

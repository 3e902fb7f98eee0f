import { z } from 'zod';
import { REASONING_FIELDS, type Reasoning, type ReasoningField } from '../conversation.ts';

/**
 * Clients give thinking blocks back unread, signature and all: so the signature keeps where the reasoning came from,
 * and a block that nobody shall see keeps the reasoning itself.
 */
const MARK = 'sera:';

export function signatureOf(field: ReasoningField): string {
  return MARK + field;
}

export function hiddenReasoning(reasoning: Reasoning): string {
  return MARK + Buffer.from(JSON.stringify(reasoning)).toString('base64');
}

const Thinking = z.object({ thinking: z.string(), signature: z.string().nullish() });
const Hidden = z.object({ data: z.string() });
const Kept = z.object({ text: z.string(), field: z.enum(REASONING_FIELDS) });

/** The reasoning in an assistant message's blocks; what another model has encrypted is left out. */
export function openReasoning(blocks: readonly { readonly type: string }[]): Reasoning | undefined {
  const pieces = blocks.flatMap((block): Reasoning[] => {
    if (block.type === 'thinking') {
      const { thinking = '', signature } = Thinking.safeParse(block).data ?? {};
      const field = REASONING_FIELDS.find((one) => signature === signatureOf(one));
      return thinking === '' ? [] : [{ text: thinking, field: field ?? 'reasoning_content' }];
    }
    if (block.type !== 'redacted_thinking') return [];
    const kept = unpacked(Hidden.safeParse(block).data?.data ?? '');
    return kept ? [kept] : [];
  });
  const [first] = pieces;
  return first && { text: pieces.map(({ text }) => text).join(''), field: first.field };
}

function unpacked(data: string): Reasoning | undefined {
  if (!data.startsWith(MARK)) return undefined;
  try {
    const text = Buffer.from(data.slice(MARK.length), 'base64').toString('utf8');
    return Kept.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

import { z } from 'zod';
import { REASONING_FIELDS, type Reasoning, type ReasoningField } from '../conversation.ts';
import { unpackReasoning } from '../kept-reasoning.ts';

/** Clients give a thinking block's signature back unread: so it keeps where the reasoning came from. */
export function signatureOf(field: ReasoningField): string {
  return `sera:${field}`;
}

const Thinking = z.object({ thinking: z.string(), signature: z.string().nullish() });
const Hidden = z.object({ data: z.string() });

/** The reasoning in an assistant message's blocks; what another model has encrypted is left out. */
export function openReasoning(blocks: readonly { readonly type: string }[]): Reasoning | undefined {
  const pieces = blocks.flatMap((block): Reasoning[] => {
    if (block.type === 'thinking') {
      const { thinking = '', signature } = Thinking.safeParse(block).data ?? {};
      const field = REASONING_FIELDS.find((one) => signature === signatureOf(one));
      return thinking === '' ? [] : [{ text: thinking, field: field ?? 'reasoning_content' }];
    }
    if (block.type !== 'redacted_thinking') return [];
    const kept = unpackReasoning(Hidden.safeParse(block).data?.data ?? '');
    return kept ? [kept] : [];
  });
  const [first] = pieces;
  return first && { text: pieces.map(({ text }) => text).join(''), field: first.field };
}

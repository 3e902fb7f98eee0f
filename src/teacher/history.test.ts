import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message } from '../trajectory/index.ts';
import { messagesBody } from './anthropic/messages.ts';
import { paired } from './history.ts';
import { chatMessages } from './openai/messages.ts';

const call = fc.record({ id: fc.constantFrom('a', 'b', 'c:0'), name: fc.string(), arguments: fc.string() });
const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constant(' \n'));
const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record({ role: fc.constant('user' as const), content: text }),
  fc.record({
    role: fc.constant('tool' as const),
    toolCallId: fc.constantFrom('a', 'b', 'c:0', 'x'),
    content: text,
  }),
  fc.record({
    role: fc.constant('assistant' as const),
    content: text,
    toolCalls: fc.uniqueArray(call, { selector: ({ id }) => id }),
  }),
);

/** Histories as they are asked with: no call is left open at the end. */
const question = fc
  .array(message, { maxLength: 12 })
  .map((messages): Message[] => [
    { role: 'system', content: 's' },
    ...messages,
    { role: 'user', content: 'last' },
  ]);

const MARK = ',"cache_control":{"type":"ephemeral"}';
const serialised = (messages: readonly object[]) =>
  JSON.stringify(messages).slice(0, -1).replaceAll(MARK, '');

describe('any history that grows', () => {
  it('gives every call one result before anything else is said, and every result its call', () => {
    fc.assert(
      fc.property(question, (messages) => {
        let open: string[] = [];
        for (const one of paired(messages)) {
          if (one.role === 'tool') {
            expect(open).toContain(one.toolCallId);
            open = open.filter((id) => id !== one.toolCallId);
            continue;
          }
          expect(open).toEqual([]);
          if (one.role === 'assistant') open = (one.toolCalls ?? []).map(({ id }) => id);
        }
        expect(open).toEqual([]);
      }),
    );
  });

  it('keeps all that was observed', () => {
    fc.assert(
      fc.property(question, (messages) => {
        const contents = paired(messages).map(({ content }) => content);
        for (const { content } of messages) expect(contents).toContain(content);
      }),
    );
  });

  it.each([
    ['chat completions', (messages: readonly Message[]) => serialised(chatMessages(messages))],
    ['Messages', (messages: readonly Message[]) => serialised(messagesBody(messages).messages)],
  ])('begins with the bytes of what was sent before, as %s', (_, send) => {
    fc.assert(
      fc.property(question, fc.array(question, { maxLength: 3 }), (first, more) => {
        let history = first;
        for (const next of more) {
          const before = send(history);
          history = [...history, ...next.slice(1)];
          expect(send(history).startsWith(before)).toBe(true);
        }
      }),
    );
  });
});

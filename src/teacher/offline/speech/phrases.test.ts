import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hear, say } from './phrases.ts';
import { heardIntents, heardSymptoms, VOCABULARY } from './vocabulary/index.ts';

const filling = fc.stringMatching(/^[^`\n{}\s]([^`\n{}]{0,40}[^`\n{}\s])?$/);

describe('a sentence', () => {
  test('is heard with what was put into its places', () => {
    fc.assert(
      fc.property(filling, filling, (name, detail) => {
        const text = say('See `{function}` with `{detail}`, and `{function}` again.', {
          function: name,
          detail,
        });
        expect(hear('See `{function}` with `{detail}`, and `{function}` again.', text)).toEqual([
          { places: { function: name, detail }, index: 0 },
        ]);
      }),
    );
  });

  test('is heard across line breaks, and not where a place is filled in two ways', () => {
    expect(hear('one `{a}` two', 'so one `x`\n  two it is')).toEqual([{ places: { a: 'x' }, index: 3 }]);
    expect(hear('`{a}` and `{a}`', '`x` and `y`')).toEqual([]);
  });
});

describe('the vocabulary', () => {
  const places = { function: 'Pool.take', detail: 'limit > 3 && !open' };

  test.each(Object.entries(VOCABULARY))(
    '%s: every sentence is heard as what it is',
    (kind, { intents, symptoms, vague }) => {
      for (const sentence of intents) {
        expect(heardIntents(say(sentence, places))).toEqual([
          { kind, places: expect.objectContaining({ function: 'Pool.take' }), index: 0 },
        ]);
      }
      for (const sentence of [...symptoms, ...vague]) {
        expect(heardSymptoms(say(sentence, places)).map((mention) => mention.kind)).toEqual([kind]);
      }
    },
  );

  test('is not heard in its own source', () => {
    expect(
      heardIntents(
        Object.values(VOCABULARY)
          .flatMap(({ intents }) => intents)
          .join('\n'),
      ),
    ).toEqual([]);
  });
});

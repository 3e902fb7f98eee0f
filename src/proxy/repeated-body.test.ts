import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RepeatedBody } from './repeated-body.ts';

const KEY = 'messages';
const read = (): RepeatedBody<unknown, unknown> =>
  new RepeatedBody(
    KEY,
    (body) => JSON.parse(JSON.stringify(body, (key, value) => (key === KEY ? undefined : value)) ?? 'null'),
    (raw) => raw,
  );
const fresh = (text: string) => read().read(Buffer.from(text));

/** Values that are written in more than one way, or look like what stands around them. */
const value = fc.oneof(
  fc.record({ role: fc.constantFrom('user', 'assistant'), content: fc.string({ unit: 'binary' }) }),
  fc.constantFrom(
    '0',
    '1',
    '1.0',
    '12',
    '1e2',
    '"a"',
    '{"messages":[1]}',
    '[]',
    '{}',
    '{ }',
    '"\\u0041"',
    '"é"',
  ),
);
const written = (one: unknown): string => (typeof one === 'string' ? one : JSON.stringify(one));
const body = fc.record({
  before: fc.constantFrom('', '"model":"m",', '"tools":[{"messages":[{"role":"user"}]}],', '"messages":[1],'),
  values: fc.array(value, { maxLength: 6 }),
  between: fc.constantFrom(',', ', ', ' ,'),
  marker: fc.constantFrom('"messages":[', '"messages": [', '"messages":[ '),
  behind: fc.constantFrom(
    '',
    ',"stream":true',
    ',"stream":null',
    ',"max_tokens":12',
    ',"messages":[1,2]',
    ',"system":"x"',
  ),
});

test('a body is read as JSON is, whatever was read before it', () => {
  fc.assert(
    fc.property(fc.array(body, { minLength: 1, maxLength: 6 }), fc.boolean(), (bodies, grows) => {
      const remembering = read();
      let values: readonly string[] = [];
      for (const one of bodies) {
        values = [...(grows ? values : []), ...one.values.map(written)];
        const text = `{${one.before}${one.marker}${values.join(one.between)}]${one.behind}}`;
        for (const _ of ['new', 'again']) expect(remembering.read(Buffer.from(text))).toEqual(fresh(text));
        const { messages, ...frame } = JSON.parse(text);
        expect(fresh(text).values).toEqual(messages);
        expect(Object.keys(fresh(text).frame as object)).toEqual(Object.keys(frame));
      }
    }),
    { numRuns: 1000 },
  );
});

test('text that begins as one before it did, and is no JSON, is refused', () => {
  const remembering = read();
  remembering.read(Buffer.from('{"messages":[1,{"a":1}],"x":1}'));
  for (const text of [
    '{"messages":[1,{"a":1}',
    '{"messages":[1,{"a":1}5],"x":1}',
    '{"messages":[1,{"a":1},],"x":1}',
  ])
    expect(() => remembering.read(Buffer.from(text))).toThrow('The body of the request is not JSON.');
});

test('what comes again is the same object, also where what stands around it has changed', () => {
  const remembering = read();
  const text = (values: readonly object[], more = '') => JSON.stringify({ a: 1, messages: values, more });
  const first = remembering.read(Buffer.from(text([{ a: 1 }, { b: 'é' }])));
  const second = remembering.read(Buffer.from(text([{ a: 1 }, { b: 'é' }, { c: 3 }])));
  expect(second.frame).toBe(first.frame);
  expect(second.values.slice(0, 2)).toEqual(first.values);
  for (const [index, known] of first.values.entries()) expect(second.values[index]).toBe(known);
  const third = remembering.read(Buffer.from(text([{ a: 1 }, { b: 'é' }, { d: 4 }], 'other')));
  expect(third.values[1]).toBe(first.values[1]);
  expect(third.frame).toEqual({ a: 1, more: 'other' });
  expect(third.values[2]).toEqual({ d: 4 });
});

import { describe, expect, it } from 'vitest';
import { Accumulator } from './accumulator.ts';
import { Chunk } from './chunk.ts';

function accumulate(deltas: readonly object[], finish = 'stop'): Accumulator {
  const pieces = new Accumulator();
  for (const delta of deltas) pieces.add(Chunk.parse({ choices: [{ delta }] }));
  pieces.add(Chunk.parse({ choices: [{ delta: {}, finish_reason: finish }] }));
  return pieces;
}

const call = (more: object) => ({ tool_calls: [more] });

describe('servers that bend the protocol', () => {
  it('may give every call the index 0', () => {
    const message = accumulate([
      call({ index: 0, id: 'a', function: { name: 'bash', arguments: '{}' } }),
      call({ index: 0, id: 'b', function: { name: 'submit', arguments: '{}' } }),
    ]).message('p');
    expect(message.toolCalls).toEqual([
      { id: 'a', name: 'bash', arguments: '{}' },
      { id: 'b', name: 'submit', arguments: '{}' },
    ]);
  });

  it('may repeat id and name in every piece', () => {
    const message = accumulate([
      call({ index: 0, id: 'a', function: { name: 'bash', arguments: '{"a"' } }),
      call({ index: 0, id: 'a', function: { name: 'bash', arguments: ':1}' } }),
    ]).message('p');
    expect(message.toolCalls).toEqual([{ id: 'a', name: 'bash', arguments: '{"a":1}' }]);
  });

  it('may leave out ids and indices, and send arguments as an object', () => {
    const message = accumulate([call({ function: { name: 'bash', arguments: { command: 'ls' } } })]).message(
      'call_4',
    );
    expect(message.toolCalls).toEqual([{ id: 'call_4_0', name: 'bash', arguments: '{"command":"ls"}' }]);
  });

  it('may end a call with "stop"', () => {
    const pieces = accumulate([call({ index: 0, id: 'a', function: { name: 'bash', arguments: '{}' } })]);
    expect(pieces.finishReason).toBe('tool_calls');
  });

  it('may send reasoning under both names at once', () => {
    const message = accumulate([
      { reasoning: 'a', reasoning_content: 'a' },
      { reasoning: 'b', reasoning_content: 'b' },
    ]).message('p');
    expect(message.reasoning).toBe('ab');
  });

  it('may send content in parts', () => {
    const message = accumulate([
      {
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
    ]).message('p');
    expect(message.content).toBe('ab');
  });

  it('may stream signed reasoning blocks, which are joined and kept', () => {
    const message = accumulate([
      {
        reasoning: 'one',
        reasoning_details: [{ type: 'reasoning.text', index: 0, text: 'one', signature: null }],
      },
      {
        reasoning: ' two',
        reasoning_details: [{ type: 'reasoning.text', index: 0, text: ' two', signature: 'sig' }],
      },
      { reasoning_details: [{ type: 'reasoning.encrypted', index: 1, data: 'x' }] },
    ]).message('p');
    expect(message.reasoning).toBe('one two');
    expect(message.providerData?.reasoningDetails).toEqual([
      { type: 'reasoning.text', index: 0, text: 'one two', signature: 'sig' },
      { type: 'reasoning.encrypted', index: 1, data: 'x' },
    ]);
  });

  it.each([
    { prompt_tokens_details: { cached_tokens: 7 } },
    { prompt_cache_hit_tokens: 7 },
    { cached_tokens: 7 },
    { prompt_tokens_details: null, cached_tokens: 7 },
  ])('may count cached tokens as %o', (more) => {
    const pieces = new Accumulator();
    pieces.add(Chunk.parse({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 2, ...more } }));
    expect(pieces.usage).toEqual({ input: 10, cached: 7, output: 2, written: 0 });
  });
});

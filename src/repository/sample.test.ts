import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type RepositoryFunction, sampleFunctions } from './index.ts';

const functions = Array.from({ length: 40 }, (_, i): RepositoryFunction => {
  return { id: `a.py::f${i}`, file: 'a.py', name: `f${i}`, language: 'python', startLine: i, endLine: i };
});
const keys = (draws: ReturnType<typeof sampleFunctions>) =>
  draws.map((draw) => `${draw.function.id} ${draw.replica}`);

describe('functions drawn from a repository', () => {
  test('come once each, and again only when all are used', () => {
    const draws = sampleFunctions(functions, { seed: 's', count: 100, replicas: 3 });
    expect(new Set(keys(draws)).size).toBe(100);
    expect(draws.map(({ replica }) => replica)).toEqual([
      ...Array(40).fill(0),
      ...Array(40).fill(1),
      ...Array(20).fill(2),
    ]);
  });

  test('are the same for a seed, others for another, whatever order they were found in', () => {
    const draw = (seed: string, of = functions) => keys(sampleFunctions(of, { seed, count: 10 }));
    expect(draw('s')).toEqual(draw('s', functions.toReversed()));
    expect(draw('s')).not.toEqual(draw('t'));
    expect(draw('s')).not.toEqual(functions.slice(0, 10).map(({ id }) => `${id} 0`));
  });

  test('a larger count begins with the same draws', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.nat(100), fc.nat(4), fc.string(), (a, b, replicas, seed) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        const few = keys(sampleFunctions(functions, { seed, count: less, replicas }));
        expect(
          keys(sampleFunctions(functions, { seed, count: more, replicas })).slice(0, few.length),
        ).toEqual(few);
        expect(few).toHaveLength(Math.min(less, functions.length * replicas));
      }),
    );
  });

  test('one that is new in a repository leaves the order of the others', () => {
    const options = { seed: 's', count: 40 };
    const without = keys(sampleFunctions(functions.slice(1), options));
    expect(keys(sampleFunctions(functions, options)).filter((key) => key !== 'a.py::f0 0')).toEqual(without);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Budget } from './budget.ts';
import { BudgetError } from './errors.ts';

const settled = () => new Promise(setImmediate);

describe('a budget', () => {
  it('makes a request wait while those in flight may use up the rest', async () => {
    const budget = new Budget(1, 0);
    const first = await budget.reserve(0.6, undefined);
    let second = false;
    const waiting = budget.reserve(0.6, undefined).then((place) => {
      second = true;
      return place;
    });
    await settled();
    expect(second).toBe(false);
    first.settle(0.2);
    (await waiting).settle(0.3);
    expect(budget.spent).toBeCloseTo(0.5);
  });

  it('refuses a request that may pass the limit while nothing is in flight', async () => {
    const budget = new Budget(1, 0.9);
    await expect(budget.reserve(0.2, undefined)).rejects.toThrow(
      'The next call may cost $0.2000, and $0.9000 of $1.00 are spent: start the run again with a larger budget',
    );
  });

  it('refuses all who wait once it is spent', async () => {
    const budget = new Budget(1, 0);
    const first = await budget.reserve(0.9, undefined);
    const waiting = [budget.reserve(0.5, undefined), budget.reserve(0.5, undefined)];
    first.settle(1.2);
    for (const one of await Promise.allSettled(waiting))
      expect(one).toMatchObject({ reason: expect.any(BudgetError) });
  });

  it('lets go of a wait that is aborted', async () => {
    const budget = new Budget(1, 0);
    await budget.reserve(0.9, undefined);
    const controller = new AbortController();
    const waiting = budget.reserve(0.5, controller.signal);
    controller.abort(new Error('by hand'));
    await expect(waiting).rejects.toThrow('by hand');
  });

  it('counts a place once, however often it is settled', async () => {
    const budget = new Budget(Number.POSITIVE_INFINITY, 0);
    const place = await budget.reserve(1, undefined);
    place.settle(2);
    place.settle(2);
    expect(budget.spent).toBe(2);
  });

  it('is never passed where estimates are no lower than the bill', async () => {
    const calls = fc.array(
      fc.record({
        estimate: fc.double({ min: 0, max: 1, noNaN: true }),
        share: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(calls, fc.double({ min: 0, max: 5, noNaN: true }), async (requests, limit) => {
        const budget = new Budget(limit, 0);
        const all = requests.map(async ({ estimate, share }) => {
          const place = await budget.reserve(estimate, undefined);
          await settled();
          place.settle(estimate * share);
        });
        await Promise.allSettled(all);
        expect(budget.spent).toBeLessThanOrEqual(limit + 1e-9);
      }),
    );
  });
});

// Are bought sats sold first in, first out, and does every msat of cost and revenue end up in one place?
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  marginalRoi,
  MARGINAL_WINDOW_SECONDS,
  onHand,
  traceLots,
  type LotEvent,
} from '../../../src/core/profit/lots.ts';
import { msat, sumMsat, unixSec, ZERO_MSAT } from '../../../src/core/units.ts';

const bought = (time: number, amount: number, fee: number, rebalance = `r${time}`): LotEvent => ({
  kind: 'bought',
  time: unixSec(time),
  rebalance,
  amount: msat(amount),
  fee: msat(fee),
});
const forwarded = (time: number, amount: number, fee: number): LotEvent => ({
  kind: 'forwarded',
  time: unixSec(time),
  amount: msat(amount),
  fee: msat(fee),
});
const balance = (time: number, amount: number): LotEvent => ({
  kind: 'balance',
  time: unixSec(time),
  balance: msat(amount),
});

describe('lots', () => {
  it('are sold oldest first, each with its share of the forward and of its own cost', () => {
    const lots = traceLots([bought(1, 1000, 10), bought(2, 500, 20), forwarded(3, 1200, 120)]);
    expect(lots[0]).toMatchObject({
      sold: 1000n,
      revenue: 100n,
      remaining: 0n,
      remainingCost: 0n,
      realisedProfit: 90n,
    });
    expect(lots[1]).toMatchObject({
      sold: 200n,
      revenue: 20n,
      remaining: 300n,
      remainingCost: 12n,
      realisedProfit: 12n,
    });
    expect(onHand(lots)).toEqual({ amount: 300n, cost: 12n, costPpm: { value: 40_000, reason: null } });
  });

  it('come before other balance, which earns its share of the forward that empties them', () => {
    const lots = traceLots([bought(1, 100, 1), forwarded(2, 400, 40), forwarded(3, 50, 5)]);
    expect(lots[0]).toMatchObject({ sold: 100n, revenue: 10n });
  });

  it('sell nothing of what comes later', () => {
    const [lot] = traceLots([forwarded(1, 400, 40), bought(2, 100, 1)]);
    expect(lot).toMatchObject({ sold: 0n, remaining: 100n, remainingCost: 1n, realisedProfit: 0n });
  });

  it('are lost, oldest first, only as far as the balance has fallen below them', () => {
    const events = [bought(1, 100, 10), bought(2, 100, 20)];
    expect(traceLots([...events, balance(3, 500)]).map((lot) => lot.lost)).toEqual([0n, 0n]);
    const lots = traceLots([...events, forwarded(3, 50, 9), balance(4, 70)]);
    expect(lots.map(({ sold, lost, remaining }) => [sold, lost, remaining])).toEqual([
      [50n, 50n, 0n],
      [0n, 30n, 70n],
    ]);
    expect(lots.map(({ realisedProfit }) => realisedProfit)).toEqual([-1n, -6n]);
    expect(onHand(traceLots([...events, balance(9, 0)])).costPpm).toEqual({ value: null, reason: 'no_lots' });
  });

  it('refuse events out of order and amounts that cannot be', () => {
    expect(() => traceLots([bought(2, 1, 1), forwarded(1, 1, 1)])).toThrow(/at 1: expected time order.* 2 /);
    for (const event of [bought(1, 0, 1), bought(1, 1, -1), forwarded(1, 0, 0), balance(1, -1)])
      expect(() => traceLots([event])).toThrow(RangeError);
  });
});

describe('marginal ROI', () => {
  const lots = traceLots([bought(100, 1000, 10), bought(200, 1000, 40), forwarded(300, 1500, 90)]);
  it('is what recent lots earned beyond their whole cost, by that cost', () => {
    expect(marginalRoi(lots, unixSec(150))).toEqual({ value: (30 - 40) / 40, reason: null });
    expect(marginalRoi(lots, unixSec(200))).toEqual({ value: (30 - 40) / 40, reason: null });
    expect(marginalRoi(lots, unixSec(0))).toEqual({ value: (90 - 50) / 50, reason: null });
    expect(MARGINAL_WINDOW_SECONDS).toBe(2_592_000);
  });
  it('is undefined without a purchase, and for purchases that cost nothing', () => {
    expect(marginalRoi(lots, unixSec(201))).toEqual({ value: null, reason: 'no_purchase' });
    expect(marginalRoi(traceLots([bought(1, 5, 0)]), unixSec(0))).toEqual({ value: null, reason: 'no_cost' });
  });
});

const anyEvents = fc
  .array(
    fc.tuple(fc.constantFrom('bought', 'forwarded', 'balance'), fc.integer({ min: 1, max: 10 ** 9 }), fc.nat(10 ** 6)),
    { maxLength: 60 },
  )
  .map((all) =>
    all.map(([kind, amount, fee], i) =>
      kind === 'bought'
        ? bought(i, amount, fee)
        : kind === 'forwarded'
          ? forwarded(i, amount, fee)
          : balance(i, amount),
    ),
  );

describe('whatever happened', () => {
  it('no msat of amount, cost or revenue is lost or made', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const lots = traceLots(events);
        for (const lot of lots) {
          expect(lot.sold + lot.lost + lot.remaining).toBe(lot.amount);
          expect(lot.realisedProfit).toBe(lot.revenue - (lot.cost - lot.remainingCost));
          expect(lot.remaining >= 0n && lot.remainingCost >= 0n && lot.remainingCost <= lot.cost).toBe(true);
          if (lot.remaining === 0n) expect(lot.remainingCost).toBe(0n);
        }
        const earned = sumMsat(events.map((event) => (event.kind === 'forwarded' ? event.fee : ZERO_MSAT)));
        expect(sumMsat(lots.map((lot) => lot.revenue)) <= earned).toBe(true);
      }),
    );
  });
  it('lots larger than all forwards earn exactly what the forwards earned', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 10 ** 6 }), fc.nat(10 ** 4))), (forwards) => {
        const purchases = forwards.map(([amount], i) => bought(0, amount, 1, `r${i}`));
        const lots = traceLots([...purchases, ...forwards.map(([amount, fee]) => forwarded(1, amount, fee)).reverse()]);
        expect(sumMsat(lots.map((lot) => lot.revenue))).toBe(
          BigInt(forwards.reduce((total, [, fee]) => total + fee, 0)),
        );
        expect(lots.every((lot) => lot.remaining === 0n)).toBe(true);
      }),
    );
  });
  it('an older lot is never left while a younger one is touched', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const lots = traceLots(events);
        const firstLeft = lots.findIndex((lot) => lot.remaining > 0n);
        if (firstLeft >= 0) expect(lots.slice(firstLeft + 1).every((lot) => lot.remaining === lot.amount)).toBe(true);
      }),
    );
  });
});

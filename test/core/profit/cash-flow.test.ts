// Does each event of a channel's life become the right flow, and does capital come back as it went in?
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChannelAccount } from '../../../src/core/profit/account.ts';
import {
  committedFlows,
  incurredFlows,
  isCapital,
  peakCapital,
  type CashFlow,
} from '../../../src/core/profit/cash-flow.ts';
import { statementOf } from '../../../src/core/profit/statement.ts';
import { totalsOf } from '../../../src/core/profit/totals.ts';
import { cumulate, waterfallOf } from '../../../src/core/profit/waterfall.ts';
import { msat, msatToSats, satsToMsat, sumMsat, unixSec, type Msat } from '../../../src/core/units.ts';
import { ARTICLE, entry, estimate, exact } from './article.ts';

const T = 1_700_000_000;
const at = (seconds: number) => unixSec(T + seconds);
const open: ChannelAccount = {
  ...ARTICLE,
  openedAt: at(0),
  funding: exact(5_000_000),
  openingFee: exact(166),
  routing: [],
  end: { state: 'open', fee: estimate(450) },
};
const brief = (flows: readonly CashFlow[]): unknown[] =>
  flows.map(({ time, kind, amount }) => [time - T, kind, msatToSats(amount)]);
const sum = (flows: readonly CashFlow[]): Msat => sumMsat(flows.map(({ amount }) => amount));

describe('cash flows', () => {
  it('of an open channel end now, with capital back and an estimated fee', () => {
    const account = { ...open, routing: [entry(at(50), 7)], rebalances: [entry(at(50), 3), entry(at(20), 2)] };
    expect(brief(committedFlows(account, at(100)))).toEqual([
      [0, 'capital_in', -5_000_000],
      [0, 'opening_fee', -166],
      [20, 'rebalance_fee', -2],
      [50, 'routing_fee', 7],
      [50, 'rebalance_fee', -3],
      [100, 'capital_out', 5_000_000],
      [100, 'closing_fee', -450],
    ]);
    expect(
      committedFlows(account, at(100))
        .filter((f) => f.estimated)
        .map((f) => f.kind),
    ).toEqual(['closing_fee']);
    expect(incurredFlows(account)).toHaveLength(5);
  });

  it('of a closed channel end at its close, whatever the time is now', () => {
    const account: ChannelAccount = { ...open, end: { state: 'closed', time: at(70), fee: exact(195) } };
    expect(committedFlows(account, at(100))).toEqual(incurredFlows(account));
    expect(brief(committedFlows(account, at(100))).slice(-2)).toEqual([
      [70, 'capital_out', 5_000_000],
      [70, 'closing_fee', -195],
    ]);
  });

  it('date a push we paid, return only what stayed ours, and keep it out of the profit', () => {
    const account = { ...open, push: exact(-2_000_000) };
    const flows = committedFlows(account, at(9));
    expect(brief(flows)).toEqual([
      [0, 'capital_in', -3_000_000],
      [0, 'opening_fee', -166],
      [0, 'push', -2_000_000],
      [9, 'capital_out', 3_000_000],
      [9, 'closing_fee', -450],
    ]);
    expect(totalsOf(flows)).toMatchObject({ pushed: -2_000_000_000n, totalCost: 616_000n, netProfit: -616_000n });
  });

  it('date a push we got, without any capital of ours, and keep it out of the profit', () => {
    const account = { ...open, funding: exact(0), openingFee: exact(0), push: exact(900_000) };
    const flows = incurredFlows(account);
    expect(brief(flows)).toEqual([[0, 'push', 900_000]]);
    expect(totalsOf(flows)).toMatchObject({ pushed: 900_000_000n, revenue: 0n, netProfit: 0n });
    expect(peakCapital(flows)).toBe(0n);
  });

  it('count lease fees in both directions', () => {
    expect(totalsOf(incurredFlows({ ...open, lease: exact(-500) })).leaseCost).toBe(satsToMsat(500));
    expect(totalsOf(incurredFlows({ ...open, lease: exact(500) })).leaseIncome).toBe(satsToMsat(500));
  });

  it('move capital with splices, each at its second and with its fee', () => {
    const splices = [
      { time: at(10), amount: exact(1_000_000), fee: exact(300) },
      { time: at(20), amount: exact(-4_500_000), fee: estimate(200) },
    ];
    const flows = committedFlows({ ...open, splices }, at(30));
    expect(brief(flows).slice(2)).toEqual([
      [10, 'splice_in', -1_000_000],
      [10, 'splice_fee', -300],
      [20, 'splice_out', 4_500_000],
      [20, 'splice_fee', -200],
      [30, 'capital_out', 1_500_000],
      [30, 'closing_fee', -450],
    ]);
    expect(peakCapital(flows)).toBe(satsToMsat(6_000_000));
    expect(totalsOf(flows)).toMatchObject({ spliceCost: 500_000n, estimated: true });
  });

  it('owe at the end what was taken out beyond the capital', () => {
    const splices = [{ time: at(10), amount: exact(-5_200_000), fee: exact(0) }];
    expect(brief(committedFlows({ ...open, splices }, at(30))).at(-2)).toEqual([30, 'capital_out', -200_000]);
  });

  it('refuse an opening that gave away more than was there', () => {
    expect(() => incurredFlows({ ...open, push: exact(-5_000_001) })).toThrow(/funding of at least 5000001000 msat/);
  });

  it('keep the last msat: 10,000 forwards at 0.8 sat are 8,000 sats', () => {
    const routing = Array.from({ length: 10_000 }, (_, i) => ({ time: at(i), amount: msat(800n), estimated: false }));
    expect(totalsOf(incurredFlows({ ...open, routing })).revenue).toBe(satsToMsat(8000));
  });
});

const sats = (min: number, max: number) => fc.integer({ min, max }).map(exact);
const anyAccount: fc.Arbitrary<ChannelAccount> = fc
  .record({
    funding: sats(0, 10_000_000),
    openingFee: sats(0, 50_000),
    given: fc.double({ min: -1, max: 1, noNaN: true }),
    lease: sats(0, 10_000),
    splices: fc.array(
      fc.record({ time: fc.integer({ min: 0, max: 900 }).map(at), amount: sats(-900_000, 900_000), fee: sats(0, 900) }),
      { maxLength: 4 },
    ),
    routing: fc.array(fc.tuple(fc.integer({ min: 0, max: 999 }), fc.integer({ min: 0, max: 900 }))),
    rebalances: fc.array(fc.tuple(fc.integer({ min: 0, max: 999 }), fc.integer({ min: 0, max: 900 }))),
    closed: fc.boolean(),
    closingFee: sats(0, 5000),
  })
  .map(({ given, closed, closingFee, ...rest }) => ({
    ...open,
    ...rest,
    push: exact(Math.trunc((given * msatToSats(rest.funding.amount)) / 2)),
    routing: rest.routing.map(([s, fee]) => entry(at(s), fee)),
    rebalances: rest.rebalances.map(([s, fee]) => entry(at(s), fee)),
    end: closed ? { state: 'closed', time: at(1000), fee: closingFee } : { state: 'open', fee: closingFee },
  }));

describe('whatever a channel went through', () => {
  it('its capital flows add up to nothing, all flows to what the statement, waterfall and sums say alike', () => {
    fc.assert(
      fc.property(anyAccount, (account) => {
        const flows = committedFlows(account, at(1000));
        expect(sum(flows.filter(isCapital))).toBe(0n);
        const totals = totalsOf(flows);
        const netProfit = totals.netProfit + totals.pushed;
        expect(sum(flows)).toBe(netProfit);
        const statement = statementOf(flows);
        expect(statement.result).toBe(netProfit);
        const bars = waterfallOf(statement);
        bars.slice(1, -1).forEach((bar, i) => {
          expect(bar.from).toBe(bars[i]?.to);
        });
        expect(bars.at(-2)?.to).toBe(statement.amountAtClosing);
        const last = cumulate(flows).at(-1);
        expect([last?.cash ?? 0n, last?.profit ?? 0n]).toEqual([netProfit, netProfit]);
      }),
    );
  });
  it('its flows are in time order and never zero', () => {
    fc.assert(
      fc.property(anyAccount, (account) => {
        const flows = committedFlows(account, at(1000));
        expect(flows.every((flow, i) => flow.amount !== 0n && flow.time >= (flows[i - 1]?.time ?? 0))).toBe(true);
      }),
    );
  });
});

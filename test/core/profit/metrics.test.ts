// Do the measures of one channel, of a peer and of a node say what their definitions say?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChannelAccount } from '../../../src/core/profit/account.ts';
import { carr } from '../../../src/core/profit/carr.ts';
import { committedFlows } from '../../../src/core/profit/cash-flow.ts';
import { discountedFlows } from '../../../src/core/profit/discounted.ts';
import { addWeights, meanBalance, weigh } from '../../../src/core/profit/employed.ts';
import { byPeer, metricsOf, paidBackAt, type Holding } from '../../../src/core/profit/metrics.ts';
import { SECONDS_PER_YEAR } from '../../../src/core/profit/series.ts';
import { statementOf } from '../../../src/core/profit/statement.ts';
import { channelId, msat, msatToSats, nodeId, satsToMsat, SECONDS_PER_DAY, unixSec } from '../../../src/core/units.ts';
import { ARTICLE, entry, estimate, exact } from './article.ts';

const T = 1_700_000_000;
const at = (seconds: number) => unixSec(T + seconds);
const NOW = at(SECONDS_PER_YEAR);
const own: ChannelAccount = {
  ...ARTICLE,
  openedAt: at(0),
  openingFee: exact(1000),
  routing: [entry(at(100), 400), entry(at(200), 900)],
  rebalances: [entry(at(150), 200)],
  end: { state: 'open', fee: estimate(450) },
};
const remote: ChannelAccount = {
  ...own,
  channelId: channelId('c3'.repeat(32)),
  peerId: nodeId('03' + 'd4'.repeat(32)),
  funding: exact(0),
  openingFee: exact(0),
  rebalances: [],
  end: { state: 'open', fee: exact(0) },
};
const holding = (account: ChannelAccount, employedSats: number | null = 500_000): Holding => ({
  account,
  employed: employedSats === null ? null : satsToMsat(employedSats),
});

describe('the measures of an open channel', () => {
  const metrics = metricsOf([holding(own)], NOW, 0.1);
  it('count what has happened in costs and ROIs, and the close in CARR and present value', () => {
    expect(msatToSats(metrics.totals.netProfit)).toBe(100);
    expect(msatToSats(metrics.totals.closeCost)).toBe(0);
    expect(metrics.roi.value).toBeCloseTo(100 / 1200, 14);
    expect(metrics.returnOnCapital.value).toBeCloseTo(0.0001, 14);
    expect(metrics.carr).toEqual(carr(committedFlows(own, NOW)));
    expect(metrics.carr.carr).toBeCloseTo(-0.00035, 5);
    const rows = discountedFlows(committedFlows(own, NOW), 0.1);
    expect(metrics.netPresentValue.value).toBeCloseTo(
      rows.reduce((sum, row) => sum + row.presentValue, 0),
      3,
    );
  });
  it('are marked as estimates only where they hold one', () => {
    expect(metrics.totals.estimated).toBe(false);
    expect(statementOf(committedFlows(own, NOW))).toMatchObject({ estimated: true, capital: 1_000_000_000n });
  });
  it('count a lease paid among the costs, and one earned as income', () => {
    const { totals } = metricsOf([holding({ ...own, lease: exact(-70) })], NOW, 0);
    expect([totals.leaseCost, totals.totalCost, totals.netProfit].map(msatToSats)).toEqual([70, 1270, 30]);
    const earned = metricsOf([holding({ ...own, lease: exact(70) })], NOW, 0).totals;
    expect([earned.leaseIncome, earned.totalCost, earned.netProfit].map(msatToSats)).toEqual([70, 1200, 170]);
  });
  it('hold the return on employed capital, a year, not compounded', () => {
    expect(metrics.employedReturn.value).toBeCloseTo(100 / 500_000, 14);
    const half = metricsOf([holding(own)], at(SECONDS_PER_YEAR / 2), 0);
    expect(half.employedReturn.value).toBeCloseTo(200 / 500_000, 14);
  });
  it('name the second that paid back, and forget it when the balance falls below again', () => {
    expect(paidBackAt([holding(own)])).toEqual({ value: at(200), reason: null });
    const again = { ...own, rebalances: [...own.rebalances, entry(at(300), 101)] };
    expect(paidBackAt([holding(again)])).toEqual({ value: null, reason: 'not_paid_back' });
    const later = { ...again, routing: [...own.routing, entry(at(400), 1)] };
    expect(paidBackAt([holding(later)]).value).toBe(at(400));
    // A present is no cost, and none has to be earned back.
    expect(paidBackAt([holding({ ...own, push: exact(-50_000) })]).value).toBe(at(200));
  });
  it('sum the flows of one second before they judge it', () => {
    const same = { ...own, routing: [entry(at(150), 1200)], rebalances: [entry(at(150), 201)] };
    expect(paidBackAt([holding(same)]).reason).toBe('not_paid_back');
  });
});

describe('undefined measures say why', () => {
  it('a channel the peer opened', () => {
    const metrics = metricsOf([holding(remote)], NOW, 0);
    expect(metrics.carr).toMatchObject({ carr: null, reason: 'no_capital' });
    expect(metrics.returnOnCapital.reason).toBe('no_capital');
    expect(metrics.roi.reason).toBe('no_cost');
    expect(metrics.employedReturn.value).toBeCloseTo(1300 / 500_000, 14);
    expect(paidBackAt([holding(remote)]).value).toBe(at(100));
    expect(metrics.totals.totalCost).toBe(0n);
  });
  it('a channel without any flow, without balance, or of unknown balance', () => {
    const idle = { ...remote, routing: [] };
    expect(paidBackAt([holding(idle)]).reason).toBe('no_cost');
    expect(metricsOf([holding(idle, 0)], NOW, 0).employedReturn.reason).toBe('no_employed_capital');
    expect(metricsOf([holding(idle, null)], NOW, 0).employedReturn.reason).toBe('balance_unknown');
  });
  it('a channel of less than a day', () => {
    const metrics = metricsOf([holding(own)], at(SECONDS_PER_DAY - 1), 0);
    expect(metrics.carr).toMatchObject({ carr: null, reason: 'lifetime_under_a_day' });
    expect(metrics.employedReturn.reason).toBe('lifetime_under_a_day');
  });
  it('a return that is more than a thousandfold a year', () => {
    const lucky = { ...own, routing: [entry(at(100), 100_000)], rebalances: [] };
    const soon = metricsOf([holding(lucky)], at(2 * SECONDS_PER_DAY), 0);
    expect(soon.carr).toMatchObject({ carr: null, reason: 'rate_too_high' });
    expect(soon.returnOnCapital.value).toBeCloseTo(0.099, 3);
    expect(metricsOf([holding(lucky)], NOW, 0).carr.carr).toBeGreaterThan(0.09);
  });
  it('a present value at no rate', () => {
    expect(metricsOf([holding(own)], NOW, -1).netPresentValue.reason).toBe('out_of_range');
    expect(() => discountedFlows([], -1)).toThrow(/above -1, got -1/);
    expect(discountedFlows([], 0.1)).toEqual([]);
  });
});

describe('several channels', () => {
  const closed: ChannelAccount = { ...own, end: { state: 'closed', time: at(SECONDS_PER_YEAR / 2), fee: exact(300) } };
  it('are one set of flows: totals add up, CARR is that of all of them', () => {
    const all = [own, remote, closed];
    const node = metricsOf(
      all.map((account) => holding(account)),
      NOW,
      0,
    );
    const profits = all.map((account) => metricsOf([holding(account)], NOW, 0).totals.netProfit);
    expect(node.totals.netProfit).toBe(profits.reduce((a, b) => a + b, 0n));
    // A day's fees count at their mean second, of all channels together as of each alone.
    const bySecond = carr(all.flatMap((account) => committedFlows(account, NOW)));
    expect(node.carr.carr).toBeCloseTo(bySecond.carr ?? Number.NaN, 9);
    expect(node.capital).toBe(satsToMsat(2_000_000));
    expect(node.employedReturn.value).toBeCloseTo(msatToSats(node.totals.netProfit) / (500_000 * 2.5), 12);
  });
  it('are grouped by peer', () => {
    const groups = byPeer([holding(own), holding(remote), holding(closed)]);
    expect([...groups].map(([peer, members]) => [peer, members.length])).toEqual([
      [own.peerId, 2],
      [remote.peerId, 1],
    ]);
  });
});

describe('the mean balance', () => {
  const change = (seconds: number, amount: number) => ({ time: at(seconds), amount: msat(amount) });
  const seen = weigh([change(0, 100), change(10, 300), change(30, -400)]);
  it('weighs each balance with the time it lasted', () => {
    expect(meanBalance(seen, at(0), at(40))).toBe(225n);
    expect(meanBalance(weigh([change(0, 100)]), at(0), at(5))).toBe(100n);
    expect(meanBalance(addWeights(weigh([change(10, 300)]), weigh([change(0, 100)])), at(0), at(20))).toBe(250n);
  });
  it('is none before time has passed', () => {
    expect(meanBalance(seen, at(0), at(0))).toBeNull();
    expect(meanBalance(weigh([]), at(0), at(9))).toBe(0n);
  });
  it('is the balance added up second by second', () => {
    const changes = fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: -900, max: 900 })));
    fc.assert(
      fc.property(changes, fc.integer({ min: 51, max: 60 }), (list, end) => {
        let sum = 0;
        for (let second = 0; second < end; second++)
          for (const [time, amount] of list) if (time <= second) sum += amount;
        const mean = meanBalance(weigh(list.map(([time, amount]) => change(time, amount))), at(0), at(end));
        expect(mean).toBe(BigInt(Math.trunc(sum / end)));
      }),
    );
  });
});

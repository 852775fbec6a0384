// What holds of every plan, whatever the node and the market?
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunk, chunkWithin } from '../../../src/core/rebalance/amount.ts';
import {
  beyondBudget,
  evaluatePair,
  minProfit,
  profitAtMost,
  prospectOfGiver,
  prospectOfTaker,
} from '../../../src/core/rebalance/evaluate.ts';
import { rememberFailure } from '../../../src/core/rebalance/failure-memory.ts';
import { approve, type Capital } from '../../../src/core/rebalance/guard.ts';
import { bestOrder, HopedOrder, marketOf, planRebalances } from '../../../src/core/rebalance/plan.ts';
import type { PlanChannel, PlanInput, Proposal, RebalancePlan } from '../../../src/core/rebalance/plan-types.ts';
import { msat, msatToFloat, negMsat, ppm, type ChannelId } from '../../../src/core/units.ts';
import { withWay } from '../../../src/core/rebalance/ways.ts';
import { later } from './builders.ts';
import { nodes } from './nodes.ts';

/** 100,000 were run once; PROPERTY_RUNS asks for more than the suite has time for. */
const runs = Number(process.env['PROPERTY_RUNS'] ?? 400);
const check = <T>(arbitrary: fc.Arbitrary<T>, property: (value: T) => void, share = 1): void => {
  fc.assert(fc.property(arbitrary, property), { numRuns: Math.ceil(runs * share) });
};

const channelOf = (input: PlanInput, id: ChannelId): PlanChannel => {
  const found = input.channels.find(({ view }) => view.channelId === id);
  if (found === undefined) throw new Error(`no channel ${id}`);
  return found;
};
/** Msat; one that is balanced leans toward a SOURCE as far as its traffic leaves. */
const targetOf = ({ traffic }: PlanInput, { flow, view }: PlanChannel): number => {
  const { inMsat, outMsat } = traffic.get(view.peerId) ?? { inMsat: 1, outMsat: 1 };
  const leaning = 50 + (35 * Math.max(0, outMsat - inMsat)) / (outMsat + inMsat);
  return Math.floor((msatToFloat(view.capacity) * { source: 85, balanced: leaning, sink: 15 }[flow]) / 100);
};

/** The capital as it is once an order is reserved and its payment in flight. */
const reserved = (capital: Capital, { amountMsat, maxFeeMsat }: Proposal): Capital => {
  const { spending, funds } = capital;
  if (spending === null || funds === null) throw new Error('capital is known');
  return {
    ...capital,
    spending: { ...spending, reservedMsat: msat(spending.reservedMsat + maxFeeMsat) },
    funds: { ...funds, channelsMsat: msat(funds.channelsMsat - amountMsat - maxFeeMsat) },
  };
};

/** Spends no more than is left of the budget and never breaches the reserve, as the guard confirms order by order. */
function withinCapital(input: PlanInput, { approved }: RebalancePlan): void {
  let { capital } = input;
  const { spending, funds, dailyBudgetMsat, minReserveMsat } = capital;
  if (spending === null || funds === null) throw new Error('capital is known');
  for (const order of approved) {
    expect(approve({ ...order, id: 'x', deadline: later(60) }, capital)).toMatchObject({ ok: true });
    capital = reserved(capital, order);
  }
  if (approved.length === 0) return;
  const fees = approved.reduce((total, { maxFeeMsat }) => total + maxFeeMsat, 0n);
  const away = approved.reduce((total, { amountMsat }) => total + amountMsat, fees);
  expect(approved.length).toBeLessThanOrEqual(input.maxOrders);
  expect(spending.spentMsat + spending.reservedMsat + fees).toBeLessThanOrEqual(dailyBudgetMsat);
  expect(funds.onchainMsat + funds.channelsMsat - away).toBeGreaterThanOrEqual(minReserveMsat);
}

/** Below the break-even band even without what is sunk. */
const losesBeyondOpening = ({ netProfitMsat, totalCostMsat, openingCostMsat }: NonNullable<PlanChannel['returns']>) =>
  20n * (netProfitMsat + openingCostMsat) < -(totalCostMsat - openingCostMsat);

/** Orders nothing with a spread of 0 or less, or a profit below the minimum, or a cap that could lose. */
function worthIt(input: PlanInput, { approved }: RebalancePlan): void {
  for (const { evaluation, maxFeeMsat, amountMsat, from, to } of approved) {
    const { valuePpm, opportunityPpm, inboundPpm, spreadPpm, expectedFeeMsat, expectedProfitMsat } = evaluation;
    const { returns, view } = channelOf(input, to.channelId);
    const factor = returns !== null && losesBeyondOpening(returns) ? 2n : 1n;
    expect(spreadPpm).toBeGreaterThan(0);
    expect(spreadPpm).toBeCloseTo(valuePpm - opportunityPpm - inboundPpm, 6);
    expect(expectedProfitMsat).toBeGreaterThanOrEqual(factor * input.minProfitMsat);
    // A losing route is always forbidden: even at the cap what arrives is worth more than all it cost.
    const worth = (msatToFloat(amountMsat) * (valuePpm - opportunityPpm)) / 1e6;
    expect(msatToFloat(maxFeeMsat)).toBeLessThanOrEqual(worth);
    // A fair one never: what it is expected to cost is within the cap, and no less than the last hop.
    expect(maxFeeMsat).toBeGreaterThanOrEqual(expectedFeeMsat);
    expect(msatToFloat(expectedFeeMsat)).toBeGreaterThanOrEqual((msatToFloat(amountMsat) * inboundPpm) / 1e6);
    expect(inboundPpm).toBeGreaterThanOrEqual(view.remote?.feePpm ?? 0);
    expect(valuePpm).toBeLessThanOrEqual(view.feePpm);
    // Room earns no more than what comes in by it, and nothing where nothing does.
    const { earnsPpm } = input.traffic.get(from.peerId) ?? { earnsPpm: 0 };
    expect(opportunityPpm).toBeGreaterThanOrEqual(-earnsPpm);
  }
}

/** Drains no source below its own target, fills no destination beyond its own, and stays within what channels carry. */
function withinBounds(input: PlanInput, { approved }: RebalancePlan): void {
  const moved = new Map<ChannelId, bigint>();
  const add = (id: ChannelId, amount: bigint): void => void moved.set(id, (moved.get(id) ?? 0n) + amount);
  for (const { from, to, amountMsat } of input.open) {
    add(from, negMsat(amountMsat));
    add(to, amountMsat);
  }
  for (const { from, to, amountMsat, maxFeeMsat } of approved) {
    add(from.channelId, negMsat(amountMsat));
    add(to.channelId, amountMsat);
    const source = channelOf(input, from.channelId);
    const destination = channelOf(input, to.channelId);
    const left = source.view.toUs + (moved.get(from.channelId) ?? 0n) - maxFeeMsat;
    expect(msatToFloat(msat(left))).toBeGreaterThanOrEqual(targetOf(input, source));
    const filled = destination.view.toUs + (moved.get(to.channelId) ?? 0n);
    expect(msatToFloat(msat(filled))).toBeLessThanOrEqual(targetOf(input, destination));
    expect(amountMsat + maxFeeMsat).toBeLessThanOrEqual(source.view.spendable);
    expect(amountMsat).toBeLessThanOrEqual(destination.view.receivable);
    expect(amountMsat).toBeLessThanOrEqual(source.view.htlcMax);
    const { remote } = destination.view;
    if (remote !== null) expect(amountMsat).toBeLessThanOrEqual(remote.htlcMaxMsat);
    expect(amountMsat % 1000n).toBe(0n);
  }
}

/** Fills no zombie, nothing unknown, offline or forbidden, and no pair twice. */
function eligible(input: PlanInput, { approved }: RebalancePlan): void {
  for (const { from, to } of approved) {
    const source = channelOf(input, from.channelId);
    const { view, returns, policy, dailyOutMsat } = channelOf(input, to.channelId);
    expect(returns).not.toBeNull();
    expect(returns?.profitClass).not.toBe('zombie');
    expect(dailyOutMsat ?? 0).toBeGreaterThan(0);
    expect(view.connected && source.view.connected).toBe(true);
    expect(view.peerId).not.toBe(source.view.peerId);
    expect(['both', 'sink_only']).toContain(policy);
    expect(['both', 'source_only']).toContain(source.policy);
    expect(input.open.some((each) => each.from === from.channelId && each.to === to.channelId)).toBe(false);
  }
  expect(new Set(approved.map(({ to }) => to.channelId)).size).toBe(approved.length);
}

/** Has two verdicts on every channel, all figures finite. */
function explained(input: PlanInput, { verdicts }: RebalancePlan): void {
  expect(verdicts).toHaveLength(2 * input.channels.length);
  for (const { pairs, trail } of verdicts)
    for (const { values } of [...trail, ...pairs.flatMap((pair) => pair.trail)])
      for (const value of Object.values(values))
        if (typeof value === 'number' && !Number.isFinite(value)) expect.fail();
}

describe('every plan', () => {
  it('is within capital, worth it, within bounds, of eligible channels, and explained', () => {
    let orders = 0;
    check(nodes(), (input) => {
      const plan = planRebalances(input);
      withinCapital(input, plan);
      worthIt(input, plan);
      withinBounds(input, plan);
      eligible(input, plan);
      explained(input, plan);
      orders += plan.approved.length;
    });
    // All that would hold of a search that never finds anything.
    expect(orders).toBeGreaterThan(runs / 8);
  });

  it('is the same in whatever order the channels come', () => {
    check(
      nodes().chain((input) =>
        fc
          .shuffledSubarray([...input.channels], { minLength: input.channels.length })
          .map((channels) => [input, channels] as const),
      ),
      ([input, channels]) => {
        const prices = new Map([...input.prices].reverse());
        const shuffled = {
          ...input,
          channels,
          prices,
          paid: [...input.paid].reverse(),
          open: [...input.open].reverse(),
        };
        expect(planRebalances(shuffled)).toEqual(planRebalances(input));
      },
      0.5,
    );
  });

  it('names the same first order where nobody asks why', () => {
    check(nodes(), (input) => {
      const [first = null] = planRebalances(input).approved;
      expect(bestOrder(input)).toEqual(first && { ...first, trail: [] });
    });
  });

  it('serves nobody to whom an order has failed in this cycle, and says of them what they would be', () => {
    check(nodes(), (given) => {
      const { approved, verdicts } = planRebalances(given);
      const [first] = approved;
      if (first === undefined) return;
      const to = first.to.channelId;
      const input = { ...given, tried: new Set([to]) };
      const after = planRebalances(input);
      expect(after.approved.map((order) => order.to.channelId)).not.toContain(to);
      expect(bestOrder(input)?.to.channelId).not.toBe(to);
      const reasonOf = (all: typeof verdicts) =>
        all.find(({ channelId, role }) => channelId === to && role === 'destination')?.reason;
      expect(reasonOf(verdicts)).toBe('approved');
      expect(reasonOf(after.verdicts)).toBe('tried');
    });
  });

  it('names the same order to hope for as a search from the beginning, however much has become known on the way', () => {
    const answers = fc.array(fc.option(fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 2000 }))), {
      maxLength: 12,
    });
    check(fc.tuple(nodes(), answers), ([given, told]) => {
      let input = given;
      const search = new HopedOrder(given);
      for (const answer of [...told, null]) {
        const best = search.best();
        expect(best).toEqual(bestOrder({ ...input, hopeful: true }));
        if (best === null) return;
        const pair = { from: best.from.channelId, to: best.to.channelId };
        const failures = new Map(input.failures);
        if (answer === null)
          for (const record of rememberFailure(failures, pair, 'no-route', input.now))
            failures.set(record.subject, record);
        const ways = answer === null ? input.ways : withWay(input.ways, pair, { at: input.now, ppm: answer });
        input = { ...input, ways, failures };
        search.learn(pair, input);
      }
    });
  });

  it('leaves no pair out beforehand that would have become an order', () => {
    /** Little budget, great values, and a minimum near what is expected: where caps and profits are close. */
    const close = fc
      .tuple(nodes(true), fc.integer({ min: 0, max: 200_000 }), fc.constantFrom(1, 10), fc.constantFrom(0.5, 0.99, 1))
      .map(([input, left, dearer, part]) => {
        const limited = { ...input, capital: { ...input.capital, dailyBudgetMsat: msat(1_000_000_000n) } };
        const { spending } = limited.capital;
        const rest = msat(1_000_000_000 - (dearer > 1 ? 0 : left));
        const capital = { ...limited.capital, spending: spending && { spentMsat: rest, reservedMsat: msat(0) } };
        const channels = input.channels.map((each) => ({
          ...each,
          view: { ...each.view, feePpm: ppm(each.view.feePpm * dearer) },
        }));
        const prices = new Map(
          [...input.prices].map(([peer, { price, scale, slow, level }]) => [
            peer,
            { price: price * dearer, scale: scale * dearer, slow: slow * dearer, level: level * dearer },
          ]),
        );
        return { ...limited, channels, prices, capital: dearer > 1 ? input.capital : capital, part };
      });
    let leftOut = 0;
    let approved = 0;
    check(close, ({ part, ...input }) => {
      for (const from of input.channels)
        for (const to of input.channels) {
          if (from === to) continue;
          const { working } = evaluatePair(from, to, marketOf(input));
          if (working === null || !(working.profit > 0)) continue;
          // Its own profit, or a part of it, is asked for: the closest that a minimum can be.
          const market = marketOf({ ...input, minProfitMsat: msat(Math.floor(working.profit * part)) });
          const minimum = minProfit(to, market.input);
          const isOrder = evaluatePair(from, to, market).reason === 'approved';
          const giver = prospectOfGiver(from, market);
          const taker = prospectOfTaker(to, market);
          if (market.room.ok) {
            const funds = msatToFloat(market.room.value.fundsMsat);
            expect(chunkWithin(giver.most, taker.most, funds)).toBe(chunk(from, to, market.board, funds).amount);
          }
          const isLeftOut = profitAtMost(giver, taker, market) < minimum || beyondBudget(giver, taker, market);
          if (isOrder) approved++;
          if (isLeftOut) leftOut++;
          expect(isOrder && isLeftOut).toBe(false);
        }
    });
    expect(leftOut).toBeGreaterThan(0);
    expect(approved).toBeGreaterThan(runs / 8);
  });

  it('refuses everything where spending or funds are unreadable, or the budget is zero', () => {
    check(
      fc.tuple(nodes(), fc.constantFrom('spending', 'funds', 'budget')),
      ([input, what]) => {
        const capital: Capital = {
          ...input.capital,
          ...(what === 'spending'
            ? { spending: null }
            : what === 'funds'
              ? { funds: null }
              : { dailyBudgetMsat: msat(0) }),
        };
        expect(planRebalances({ ...input, capital }).approved).toEqual([]);
      },
      0.5,
    );
  });
});

describe('a better spread', () => {
  /** The destination sells for so much more. */
  const dearer = (input: PlanInput, to: PlanChannel, by: number): PlanInput => {
    const price = input.prices.get(to.view.peerId);
    if (price === undefined) return input;
    return {
      ...input,
      prices: new Map([
        ...input.prices,
        [to.view.peerId, { ...price, slow: price.slow + by, price: price.price + by }],
      ]),
      channels: input.channels.map((each) =>
        each === to ? { ...each, view: { ...each.view, feePpm: ppm(each.view.feePpm + by) } } : each,
      ),
    };
  };
  const by = fc.integer({ min: 1, max: 20_000 });

  it('never turns an accepted pair into a refused one', () => {
    let accepted = 0;
    // Where the cap is what budget, reserve or source leave.
    let bounded = 0;
    check(fc.tuple(nodes(true), by), ([input, more]) => {
      const market = marketOf(input);
      for (const from of input.channels)
        for (const to of input.channels) {
          if (from === to) continue;
          const { reason, maxFee, working } = evaluatePair(from, to, market);
          if (reason !== 'approved') continue;
          accepted++;
          if ((maxFee ?? 0) < (working?.breakEven ?? 0)) bounded++;
          const better = dearer(input, to, more);
          const improved = channelOf(better, to.view.channelId);
          expect(evaluatePair(from, improved, marketOf(better)).reason).toBe('approved');
        }
    });
    expect(accepted).toBeGreaterThan(runs / 8);
    expect(bounded).toBeGreaterThan(runs / 40);
  });

  it('never drops an accepted destination from the plan', () => {
    check(fc.tuple(nodes(true), by), ([input, more]) => {
      for (const { to } of planRebalances(input).approved) {
        const better = dearer(input, channelOf(input, to.channelId), more);
        expect(planRebalances(better).approved.map((order) => order.to.channelId)).toContain(to.channelId);
      }
    });
  });

  it('is also a cheaper way, and nothing given up at the source', () => {
    check(
      nodes(true),
      (input) => {
        const free = {
          ...input,
          paid: [],
          channels: input.channels.map((each) => ({
            ...each,
            view: {
              ...each.view,
              remote: each.view.remote === null ? null : { ...each.view.remote, feePpm: ppm(0) },
            },
          })),
        };
        const unpaid = { ...input, paid: [] };
        const [before, after] = [marketOf(unpaid), marketOf(free)];
        for (const from of input.channels)
          for (const to of input.channels) {
            if (from === to || evaluatePair(from, to, before).reason !== 'approved') continue;
            const cheap = channelOf(free, to.view.channelId);
            const idle = { ...from, dailyOutMsat: 0, lots: { remainingMsat: msat(0), costMsat: msat(0) } };
            expect(evaluatePair(from, cheap, after).reason).toBe('approved');
            expect(evaluatePair(idle, to, before).reason).toBe('approved');
          }
      },
      0.5,
    );
  });
});

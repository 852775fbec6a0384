// Does the search find what pays, and say of everything else which gate refused it and by how much?
import { describe, expect, it } from 'vitest';
import { Board } from '../../../src/core/rebalance/board.ts';
import { approve } from '../../../src/core/rebalance/guard.ts';
import { planRebalances } from '../../../src/core/rebalance/plan.ts';
import type { ChannelVerdict, PlanChannel, PlanInput, RebalancePlan } from '../../../src/core/rebalance/plan-types.ts';
import { REBALANCE_REASONS, REBALANCE_STEPS } from '../../../src/core/rebalance/reasons.ts';
import { msat, nodeId, ZERO_MSAT } from '../../../src/core/units.ts';
import { CAPITAL, chan, flatPrice, input, later, NOW, peer, planChannel, sats } from './builders.ts';

/** A full channel that hardly sells, and an empty one that sells well. */
const FULL = planChannel({ n: 1, share: 0.9, feePpm: 100, dailyOutSats: 50_000 });
const EMPTY = planChannel({ n: 2, share: 0.1 });

const verdict = (plan: RebalancePlan, n: number, role: ChannelVerdict['role']): ChannelVerdict => {
  const found = plan.verdicts.find((each) => each.channelId === chan(n) && each.role === role);
  if (found === undefined) throw new Error(`no verdict on ${n} as ${role}`);
  return found;
};
const reasonFor = (to: PlanChannel, changes: Partial<PlanInput> = {}, from: PlanChannel = FULL): string =>
  verdict(planRebalances(input([from, to], changes)), 2, 'destination').reason;

describe('a plan', () => {
  it('moves a chunk from the full channel to the empty one, for less than it is worth', () => {
    const { approved } = planRebalances(input([FULL, EMPTY]));
    expect(approved).toHaveLength(1);
    const [order] = approved;
    if (order === undefined) return;
    expect([order.from.channelId, order.to.channelId]).toEqual([chan(1), chan(2)]);
    // A tenth of the capacity at once.
    expect(order.amountMsat).toBe(sats(1_000_000));
    const { evaluation, maxFeeMsat } = order;
    // Under a cap so high it costs what is usual.
    expect(evaluation.inboundPpm).toBe(250);
    expect(evaluation.spreadPpm).toBeGreaterThan(0);
    expect(evaluation.expectedFeeMsat).toBe(sats(250));
    expect(maxFeeMsat).toBe(evaluation.breakEvenMsat);
    expect(evaluation.expectedProfitMsat).toBe(msat(evaluation.breakEvenMsat - evaluation.expectedFeeMsat));
  });

  it('judges the destination by its price halfway through the chunk, not before it', () => {
    const { approved } = planRebalances(input([FULL, EMPTY]));
    // Bid price 1500 x (0.5 - 0.15) = 525 at 15 %, where it was 1500 x 0.4 x 1.6 = 960 at 10 %.
    const step = approved[0]?.trail.find((each) => each.step === 'destination');
    expect(step?.values['bid_ppm']).toBeCloseTo(525, 0);
  });

  it('lowers the price of a destination that drains as pricing did, by the share it will have', () => {
    const calm = input([FULL, EMPTY]);
    const draining = input([FULL, EMPTY], {
      prices: new Map([...calm.prices, [peer(2), { ...flatPrice(0), scale: 1500, level: 1500 * 0.5 * 2.8 }]]),
    });
    const bid = (of: PlanInput): unknown =>
      planRebalances(of).approved[0]?.trail.find(({ step }) => step === 'destination')?.values['bid_ppm'];
    expect(Number(bid(draining))).toBeCloseTo(1500 * 0.45 * 2.2, 0);
    expect(Number(bid(draining))).toBeGreaterThan(Number(bid(calm)));
  });

  it('writes a trail whose steps and reasons are all in the tables, for every channel in both roles', () => {
    const { approved, verdicts } = planRebalances(input([FULL, EMPTY, planChannel({ n: 3 })]));
    expect(approved[0]?.trail.map(({ step }) => step)).toEqual([
      'amount',
      'destination',
      'source',
      'inbound',
      'spread',
      'profit',
      'cap',
    ]);
    expect(verdicts.map(({ channelId, role }) => [channelId, role])).toEqual(
      [1, 2, 3].flatMap((n) => [
        [chan(n), 'destination'],
        [chan(n), 'source'],
      ]),
    );
    for (const { reason, pairs, trail } of verdicts) {
      expect(Object.keys(REBALANCE_REASONS)).toContain(reason);
      for (const pair of pairs) expect(Object.keys(REBALANCE_REASONS)).toContain(pair.reason);
      for (const { step } of [...trail, ...pairs.flatMap((pair) => pair.trail)])
        expect(Object.keys(REBALANCE_STEPS)).toContain(step);
    }
  });
});

describe('targets (design 6.3)', () => {
  it.each([
    ['source', 0.8, 'approved'],
    ['source', 0.85, 'at-target'],
    ['balanced', 0.4, 'approved'],
    ['balanced', 0.5, 'at-target'],
    ['sink', 0.06, 'sink-not-critical'],
    ['sink', 0.049, 'approved'],
    ['sink', 0.15, 'sink-not-critical'],
  ] as const)('a %s at %d is %s', (flow, share, reason) => {
    const to = { ...planChannel({ n: 2, share }), flow };
    expect(
      reasonFor(to, {
        prices: new Map([
          [peer(1), flatPrice(0)],
          [peer(2), flatPrice(900)],
        ]),
      }),
    ).toBe(reason);
  });

  it.each([
    ['source', 0.86, 'approved'],
    ['source', 0.84, 'nothing-to-spare'],
    ['balanced', 0.7, 'approved'],
    ['balanced', 0.5, 'nothing-to-spare'],
    ['sink', 0.3, 'approved'],
    ['sink', 0.14, 'nothing-to-spare'],
  ] as const)('taken from, a %s at %d is %s', (flow, share, reason) => {
    const from = { ...planChannel({ n: 1, share, dailyOutSats: 0 }), flow };
    const plan = planRebalances(input([from, EMPTY]));
    expect(verdict(plan, 1, 'source').reason).toBe(reason);
    for (const { amountMsat, maxFeeMsat } of plan.approved)
      expect(from.view.toUs - amountMsat - maxFeeMsat).toBeGreaterThanOrEqual(
        (from.view.capacity * { source: 85n, balanced: 50n, sink: 15n }[flow]) / 100n,
      );
  });

  it('serves a SOURCE before a more profitable balanced channel', () => {
    const balanced = planChannel({ n: 2, share: 0.05, feePpm: 3000 });
    const source = { ...planChannel({ n: 3, share: 0.3 }), flow: 'source' as const };
    const prices = new Map([1, 2, 3].map((n) => [peer(n), flatPrice(n === 1 ? 0 : n === 2 ? 3000 : 900)]));
    const { approved } = planRebalances(input([FULL, balanced, source], { prices }));
    expect(approved.map(({ to }) => to.channelId)).toEqual([chan(3), chan(2)]);
  });
});

describe('what bounds the amount', () => {
  const amountOf = (from: PlanChannel, to: PlanChannel, changes: Partial<PlanInput> = {}): [number, unknown] => {
    const plan = planRebalances(input([from, to], changes));
    const amount = verdict(plan, 2, 'destination').pairs[0]?.trail.find(({ step }) => step === 'amount');
    return [Number(amount?.values['sats']), amount?.values['bound']];
  };
  const remote = EMPTY.view.remote;
  if (remote === null) throw new Error('the peer has a fee');

  it.each([
    ['a tenth of the smaller channel', FULL, EMPTY, 1_000_000, 'chunk'],
    ['a fifth of a small one', FULL, planChannel({ n: 2, share: 0.1, capacitySats: 2_000_000 }), 400_000, 'chunk'],
    [
      'in between no more than goes easily',
      FULL,
      planChannel({ n: 2, share: 0.1, capacitySats: 4_000_000 }),
      500_000,
      'chunk',
    ],
    ['destination room', FULL, planChannel({ n: 2, share: 0.45 }), 500_000, 'room'],
    ['what the source can spare, less room for the fee', planChannel({ n: 1, share: 0.55 }), EMPTY, 495_049, 'spare'],
    ['spendable', planChannel({ n: 1, share: 0.9, view: { spendable: sats(101_000) } }), EMPTY, 100_000, 'spendable'],
    ['receivable', FULL, planChannel({ n: 2, share: 0.1, view: { receivable: sats(60_000) } }), 60_000, 'receivable'],
    [
      'our HTLC limit',
      planChannel({ n: 1, share: 0.9, view: { htlcMax: sats(202_000) } }),
      EMPTY,
      200_000,
      'source-htlc-max',
    ],
    [
      "the peer's HTLC limit",
      FULL,
      planChannel({ n: 2, share: 0.1, view: { remote: { ...remote, htlcMaxMsat: sats(70_000) } } }),
      70_000,
      'destination-htlc-max',
    ],
  ] as const)('%s', (_, from, to, amount, bound) => {
    expect(amountOf(from, to)).toEqual([amount, bound]);
  });

  it('the wallet reserve', () => {
    const funds = { onchainMsat: ZERO_MSAT, channelsMsat: sats(1_101_000) };
    expect(amountOf(FULL, EMPTY, { capital: { ...CAPITAL, funds } })).toEqual([100_000, 'reserve']);
  });

  it('is in whole sats, because two drivers know nothing smaller', () => {
    const odd = planChannel({ n: 1, share: 0.9, view: { spendable: msat(123_456_789) } });
    const { approved } = planRebalances(input([odd, EMPTY]));
    expect(approved[0]?.amountMsat).toBe(sats(122_234));
  });

  it('is refused where it is less than the peer accepts', () => {
    const picky = planChannel({ n: 2, share: 0.1, view: { remote: { ...remote, htlcMinMsat: sats(2_000_000) } } });
    expect(reasonFor(picky)).toBe('too-little');
  });

  it('counts what is in flight: the channel is already filled', () => {
    const open = [{ from: chan(9), to: chan(2), amountMsat: sats(4_000_000) }];
    expect(reasonFor(EMPTY, { open })).toBe('at-target');
    expect(reasonFor(EMPTY, { open: [{ from: chan(1), to: chan(9), amountMsat: sats(4_000_000) }] })).toBe('no-source');
  });

  it('counts on nothing that is still under way: neither on what is to arrive, nor on the room of what is to leave', () => {
    const [full, empty] = [planChannel({ n: 1, share: 0.9 }), planChannel({ n: 2, share: 0.1 })];
    const open = [{ from: chan(1), to: chan(2), amountMsat: sats(500_000) }];
    const board = new Board(input([full, empty], { open }));
    const [spendable, receivable] = [Number(full.view.spendable), Number(empty.view.receivable)];
    expect(board.figures(full)).toMatchObject({
      local: 8_500_000_000,
      spendable: spendable - 500_000_000,
      receivable: Number(full.view.receivable),
    });
    expect(board.figures(empty)).toMatchObject({
      local: 1_500_000_000,
      spendable: Number(empty.view.spendable),
      receivable: receivable - 500_000_000,
    });
  });

  it('counts drains planned earlier in the cycle', () => {
    const source = planChannel({ n: 1, share: 0.63, feePpm: 100, dailyOutSats: 0 });
    const empties = [2, 3, 4].map((n) => planChannel({ n, share: 0.1 }));
    const { approved, verdicts } = planRebalances(input([source, ...empties]));
    const taken = approved.reduce((total, { amountMsat, maxFeeMsat }) => total + amountMsat + maxFeeMsat, 0n);
    expect(approved).toHaveLength(2);
    expect(source.view.toUs - taken).toBeGreaterThanOrEqual(sats(5_000_000));
    expect(verdicts.filter(({ reason }) => reason === 'approved')).toHaveLength(3);
  });
});

describe('gates', () => {
  const returns = EMPTY.returns;
  if (returns === null) throw new Error('returns are known');
  const with2 = (changes: Partial<PlanChannel>): PlanChannel => ({ ...EMPTY, ...changes });
  const view2 = (changes: Partial<PlanChannel['view']>): PlanChannel => ({
    ...EMPTY,
    view: { ...EMPTY.view, ...changes },
  });

  it.each([
    ['no-scid', view2({ scid: null })],
    ['splicing', view2({ state: 'CHANNELD_AWAITING_SPLICE' })],
    ['disconnected', view2({ connected: false })],
    ['policy', with2({ policy: 'none' })],
    ['policy', with2({ policy: 'source_only' })],
    ['approved', with2({ policy: 'sink_only' })],
    ['no-price', view2({ peerId: nodeId(`03${'7'.repeat(64)}`) })],
    ['returns-unknown', with2({ returns: null })],
    ['zombie', with2({ returns: { ...returns, profitClass: 'zombie' } })],
    ['no-outflow', with2({ dailyOutMsat: 0 })],
    ['no-outflow', with2({ dailyOutMsat: null })],
    ['same-peer', view2({ peerId: peer(1) })],
  ] as const)('%s', (reason, to) => {
    const prices = new Map([
      [peer(1), flatPrice(900)],
      [peer(2), flatPrice(900)],
    ]);
    expect(reasonFor(to, { prices })).toBe(reason);
  });

  it('asks twice the minimum of a channel that loses beyond its opening', () => {
    const expected = planRebalances(input([FULL, EMPTY])).approved[0]?.evaluation.expectedProfitMsat ?? ZERO_MSAT;
    const lost = { profitClass: 'underwater', netProfitMsat: sats(-1100), totalCostMsat: sats(2000) } as const;
    const underwater = with2({ returns: { ...lost, openingCostMsat: sats(1000) } });
    // All that it has lost is what the opening cost, which is spent whatever comes.
    const dearToOpen = with2({ returns: { ...lost, openingCostMsat: sats(1100) } });
    expect(reasonFor(EMPTY, { minProfitMsat: expected })).toBe('approved');
    expect(reasonFor(EMPTY, { minProfitMsat: msat(expected + 1n) })).toBe('min-profit');
    expect(reasonFor(underwater, { minProfitMsat: msat(expected / 2n) })).toBe('approved');
    expect(reasonFor(underwater, { minProfitMsat: msat(expected / 2n + 1n) })).toBe('min-profit');
    expect(reasonFor(dearToOpen, { minProfitMsat: expected })).toBe('approved');
  });

  it('never fills a channel that lost more than half of what went into it', () => {
    const lost = (net: number): PlanChannel =>
      with2({
        returns: {
          profitClass: 'underwater',
          netProfitMsat: sats(net),
          totalCostMsat: sats(1000),
          openingCostMsat: ZERO_MSAT,
        },
      });
    expect(reasonFor(lost(-500))).toBe('approved');
    expect(reasonFor(lost(-501))).toBe('deep-loser');
  });

  it('leaves a pair alone that has failed of late, and says until when', () => {
    const subject = `pair:${chan(1)}>${chan(2)}` as const;
    const record = { subject, kind: 'no-route', weight: 2, at: later(-600), until: later(3000) } as const;
    const plan = planRebalances(input([FULL, EMPTY], { failures: new Map([[subject, record]]) }));
    const found = verdict(plan, 2, 'destination');
    expect(found.reason).toBe('resting');
    expect(found.shortfall).toEqual({ unit: 'seconds', needed: later(3000), available: NOW });
    expect(found.pairs[0]?.trail[0]?.values['sentence']).toContain('failed about 2 times');
  });

  it('does nothing before the node is synced', () => {
    const plan = planRebalances(input([FULL, EMPTY], { synced: false }));
    expect(plan.approved).toEqual([]);
    expect(new Set(plan.verdicts.map(({ reason }) => reason))).toEqual(new Set(['not-synced']));
  });

  it('says by how much the spread is missed', () => {
    const dear = planChannel({ n: 2, share: 0.1, peerFeePpm: 1000 });
    const found = verdict(planRebalances(input([FULL, dear])), 2, 'destination');
    expect(found.reason).toBe('spread');
    // Not even the first sat is worth what the last hop alone costs, whatever the source.
    expect(found.shortfall).toMatchObject({ unit: 'ppm', needed: 1000 });
    expect(found.shortfall?.available).toBeCloseTo(960 * Math.exp(-1 / 730), 3);
    expect(found.pairs[0]?.shortfall?.available).toBeLessThan(525);
    expect(found.pairs[0]?.evaluation?.plainSpreadPpm).toBeCloseTo(1000 - 1000 - 0.035 * 100, 5);
  });

  it('shows what would be done next, but not at once', () => {
    const plan = planRebalances(input([FULL, EMPTY, planChannel({ n: 3, share: 0.1 })], { maxOrders: 1 }));
    expect(plan.approved).toHaveLength(1);
    expect(verdict(plan, 2, 'destination').reason).toBe('approved');
    expect(verdict(plan, 3, 'destination').reason).toBe('later');
  });

  it('knows a node without a source, and one without a destination', () => {
    expect(reasonFor(EMPTY, {}, planChannel({ n: 1, share: 0.2 }))).toBe('no-source');
    const plan = planRebalances(input([FULL, planChannel({ n: 2, share: 0.6, dailyOutSats: 0 })]));
    expect(verdict(plan, 1, 'source').reason).toBe('no-destination');
  });
});

describe('capital in a plan', () => {
  it('fits the cap to what is left of the budget', () => {
    const spending = { spentMsat: sats(4000), reservedMsat: sats(780) };
    const capital = { ...CAPITAL, spending };
    const [order] = planRebalances(input([FULL, EMPTY], { capital })).approved;
    expect(order?.maxFeeMsat).toBe(sats(220));
    // A cap below the break-even: three quarters of the way from the last hop's 100 ppm to the 220 that are left.
    expect(order?.evaluation.inboundPpm).toBe(190);
    expect(order?.evaluation.expectedFeeMsat).toBe(sats(190));
    expect(order && approve({ ...order, id: 'x', deadline: later(60) }, capital).ok).toBe(true);
  });

  it('says how much budget is missing where not even the last hop can be paid', () => {
    const capital = { ...CAPITAL, spending: { spentMsat: sats(4910), reservedMsat: ZERO_MSAT } };
    const found = verdict(planRebalances(input([FULL, EMPTY], { capital })), 2, 'destination');
    expect(found.reason).toBe('budget-used');
    expect(found.shortfall).toEqual({ unit: 'msat', needed: 100_000, available: 90_000 });
  });

  it('cuts the cap where the source could not pay more without falling below its target', () => {
    const source = planChannel({ n: 1, share: 0.55, dailyOutSats: 0 });
    const greedy = planChannel({ n: 2, share: 0.1, feePpm: 50_000 });
    const prices = new Map([
      [peer(1), flatPrice(0)],
      [peer(2), flatPrice(50_000)],
    ]);
    const [order] = planRebalances(input([source, greedy], { prices })).approved;
    expect(order?.evaluation.breakEvenMsat).toBeGreaterThan(order?.maxFeeMsat ?? 0n);
    expect((order?.amountMsat ?? 0n) + (order?.maxFeeMsat ?? 0n)).toBe(sats(500_000));
  });

  it.each([
    ['the source can send no more', planChannel({ n: 1, share: 0.9, view: { spendable: sats(101_000) } }), CAPITAL],
    [
      'the wallet reserve leaves no more',
      planChannel({ n: 1, share: 0.9 }),
      { ...CAPITAL, funds: { onchainMsat: ZERO_MSAT, channelsMsat: sats(1_101_000) } },
    ],
  ] as const)('cuts the cap where %s beside the amount', (_, source, capital) => {
    const greedy = planChannel({ n: 2, share: 0.1, feePpm: 50_000 });
    const prices = new Map([
      [peer(1), flatPrice(0)],
      [peer(2), flatPrice(50_000)],
    ]);
    const [order] = planRebalances(input([source, greedy], { prices, capital })).approved;
    expect(order?.evaluation.breakEvenMsat).toBeGreaterThan(sats(1000));
    expect([order?.amountMsat, order?.maxFeeMsat]).toEqual([sats(100_000), sats(1000)]);
    expect(order && approve({ ...order, id: 'x', deadline: later(60) }, capital).ok).toBe(true);
  });

  it('leaves the wallet reserve alone with all of its orders together', () => {
    const capital = { ...CAPITAL, funds: { onchainMsat: ZERO_MSAT, channelsMsat: sats(2_500_000) } };
    const wanting = [2, 3, 4].map((n) => planChannel({ n, share: 0.1 }));
    const { approved } = planRebalances(input([FULL, ...wanting], { capital }));
    const away = approved.reduce((total, { amountMsat, maxFeeMsat }) => total + amountMsat + maxFeeMsat, 0n);
    expect(approved.length).toBeGreaterThan(1);
    expect(away).toBeLessThanOrEqual(sats(1_500_000));
  });
});

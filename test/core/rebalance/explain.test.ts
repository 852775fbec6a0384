// Does every verdict say in words why, by how much, and what would change it, with no number left unsaid?
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { explainPair, explainVerdict } from '../../../src/core/rebalance/explain.ts';
import type { FailureRecord } from '../../../src/core/rebalance/failure-memory.ts';
import { planRebalances } from '../../../src/core/rebalance/plan.ts';
import type { ChannelVerdict, PairVerdict, PlanChannel, PlanInput } from '../../../src/core/rebalance/plan-types.ts';
import { REBALANCE_REASONS, REBALANCE_STEPS, type RebalanceReason } from '../../../src/core/rebalance/reasons.ts';
import { stepText } from '../../../src/core/rebalance/step-texts.ts';
import { msat, negMsat } from '../../../src/core/units.ts';
import { CAPITAL, chan, flatPrice, input, later, NOW, peer, planChannel, sats } from './builders.ts';
import { nodes } from './nodes.ts';

const FULL = planChannel({ n: 1, share: 0.95, feePpm: 100, dailyOutSats: 0 });
const EMPTY = planChannel({ n: 2, share: 0, feePpm: 1500 });
const FAILED: FailureRecord = {
  subject: `pair:${chan(1)}>${chan(2)}`,
  kind: 'no-route',
  weight: 1,
  at: NOW,
  until: later(7200),
};
/** Peers at which everything sells for the fee. */
const RICH = new Map([1, 2, 3].map((n) => [peer(n), flatPrice(n === 1 ? 0 : 10_000)]));
const verdictOf = (given: PlanInput, n: number, role: ChannelVerdict['role']): ChannelVerdict => {
  const found = planRebalances(given).verdicts.find((each) => each.channelId === chan(n) && each.role === role);
  if (found === undefined) throw new Error(`no verdict on ${n}`);
  return found;
};

/** All sentences of a verdict and its pairs. */
function sentences(verdict: ChannelVerdict | PairVerdict): string[] {
  const { sentence, shortfall, wouldChange } = 'role' in verdict ? explainVerdict(verdict) : explainPair(verdict);
  const own = [sentence, ...wouldChange, ...verdict.trail.map(stepText), ...(shortfall === null ? [] : [shortfall])];
  return 'role' in verdict ? [...own, ...verdict.pairs.flatMap(sentences)] : own;
}

/** What a verdict must not say, nor how it must not end. */
function expectWords(verdict: ChannelVerdict): void {
  for (const text of sentences(verdict)) {
    expect(text).not.toMatch(/undefined|NaN|Infinity|null|unknown|\[object|[0-9a-f]{64}/);
    expect(text).not.toMatch(/[.,;:\s]$|^\s|\s\s/);
    // A balance or an amount below zero is nobody's experience; a spread or a profit may be.
    expect(text).not.toMatch(/-[\d,.]+ sats? (?:needed|there|short|at once|more|or less)/);
  }
}

const empty = (changes: Parameters<typeof planChannel>[1], view = {}): PlanChannel =>
  planChannel({ n: 2, share: 0, feePpm: 1500, view }, changes);
const capital = (changes: Partial<PlanInput['capital']>): Partial<PlanInput> => ({
  capital: { ...CAPITAL, ...changes },
});
/** Reasons that random nodes seldom or never have, and what has them as destination 2. */
const RARE: Readonly<Partial<Record<RebalanceReason, readonly [PlanChannel[], Partial<PlanInput>]>>> = {
  'not-synced': [[FULL, EMPTY], { synced: false }],
  'no-scid': [[FULL, empty({}, { scid: null })], {}],
  splicing: [[FULL, empty({}, { state: 'CHANNELD_AWAITING_SPLICE' })], {}],
  'returns-unknown': [[FULL, empty({ returns: null })], {}],
  'deep-loser': [
    [
      FULL,
      empty({
        returns: {
          profitClass: 'underwater',
          netProfitMsat: negMsat(sats(1500)),
          totalCostMsat: sats(1500),
          openingCostMsat: sats(500),
        },
      }),
    ],
    {},
  ],
  'no-source': [[planChannel({ n: 1, share: 0.1 }), EMPTY], {}],
  'same-peer': [[planChannel({ n: 1, peer: 2, share: 0.95, feePpm: 100 }), EMPTY], {}],
  later: [[FULL, EMPTY, planChannel({ n: 3, share: 0, feePpm: 1600 })], { maxOrders: 1, prices: RICH }],
  tried: [[FULL, EMPTY], { tried: new Set([chan(2)]) }],
  'in-flight': [[FULL, EMPTY], { open: [{ from: chan(1), to: chan(2), amountMsat: sats(1) }] }],
  resting: [[FULL, EMPTY], { failures: new Map([[FAILED.subject, FAILED]]) }],
  'min-profit': [[FULL, EMPTY], { minProfitMsat: sats(100_000) }],
  'budget-unreadable': [[FULL, EMPTY], capital({ spending: null })],
  'funds-unreadable': [[FULL, EMPTY], capital({ funds: null })],
  'no-budget': [[FULL, EMPTY], capital({ dailyBudgetMsat: sats(0) })],
  'budget-used': [[FULL, EMPTY], capital({ dailyBudgetMsat: sats(10) })],
  'wallet-reserve': [[FULL, EMPTY], capital({ funds: { onchainMsat: sats(0), channelsMsat: sats(1_010_000) } })],
  'cap-below-one-ppm': [
    [FULL, planChannel({ n: 2, share: 0, feePpm: 1500, peerFeePpm: 0 })],
    {
      ...capital({ dailyBudgetMsat: msat(500) }),
      paid: [1, 2, 3].map(() => ({ toPeer: peer(2), at: NOW, movedMsat: sats(1), feeMsat: sats(0) })),
    },
  ],
};
/** No cycle comes to these, only an order by hand, or no destination. */
const BY_HAND_ALONE: readonly RebalanceReason[] = ['too-much', 'malformed-order', 'no-destination'];

describe('a reason that is rare', () => {
  it.each(Object.entries(RARE))('%s is told in words', (reason, [channels, changes]) => {
    const verdict = verdictOf(input(channels, changes), 2, 'destination');
    expect([verdict.reason, ...Object.keys(verdict.refused)]).toContain(reason);
    expectWords(verdict);
  });

  it('no-destination is one of sources', () => {
    const verdict = verdictOf(input([FULL, planChannel({ n: 2, share: 0.9 })]), 1, 'source');
    expect(verdict.reason).toBe('no-destination');
    expectWords(verdict);
  });
});

describe('whatever the node and the market', () => {
  const reasons = new Set<RebalanceReason>();
  const steps = new Set<string>();

  it('each verdict is told in words, each figure is there', () => {
    fc.assert(
      fc.property(nodes(), (given) => {
        for (const verdict of planRebalances(given).verdicts) {
          for (const each of [verdict, ...verdict.pairs]) {
            reasons.add(each.reason);
            for (const { step } of each.trail) steps.add(step);
            const { shortfall } = 'role' in each ? explainVerdict(each) : explainPair(each);
            expect(shortfall === null).toBe(each.shortfall === null);
          }
          expectWords(verdict);
        }
      }),
      { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 200) },
    );
  });

  it('and most of what there is to say has been said', () => {
    const rare: RebalanceReason[] = [...Object.keys(RARE), ...BY_HAND_ALONE] as RebalanceReason[];
    const all = Object.keys(REBALANCE_REASONS) as RebalanceReason[];
    expect(all.filter((reason) => !reasons.has(reason) && !rare.includes(reason))).toEqual([]);
    for (const [channels, changes] of Object.values(RARE))
      for (const { trail } of verdictOf(input(channels, changes), 2, 'destination').pairs)
        for (const { step } of trail) steps.add(step);
    expect(Object.keys(REBALANCE_STEPS).filter((step) => !steps.has(step))).toEqual([]);
  });

  it('every reason has words for what would change it, with figures and without', () => {
    for (const reason of Object.keys(REBALANCE_REASONS) as RebalanceReason[])
      for (const shortfall of [null, { unit: 'msat', needed: 5_000_000, available: 2_000_000 } as const]) {
        const said = explainPair({ from: chan(1), to: chan(2), reason, shortfall, evaluation: null, trail: [] });
        expect(said.sentence).toBe(REBALANCE_REASONS[reason]);
        expect(said.wouldChange.length).toBeGreaterThan(0);
        for (const text of said.wouldChange) expect(text).not.toMatch(/undefined|NaN|unknown|[.\s]$/);
      }
  });

  afterAll(() => {
    reasons.clear();
    steps.clear();
  });
});

describe('by how much', () => {
  it('a value that does not pay for the way is told beside what it had to exceed', () => {
    const dear = planChannel({ n: 2, share: 0, feePpm: 1500, peerFeePpm: 3000 });
    expect(explainVerdict(verdictOf(input([FULL, dear]), 2, 'destination'))).toEqual({
      sentence: REBALANCE_REASONS.spread,
      shortfall: 'more than 3,000 ppm needed, 1,500 ppm there: 1,500 ppm short',
      wouldChange: [
        'the value there rises above 3,000 ppm, by demand or by a higher fee',
        'or way and source cost less than 1,500 ppm together',
      ],
    });
  });

  it('a balance is told beside its target', () => {
    const given = input([FULL, planChannel({ n: 2, share: 0.6 })]);
    expect(explainVerdict(verdictOf(given, 2, 'destination'))).toMatchObject({
      shortfall: 'the target is 5,000,000 sats, and 6,000,000 sats are there, 1,000,000 sats above it',
      wouldChange: ['its balance falls below 5,000,000 sats, far enough for a chunk'],
    });
    expect(explainVerdict(verdictOf(input([EMPTY, FULL]), 2, 'source'))).toMatchObject({
      shortfall: 'its own target is 5,000,000 sats, and 0 sats are there, 5,000,000 sats below it',
    });
  });

  it('profit, budget and rest are told with what is asked for and what is there', () => {
    const least = { minProfitMsat: sats(100_000) };
    const profit = verdictOf(input([FULL, EMPTY], least), 2, 'destination');
    expect(explainVerdict(profit).shortfall).toMatch(/^100,000 sats needed, [\d,]+ sats there: [\d,]+ sats short$/);
    const resting = verdictOf(
      input([FULL, EMPTY], { failures: new Map([[FAILED.subject, FAILED]]) }),
      2,
      'destination',
    );
    expect(explainVerdict(resting)).toMatchObject({
      shortfall: '2 hours left, until 2026-11-18 13:06 UTC',
      wouldChange: [
        'it is tried again from 2026-11-18 13:06 UTC on',
        'a rebalance of it that succeeds, by hand too, ends the rest',
      ],
    });
  });
});

describe('the steps of an order', () => {
  it('read as the arithmetic of one thought', () => {
    const [pair] = verdictOf(input([FULL, EMPTY]), 2, 'destination').pairs;
    expect(pair?.trail.map((step) => `${step.step}: ${stepText(step)}`)).toMatchInlineSnapshot(`
      [
        "amount: 1,000,000 sats at once, a tenth of the smaller channel, or up to a fifth of a small one; a payment is worth its trouble from 50,000 sats on",
        "destination: worth 1,484 ppm where it goes: the lower of the bid price halfway through it (1,485 ppm) and the fee (1,500 ppm), times 1.00 for the time it takes to sell",
        "source: 0 ppm given up where it comes from: the bid price with half of it gone (-600 ppm), times 0.00 for the time it would have taken to sell",
        "inbound: 250 ppm expected for the way: the peer's own fee, and what the rest of the way usually costs",
        "spread: 1,234 ppm remain; the plain rule, fee less way less the source's weighted fee, would say 1,250 ppm",
        "profit: 1,234 sats of profit expected after 250 sats for the way; at least 10 sats are asked for",
        "cap: it may cost 1,484 sats at most; from 1,484 sats on it would lose money",
      ]
    `);
  });
});

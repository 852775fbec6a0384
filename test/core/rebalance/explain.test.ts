// Does every verdict say in words why, by how much, and what would change it, with no number left unsaid?
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { explainPair, explainVerdict } from '../../../src/core/rebalance/explain.ts';
import { planRebalances } from '../../../src/core/rebalance/plan.ts';
import type { ChannelVerdict, PairVerdict, PlanInput } from '../../../src/core/rebalance/plan-types.ts';
import { REBALANCE_REASONS, REBALANCE_STEPS, type RebalanceReason } from '../../../src/core/rebalance/reasons.ts';
import { stepText } from '../../../src/core/rebalance/step-texts.ts';
import { chan, input, later, NOW, planChannel, sats } from './builders.ts';
import { nodes } from './nodes.ts';

const FULL = planChannel({ n: 1, share: 0.95, feePpm: 100, dailyOutSats: 0 });
const EMPTY = planChannel({ n: 2, share: 0, feePpm: 1500 });
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
          for (const text of sentences(verdict)) {
            expect(text).not.toMatch(/undefined|NaN|Infinity|null|unknown|\[object|[0-9a-f]{64}/);
            expect(text).not.toMatch(/[.,;:\s]$|^\s|\s\s/);
            // A balance or an amount below zero is nobody's experience; a spread or a profit may be.
            expect(text).not.toMatch(/-[\d,.]+ sats? (?:needed|there|short|at once|more|or less)/);
          }
        }
      }),
      { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 300) },
    );
  });

  it('and most of what there is to say has been said', () => {
    const rare: RebalanceReason[] = [
      // These need what a random node does not have: see the next tests.
      ...(['no-scid', 'splicing', 'budget-unreadable', 'funds-unreadable', 'not-synced', 'too-much'] as const),
      ...(['malformed-order', 'cap-below-one-ppm', 'no-source', 'no-destination', 'no-budget', 'deep-loser'] as const),
      ...(['same-peer', 'returns-unknown', 'later', 'wallet-reserve', 'min-profit', 'budget-used'] as const),
    ];
    const all = Object.keys(REBALANCE_REASONS) as RebalanceReason[];
    expect(all.filter((reason) => !reasons.has(reason) && !rare.includes(reason))).toEqual([]);
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
      shortfall: 'more than 3,150 ppm needed, 1,500 ppm there: 1,650 ppm short',
      wouldChange: [
        'the value there rises above 3,150 ppm, by demand or by a higher fee',
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
    const subject = `pair:${chan(1)}>${chan(2)}` as const;
    const failed = { subject, kind: 'no-route', weight: 1, at: NOW, until: later(7200) } as const;
    const resting = verdictOf(input([FULL, EMPTY], { failures: new Map([[subject, failed]]) }), 2, 'destination');
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
        "amount: 1,000,000 sats at once, a tenth of the smaller channel; a payment is worth its trouble from 50,000 sats on",
        "destination: worth 944 ppm where it goes: the lower of the bid price after it (960 ppm) and the fee (1,500 ppm), times 0.98 for the time it takes to sell",
        "source: 0 ppm given up where it comes from: the bid price without it (-525 ppm), times 0.00 for the time it would have taken to sell",
        "inbound: 250 ppm expected for the way: the peer's own fee, and what the rest of the way usually costs",
        "spread: 694 ppm remain; the plain rule, fee less way less the source's weighted fee, would say 1,250 ppm",
        "profit: 694 sats of profit expected after 250 sats for the way; at least 10 sats are asked for",
        "cap: it may cost 944 sats at most; from 944 sats on it would lose money",
      ]
    `);
  });
});

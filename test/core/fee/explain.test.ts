// Does a decision say what decided it, what was rejected, and what would change it, with no number left unsaid?
import { describe, expect, it } from 'vitest';
import { explain } from '../../../src/core/fee/explain.ts';
import { stepText } from '../../../src/core/fee/step-texts.ts';
import { DYNAMIC_POLICY } from '../../../src/core/fee/types.ts';
import { FEE_BOUND_RULES, FEE_REASONS, FEE_STEPS, type FeeStep } from '../../../src/core/reasons.ts';
import { msat, ppm, satsToMsat, unixSec } from '../../../src/core/units.ts';
import { channel, Played } from './builders.ts';
import { followedRivalry } from './rival-lives.ts';

const lots = { costPpm: 400, remainingMsat: satsToMsat(1_000_000), ageDays: 0 };
const economics = { chainCostMsat: msat(0), profitClass: 'profitable', lots } as const;

describe('the term that decided', () => {
  it('is the bound that had the last word', () => {
    const decision = new Played(80, {}, { economics }).cycle({ hours: 1 });
    expect(decision).toMatchObject({ kind: 'set', ppm: 440 });
    expect(explain(decision)).toMatchObject({
      decidedBy: { term: 'economic-floor', sentence: `lower bound: ${FEE_BOUND_RULES['economic-floor']}` },
      rejected: [
        { ppm: expect.closeTo(80, 0) as number, because: `lower bound: ${FEE_BOUND_RULES['economic-floor']}` },
        { ppm: 80, because: `the fee as it was: ${FEE_REASONS.bounds}` },
      ],
    });
  });

  it('is the reason where no bound was met', () => {
    const decision = new Played(250).cycle({ hours: 1, share: 0.02 });
    expect(decision).toMatchObject({ kind: 'set', reason: 'bid-price' });
    expect(explain(decision).decidedBy).toEqual({ term: 'bid-price', sentence: FEE_REASONS['bid-price'] });
  });

  it('is the reason to hold, with the fee that is not set among the rejected', () => {
    const node = new Played(250);
    node.cycle({ hours: 1 });
    const decision = node.cycle({ hours: 1, share: 0.48 });
    expect(decision).toMatchObject({ kind: 'hold', reason: 'deadband' });
    const { decidedBy, rejected } = explain(decision);
    expect(decidedBy.term).toBe('deadband');
    expect(rejected).toEqual([{ ppm: decision.kind === 'hold' && decision.wantedPpm, because: FEE_REASONS.deadband }]);
  });
});

describe('what would change it', () => {
  it('names the missing evidence and the targets that would be published', () => {
    const node = new Played(250);
    node.run(3, () => ({ hours: 1, forwards: 1 }));
    expect(explain(node.cycle({ hours: 1, forwards: 1 })).wouldChange).toEqual([
      'the search takes its next step after 27 more forwards, or 237 more hours with liquidity, and not before 3 more hours with liquidity, or 9 hours in all; sooner if the counts are already clear, or unlike what is remembered',
      'without a step: bid prices that move the target to 215 ppm or less, or to 291 ppm or more',
      'revenue-set-fee, revenue-policy, or other bounds',
    ]);
  });

  it.each([
    ['held-by-hand', { hold: { until: unixSec(1_800_000_000), by: 'revenue-set-fee' } }, 'at 2027-01-15 08:00 UTC'],
    ['passive', { policy: { ...DYNAMIC_POLICY, strategy: 'passive' as const } }, 'revenue-policy'],
    ['private', { channels: [channel(1, { private: true })] }, 'a public channel'],
    ['lead', { rivalry: followedRivalry() }, 'no longer'],
    ['disconnected', { channels: [channel(1, { connected: false })] }, 'connects'],
    ['zero-by-choice', { channels: [channel(1, { feePpm: ppm(0) })] }, 'above zero'],
  ] as const)('says what ends %s', (reason, extra, text) => {
    const decision = new Played(250, {}, extra).cycle({ hours: 1 });
    expect(decision.reason).toBe(reason);
    expect(explain(decision).wouldChange.join()).toContain(text);
  });
});

describe('every step', () => {
  const seen = new Map<FeeStep, Set<string>>();
  const tell = (node: Played, cycles: number, hours: number, forwards: number): void => {
    for (let i = 0; i < cycles; i++)
      for (const step of node.cycle({ hours, forwards, share: 0.9 - 0.08 * (i % 12) }).trail)
        seen.set(step.step, (seen.get(step.step) ?? new Set()).add(stepText(step)));
  };
  for (const algorithm of ['hill-climb', 'bayes'] as const)
    tell(new Played(250, { algorithm }, { economics }), 60, 12, 9);
  const changed = new Played(250);
  changed.cycle({ hours: 1 });
  changed.fee = 300;
  tell(changed, 2, 1, 0);

  tell(new Played(250, {}, { rivalry: followedRivalry() }), 2, 1, 0);

  it('is told in words, and none is there in vain', () => {
    expect([...seen.keys()].sort()).toEqual(Object.keys(FEE_STEPS).sort());
  });

  it('leaves no value out as undefined or NaN, and knows all but what is not known', () => {
    const texts = [...seen].flatMap(([step, all]) => [...all].map((text) => [step, text] as const));
    expect(texts.filter(([, text]) => /undefined|NaN|Infinity|null/.test(text))).toEqual([]);
    const unknown = texts.filter(([step, text]) => step !== 'inputs' && step !== 'multiplier' && /unknown/.test(text));
    expect(unknown).toEqual([]);
  });
});

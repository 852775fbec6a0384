// Does the search find the best price of a channel whose demand is known to us, not to it?
import { describe, expect, it } from 'vitest';
import type { FeeAlgorithm } from '../../../src/core/fee/types.ts';
import { SeededRandom, seedState } from '../../../src/sim/world/random.ts';
import { Played } from './builders.ts';

const SPREAD = 0.8;
/** Best fee of lognormal demand with spread 0.8 in multiples of its median, and the share that pays it. */
const BEST = 0.743;
const SHARE_AT_BEST = 0.645;

interface Loop {
  readonly algorithm: FeeAlgorithm;
  /** Forwards a day at the best fee. */
  readonly rate: number;
  readonly days: number;
  readonly seed: number;
  /** Days after which the median is multiplied, and by what. */
  readonly shift?: { readonly day: number; readonly factor: number };
}

/** Revenue over what the best fee would have earned with the same payments, day by day. */
function earn({ algorithm, rate, days, seed, shift }: Loop): { ours: number; best: number }[] {
  const random = new SeededRandom(seedState(seed));
  let median = 400 * Math.exp(0.5 * random.normal());
  const node = new Played(Math.round(BEST * median * Math.exp(random.normal())), { algorithm });
  return Array.from({ length: days }, (_, day) => {
    if (day === shift?.day) median *= shift.factor;
    let ours = 0;
    let best = 0;
    for (let hour = 0; hour < 24; hour += 6) {
      let forwards = 0;
      let next = random.exponential(SHARE_AT_BEST / (rate / 4));
      for (; next < 1; next += random.exponential(SHARE_AT_BEST / (rate / 4))) {
        const reservation = median * Math.exp(SPREAD * random.normal());
        if (reservation >= node.fee) {
          forwards++;
          ours += node.fee;
        }
        if (reservation >= BEST * median) best += BEST * median;
      }
      node.cycle({ hours: 6, forwards });
    }
    return { ours, best };
  });
}

const ratio = (days: readonly { ours: number; best: number }[]): number =>
  days.reduce((sum, { ours }) => sum + ours, 0) / days.reduce((sum, { best }) => sum + best, 0);

const SEEDS = Array.from({ length: 12 }, (_, i) => i + 1);

describe.each(['hill-climb', 'bayes'] as const)('%s', (algorithm) => {
  it.each([
    [10, 0.85],
    [30, 0.88],
  ] as const)(
    'at %d forwards a day earns %d of the optimum within 180 days, from a start off by a factor',
    (rate, least) => {
      expect(ratio(SEEDS.flatMap((seed) => earn({ algorithm, rate, days: 180, seed })))).toBeGreaterThan(least);
    },
  );

  it.each([3, 1 / 3])('is back at 0.8 within 45 days after demand shifts by %d', (factor) => {
    const shift = { day: 90, factor };
    const after = SEEDS.flatMap((seed) => earn({ algorithm, rate: 10, days: 165, seed, shift }).slice(135));
    expect(ratio(after)).toBeGreaterThan(0.8);
  });
});

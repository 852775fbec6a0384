// Which of several bounds wins?
import { describe, expect, it } from 'vitest';
import { boundsFor, clampFee } from '../../../src/core/fee/bounds.ts';
import { DYNAMIC_POLICY, type UnitEconomics } from '../../../src/core/fee/types.ts';
import type { ProfitClass } from '../../../src/core/profit/classify.ts';
import { msat, ppm, satsToMsat } from '../../../src/core/units.ts';
import { CONFIG } from './builders.ts';

const lots = (costPpm: number, ageDays = 0, profitClass: ProfitClass = 'profitable'): UnitEconomics => ({
  chainCostMsat: msat(0),
  profitClass,
  lots: { costPpm, remainingMsat: satsToMsat(1_000_000), ageDays },
});
const policy = (minPpm: number | null, maxPpm: number | null) => ({
  ...DYNAMIC_POLICY,
  minPpm: minPpm === null ? null : ppm(minPpm),
  maxPpm: maxPpm === null ? null : ppm(maxPpm),
});

describe('precedence', () => {
  it.each([
    ['the options alone', null, policy(null, null), 40, 40],
    ['min-fee-ppm', null, policy(null, null), 3, 10],
    ['max-fee-ppm', null, policy(null, null), 9000, 5000],
    ['lots at cost plus margin', lots(300), policy(null, null), 40, 330],
    ['max-fee-ppm beats the economic floor', lots(9000), policy(null, null), 40, 5000],
    ['a policy maximum beats the economic floor', lots(300), policy(null, 200), 40, 200],
    ['a policy minimum beats max-fee-ppm', null, policy(6000, null), 40, 6000],
    ['a policy minimum below min-fee-ppm', null, policy(2, null), 1, 2],
    ['a policy of its own floor of zero', null, policy(0, null), 0.2, 0],
    ['a policy that contradicts itself: its maximum', null, policy(500, 200), 40, 200],
  ] as const)('%s', (_, economics, own, wanted, expected) => {
    const bounds = boundsFor(CONFIG, own, economics, 5_000_000, 0);
    expect(clampFee(wanted, bounds)).toBe(expected);
    expect(bounds.lower).toBeLessThanOrEqual(bounds.upper);
  });
});

describe('the economic floor', () => {
  it('earns opening and closing back over a year of what a channel in use moves', () => {
    const economics: UnitEconomics = { chainCostMsat: satsToMsat(45_625), profitClass: 'profitable', lots: null };
    // A quarter of five million a day for 365 days are 456,250,000 sats: 100 ppm of it is the cost.
    expect(boundsFor(CONFIG, DYNAMIC_POLICY, economics, 5_000_000, 0).lower).toBe(100);
  });

  it('is never raised by silence, and lowered by traffic', () => {
    const economics: UnitEconomics = { chainCostMsat: satsToMsat(45_625), profitClass: 'profitable', lots: null };
    const floor = (dailySats: number): number =>
      boundsFor(CONFIG, DYNAMIC_POLICY, economics, 5_000_000, dailySats).lower;
    expect(floor(0)).toBe(floor(1_250_000));
    expect(floor(5_000_000)).toBe(25);
  });

  it.each([
    ['profitable', 110],
    ['break_even', 121],
    ['underwater', 132],
    ['zombie', 127],
  ] as const)('of a %s channel is multiplied once', (profitClass, lower) => {
    expect(boundsFor(CONFIG, DYNAMIC_POLICY, lots(100, 0, profitClass), 5_000_000, 0).lower).toBe(lower);
  });

  it('of old lots fades', () => {
    expect(boundsFor(CONFIG, DYNAMIC_POLICY, lots(1000, 15), 5_000_000, 0).lower).toBe(550);
    expect(boundsFor(CONFIG, DYNAMIC_POLICY, lots(1000, 150), 5_000_000, 0).lower).toBe(10);
  });
});

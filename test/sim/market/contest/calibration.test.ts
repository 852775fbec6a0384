// Does the market look like the real network, and would the gates tell if it did not?
import { describe, expect, it } from 'vitest';
import { calibrate, gatesOf, isOpen } from '../../../../src/sim/market/contest/calibration.ts';
import { scenarioNamed, type Scenario } from '../../../../src/sim/market/scenario.ts';

const SEEDS = [1, 2, 3, 4, 5, 6];
const DAYS = 365;
const gates = (scenarios: readonly Scenario[], days = DAYS) =>
  gatesOf(scenarios.map((scenario) => calibrate(scenario, SEEDS, days)));
const REAL = ['S1', 'S2', 'S3'].map(scenarioNamed);

describe('calibration', () => {
  it.each(gates(REAL))('$name: $value lies within $least and $most', (gate) => {
    expect(isOpen(gate)).toBe(true);
  });

  it.each([
    ['payments ten times as large', 'mean payment, sats', { payment: { medianSats: 124_000, sigma: 1.6 } }],
    ['balances that cannot run out', 'share that fails', { liquidity: 'unlimited' }],
    ['balances that cannot run out', 'channels nearly empty over those in the middle', { liquidity: 'unlimited' }],
    ['thirty times the traffic', 'yield a year of the best seed, %', { forwardsPerDay: 3000 }],
    ['a hundredth of the traffic', 'forwards a channel and day, median', { forwardsPerDay: 1 }],
    [
      'senders who pay almost anything',
      '90 % quantile of planned fees, ppm',
      { willingness: { family: { kind: 'lognormal', sigma: 0.1 }, scaleMedianPpm: 5000, scaleSigma: 0 } },
    ],
  ] as const)('of %s fails at the %s', (_, name, change) => {
    const scenario: Scenario = { ...scenarioNamed('S1'), ...change };
    const shut = gates([scenario], 60).filter((gate) => !isOpen(gate));
    expect(shut.map((gate) => gate.name.replace(/^S1: /, ''))).toContain(name);
  });
});

// Does the benchmark refuse to begin where the market is not like the network?
import { describe, expect, it } from 'vitest';
import { checkCalibration } from '../../bench/market/guards.ts';
import { netMsat } from '../../bench/market/net.ts';
import { CALM } from '../../src/sim/market/scenario.ts';

describe('the gates of calibration', () => {
  it('let what the benchmark begins with pass', () => {
    expect(() => {
      checkCalibration();
    }).not.toThrow();
  });

  it('name each figure that is off', () => {
    expect(() => {
      checkCalibration([{ ...CALM, payment: { medianSats: 124_000, sigma: 1.6 } }]);
    }).toThrow(/not like the network\n(.*\n)* {2}S1: mean payment, sats: expected 36000 to 54000, got \d/);
  });
});

describe('net', () => {
  const run = { valuedMsat: 900, feesMsat: 1000, updatesPerChannelDay: 4 };

  it('leaves four updates a channel and day free', () => {
    expect(netMsat(run)).toBe(900);
  });

  it('takes 0.2 % of the fees for each further one', () => {
    expect(netMsat({ ...run, updatesPerChannelDay: 9 })).toBeCloseTo(890, 9);
  });
});

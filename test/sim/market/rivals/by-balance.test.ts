// Do feeadjuster, lndmanage and LNDg ask what their sources would? Figures worked out by hand from those.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stream } from '../../../../src/sim/market/market.ts';
import {
  FEEADJUSTER_SHIPPED,
  adjustedShare,
  adjustment,
  feeadjuster,
} from '../../../../src/sim/market/rivals/feeadjuster.ts';
import {
  AUTO_FEES_SHIPPED,
  autoFee,
  autoFeeStep,
  autoFees,
  type PeerWeek,
} from '../../../../src/sim/market/rivals/lndg-fees.ts';
import {
  LNDMANAGE_SHIPPED,
  demandFactor,
  leastFactor,
  lndmanage,
} from '../../../../src/sim/market/rivals/lndmanage.ts';
import { MadeUpNode } from './view.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

describe('feeadjuster', () => {
  it.each([
    // sqrt(50), 50^0.25, 1/sqrt(50); sqrt(10), 1/sqrt(10); 10 x 2, sqrt(10) x 1.5, 0 left of 1 at the full end.
    ['default', 0, 7.0711],
    ['default', 0.25, 2.6591],
    ['default', 0.5, 1],
    ['default', 1, 0.1414],
    ['soft', 0, 3.1623],
    ['soft', 1, 0.3162],
    ['hard', 0, 20],
    ['hard', 0.25, 4.7434],
    ['hard', 0.5, 1],
    ['hard', 1, 0],
  ] as const)('%s at a share of %d multiplies with %d', (method, share, multiplier) => {
    expect(adjustment(method, share)).toBeCloseTo(multiplier, 4);
  });

  it.each([
    // total 2,000: enough 500 on both sides is the middle; 250 of 500 a quarter; theirs 100 of 500: 0.8 / 2 above.
    [1000, 500, 0.5],
    [500, 500, 0.5],
    [250, 500, 0.25],
    [1900, 500, 0.9],
    // More than half is half: the plain share.
    [500, 1500, 0.25],
    [1500, 1500, 0.75],
    [1900, 0, 0.95],
  ])('takes %d of 2000 with enough at %d for a share of %d', (our, enough, share) => {
    expect(adjustedShare(our, 2000, enough)).toBeCloseTo(share, 12);
  });

  it('asks 70 ppm of the empty, 10 of the half, 1 of the full, and rounds down', () => {
    const node = new MadeUpNode([250, 250, 250], [0, 0.5, 1]);
    expect(node.wake(feeadjuster(stream(1, 'a')), 1800)).toEqual([70, 10, 1]);
  });

  it('tells a change only where a forward passed and the balance had moved by 5 % or 0.001 btc', () => {
    // 5 % of 1,000,000 sats is less than 0.001 btc. Fuzz: 3.5 to 6.5 %.
    const node = new MadeUpNode([250, 250, 250], [0.5, 0.5, 0.5], 1e9);
    const tool = feeadjuster(stream(1, 'a'));
    node.wake(tool, 1800);
    node.shares.splice(0, 3, 0.47, 0.4, 0.4);
    const news = [node.forward(-1, 0, 1e6), node.forward(-1, 1, 1e6), node.forward(-1, 2, 1e6, 'no-liquidity')];
    // 10 x 50^0.1 = 14.8.
    expect(node.wake(tool, 1800, news)).toEqual([10, 14, 10]);
    expect(node.wake(tool, 1800, [node.forward(2, -1, 1e6)])).toEqual([10, 14, 14]);
  });

  it('asks the base within the imbalance that is allowed', () => {
    const node = new MadeUpNode([250, 250], [0.35, 0.25]);
    const options = { ...FEEADJUSTER_SHIPPED, basePpm: [100, 100], imbalance: 0.3 };
    // 100 x 50^0.25.
    expect(node.wake(feeadjuster(stream(1, 'a'), options), 1800)).toEqual([100, 265]);
  });
});

describe('lndmanage', () => {
  it.each([
    // The three examples of its own README.
    [217_322, 1_033_113, 5_000_000, 1.5],
    [0, 3_134_892, 5_000_000, 0.707],
    [0, 20_810, 2_000_000, 1.048],
    // At the target nothing changes; twice the target is the most already.
    [100_000 / 7, 2_500_000, 5_000_000, 1],
    [200_000 / 7, 2_500_000, 5_000_000, 1.5],
    // All on our side: one half.
    [0, 5_000_000, 5_000_000, 0.5],
  ])('out %d sats a day with %d of %d: times %d', (out, local, capacity, factor) => {
    expect(demandFactor(out, local, capacity, LNDMANAGE_SHIPPED)).toBeCloseTo(factor, 3);
  });

  it.each([
    // 600,000 sats: half is less than the reserve, which becomes a third; below 500,000 the slope is the steep one.
    [100_000, 1.025],
    [400_000, 0.95],
    // (1 - 0.5 / 400,000 x 350,000)
    [550_000, 0.5625],
  ])('lets a small channel with %d sats fall to %d at least', (local, factor) => {
    expect(leastFactor(local, 600_000, 500_000)).toBeCloseTo(factor, 12);
  });

  it('begins at 2500 ppm and falls by 7/9 a week where nothing passes', () => {
    const node = new MadeUpNode([250], [0.5]);
    const tool = lndmanage();
    expect(node.wake(tool, 1800)).toEqual([2500]);
    expect(node.wake(tool, 7 * DAY - 1800)).toEqual([2500]);
    expect(node.wake(tool, 1800)).toEqual([1944]);
    expect(node.wake(tool, 7 * DAY)).toEqual([1512]);
  });

  it('never leaves its bounds', () => {
    const half = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(half, half, fc.integer({ min: 20_000, max: 50_000_000 }), (out, share, capacity) => {
        const factor = demandFactor(out * 1e6, Math.floor(share * capacity), capacity, LNDMANAGE_SHIPPED);
        expect(factor).toBeGreaterThanOrEqual(0.5 - 1e-9);
        expect(factor).toBeLessThanOrEqual(1.5);
      }),
    );
  });
});

const QUIET: PeerWeek = {
  outPercent: 50,
  failed: 0,
  in1dSats: 0,
  in7dSats: 0,
  out7dSats: 0,
  capacitySats: 1000,
  revenue: 0,
  assisted: 0,
};
const USED = { in7dSats: 100, out7dSats: 100 };

describe('LNDg AutoFees', () => {
  it.each<[string, Partial<PeerWeek>, number]>([
    ['empty and asked for', { outPercent: 10, failed: 26 }, 25],
    ['at the limit of empty and asked for', { outPercent: 15, failed: 26 }, 25],
    ['empty, not asked for enough', { outPercent: 10, failed: 25 }, 0],
    ['empty, but filling', { outPercent: 10, failed: 26, in1dSats: 1 }, 0],
    ['idle', {}, -15],
    ['used both ways', USED, 0],
    ['drained by one capacity', { in7dSats: 100, out7dSats: 1100 }, 0],
    ['drained by one and a half', { in7dSats: 100, out7dSats: 1600 }, 25],
    ['filled by two capacities', { in7dSats: 2100, out7dSats: 100 }, 0],
    ['full and idle', { outPercent: 95 }, -25],
    ['full, and only others earn by it', { outPercent: 96, in7dSats: 2, out7dSats: 1, revenue: 1, assisted: 11 }, -25],
    ['full, others earn ten times as much', { outPercent: 96, in7dSats: 2, out7dSats: 1, revenue: 1, assisted: 10 }, 0],
    ['full and draining', { outPercent: 96, in7dSats: 1, out7dSats: 2, revenue: 1, assisted: 11 }, 0],
  ])('%s', (_, week, step) => {
    expect(autoFeeStep({ ...QUIET, ...week }, 5)).toBe(step);
  });

  it.each<[number, Partial<PeerWeek>, number]>([
    // 237 / 5 = 47.4; 10 x 2.25 = 22.5 more: 54.5 and 55.5 fives, to the even one.
    [252, {}, 235],
    [250, { out7dSats: 1250 }, 270],
    [255, { out7dSats: 1250 }, 280],
    [2490, { outPercent: 10, failed: 26 }, 2500],
    [10, {}, 0],
    [250, USED, 250],
  ])('%d ppm becomes, whatever %j, %d', (fee, week, next) => {
    expect(autoFee(fee, { ...QUIET, ...week }, AUTO_FEES_SHIPPED)).toBe(next);
  });

  it('changes a channel at most once in 24 hours, and never one that is used both ways', () => {
    const node = new MadeUpNode([250, 250], [0.5, 0.5]);
    const tool = autoFees();
    node.wake(tool, 1800);
    const used = (): readonly [ReturnType<MadeUpNode['forward']>] => [node.forward(1, 1, 1e6)];
    expect(node.wake(tool, DAY, used())).toEqual([250, 250]);
    expect(node.wake(tool, 1800)).toEqual([235, 250]);
    expect(node.wake(tool, DAY)).toEqual([235, 250]);
    expect(node.wake(tool, 1800)).toEqual([220, 250]);
    // What passed is forgotten after a week.
    node.wake(tool, 6 * DAY);
    expect(node.wake(tool, DAY + 1800)[1]).toBeLessThan(250);
  });

  it('does not count forwards below 1000 sats', () => {
    const node = new MadeUpNode([250], [0.5]);
    const tool = autoFees();
    node.wake(tool, 1800);
    expect(node.wake(tool, DAY + 1800, [node.forward(-1, 0, 999_999)])).toEqual([235]);
  });

  it('makes an empty channel dearer that 26 payments a day were refused by', () => {
    const node = new MadeUpNode([250], [0.1]);
    const tool = autoFees();
    node.wake(tool, 1800);
    node.wake(tool, DAY);
    const refused = Array.from({ length: 26 }, () => node.forward(-1, 0, 1e6, 'no-liquidity'));
    expect(node.wake(tool, 1800, refused)).toEqual([275]);
    expect(node.wake(tool, DAY + 1800)).toEqual([275]);
  });
});

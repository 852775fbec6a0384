// Does a scenario look like the real network? Figures at the static fee of the mainnet median, and the gates of quant 4.9 (e).
import { MAINNET_MEDIAN_PPM } from '../basics.ts';
import { tapeOf, PIECE } from '../demand/demand-tape.ts';
import { planFluid } from '../bound/fluid-bound.ts';
import { DAY, createMarket, type Market } from '../market.ts';
import { staticFee } from '../rivals/static-fee.ts';
import { run } from '../engine/run.ts';
import type { Scenario } from '../scenario.ts';

const YEAR = 365;

/** Over all seeds together. */
export interface Calibration {
  readonly scenario: string;
  /** Fees of a year over the channels' capacity, % : of each seed. */
  readonly yieldsPct: readonly number[];
  /** Of payments that are tried, whether they settle or not. */
  readonly meanPaymentSats: number;
  /** Of every channel, settled outward. */
  readonly forwardsPerDay: readonly number[];
  /** Of what reached us. */
  readonly failShare: number;
  /** Channels by fifths of their capacity that is ours at the end, from nothing to all. */
  readonly balances: readonly [number, number, number, number, number];
  /** Best fees of the channels by the fluid plan with rebalancing, ppm. */
  readonly plannedPpm: readonly number[];
}

/** @param days of each of the runs, one for each seed */
export function calibrate(scenario: Scenario, seeds: readonly number[], days: number): Calibration {
  const markets = seeds.map((seed) => createMarket(scenario, seed, days));
  const results = markets.map((market) =>
    run(market, staticFee(), { startPpm: market.channels.map(() => MAINNET_MEDIAN_PPM) }),
  );
  const balances: [number, number, number, number, number] = [0, 0, 0, 0, 0];
  for (const { finalShares } of results)
    for (const share of finalShares) {
      const fifth = Math.min(4, Math.floor(share * 5));
      balances[fifth] = (balances[fifth] ?? 0) + 1;
    }
  return {
    scenario: scenario.name,
    yieldsPct: results.map(({ feesMsat }, i) => {
      const capacity = (markets[i]?.channels ?? []).reduce((sum, { capacityMsat }) => sum + capacityMsat, 0);
      return ((feesMsat / capacity) * 100 * YEAR) / days;
    }),
    meanPaymentSats: mean(markets.map(meanPayment)),
    forwardsPerDay: results.flatMap(({ settledByChannel }) => settledByChannel.map((count) => count / days)),
    failShare: mean(results.map(({ failShare }) => failShare)),
    balances,
    plannedPpm: markets.flatMap((market) => planFluid(market, true)[0]?.fees ?? []),
  };
}

function meanPayment(market: Market): number {
  const tape = tapeOf(market);
  const end = market.start + market.days * DAY;
  let count = 0;
  let sum = 0;
  for (let piece = 0; ; piece++) {
    const { at, amountMsat } = tape.piece(piece);
    for (let row = 0; row < PIECE; row++) {
      if ((at[row] ?? Infinity) >= end) return sum / Math.max(1, count) / 1000;
      count++;
      sum += amountMsat[row] ?? 0;
    }
  }
}

export interface Gate {
  readonly name: string;
  readonly value: number;
  readonly least: number;
  readonly most: number;
}

export const isOpen = ({ value, least, most }: Gate): boolean => value >= least && value <= most;

/** S3 is there to be hard: at a static fee half of what is asked of drained channels fails. */
const MAY_FAIL: ReadonlySet<string> = new Set(['S3']);

/** The gates of S1, S2 and S3 together, by which the simulator's figures are believed. */
export function gatesOf(calibrations: readonly Calibration[]): Gate[] {
  const gates = calibrations.flatMap((calibration): Gate[] => {
    const { scenario, yieldsPct, meanPaymentSats, failShare, balances, plannedPpm } = calibration;
    const gate = (name: string, value: number, least: number, most: number): Gate => {
      return { name: `${scenario}: ${name}`, value, least, most };
    };
    const [empty, , middle, , full] = balances;
    const planned = [...plannedPpm].sort((a, b) => a - b);
    return [
      gate('yield a year of the worst seed, %', Math.min(...yieldsPct), 0, 3),
      gate('yield a year of the best seed, %', Math.max(...yieldsPct), 0, 3),
      // River, 2023: 44,700 sats, and a fifth either way.
      gate('mean payment, sats', meanPaymentSats, 36_000, 54_000),
      ...(MAY_FAIL.has(scenario) ? [] : [gate('share that fails', failShare, 0.05, 0.3)]),
      // U-shaped.
      gate('channels nearly empty over those in the middle', empty / middle, 2, Infinity),
      gate('channels nearly full over those in the middle', full / middle, 2, Infinity),
      // 10 and 90 % of enabled halves on mainnet, 2026-02-03; the latter weighted by capacity.
      gate('10 % quantile of planned fees, ppm', quantile(planned, 0.1), 1, 2999),
      gate('90 % quantile of planned fees, ppm', quantile(planned, 0.9), 1, 2999),
    ];
  });
  // A sparse node's channels see less by its own definition: of all together.
  const forwards = calibrations.flatMap(({ forwardsPerDay }) => forwardsPerDay).sort((a, b) => a - b);
  return [...gates, { name: 'forwards a channel and day, median', value: quantile(forwards, 0.5), least: 1, most: 3 }];
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;

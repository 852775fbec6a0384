// Who wants to pay through which channel, and how much would they give? One draw of a scenario, fixed by its seed.
import { SeededRandom, seedState } from '../world/random.ts';
import { cappedLognormalMean } from './normal.ts';
import type { Scenario } from './scenario.ts';
import { bestPrice, MOST_PPM, survival } from './willingness.ts';

export const DAY = 86_400;
/** When a drawn market begins, and a Monday by which weekdays are told: 2026-01-05 00:00 UTC. */
export const MARKET_START = 1_767_571_200;
/** Share of the capacity that neither side may spend: lightningd's reserve. */
export const RESERVE = 0.01;
/** Where payments to the only channel of a node come from. */
export const OUTSIDE = -1;
/** A payment never fills more than this of the smaller channel: senders split what is larger (quant prototype). */
const LARGEST_SHARE = 0.4;
/** Larger channels see more traffic, less than in proportion (quant prototype). */
const SIZE_EXPONENT = 0.7;
/** A scale outside would put the optimum where no fee can be. */
const SCALE_PPM = { lowest: 15, highest: 4000 } as const;

/** Demand for one channel from a time on. */
export interface Regime {
  /** Seconds since the epoch. */
  readonly from: number;
  readonly scalePpm: number;
  /** Arrivals in multiples of those at the start. */
  readonly rateFactor: number;
}

export interface MarketChannel {
  readonly capacityMsat: number;
  /** Share of all payments that come in here. */
  readonly source: number;
  /** Payments a day that would leave here if it were free, before regimes. */
  readonly sinkPerDay: number;
  /** Ascending, the first from the market's start. */
  readonly regimes: readonly Regime[];
}

export interface Market {
  readonly scenario: Scenario;
  readonly seed: number;
  /** Seconds since the epoch. */
  readonly start: number;
  readonly days: number;
  readonly channels: readonly MarketChannel[];
}

/** Each kind of chance has its own stream, so that more of one never changes another. */
export const stream = (seed: number, name: string): SeededRandom => {
  let hash = seed >>> 0;
  for (const letter of name) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193) >>> 0;
  return new SeededRandom(seedState(hash ^ Math.imul(seed, 0x9e3779b1)));
};

/** A node that exists already, in place of a drawn one. */
export interface ExistingNode {
  readonly capacitiesSats: readonly number[];
  /** When demand begins, seconds since the epoch. */
  readonly start: number;
}

/** @param days within which regimes may shift */
export function createMarket(scenario: Scenario, seed: number, days: number, node?: ExistingNode): Market {
  const random = stream(seed, 'structure');
  const shifts = stream(seed, 'regimes');
  const { capacity, willingness, imbalance } = scenario;
  const start = node?.start ?? MARKET_START;
  const count = node?.capacitiesSats.length ?? scenario.channels;
  const drafts = Array.from({ length: count }, (_, i) => {
    const drawn = capacity.medianSats * Math.exp(capacity.sigma * random.normal());
    const sats = node?.capacitiesSats[i] ?? Math.round(Math.min(capacity.maxSats, Math.max(capacity.minSats, drawn)));
    const size = sats ** SIZE_EXPONENT;
    const scalePpm = willingness.scaleMedianPpm * Math.exp(willingness.scaleSigma * random.normal());
    const source = size * Math.exp(imbalance * random.normal());
    const sink = size * Math.exp(imbalance * random.normal());
    return { sats, source, sink, regimes: drawRegimes(scenario, clampScale(scalePpm), { start, days }, shifts) };
  });
  const sources = drafts.reduce((sum, { source }) => sum + source, 0);
  const reach = (i: number): number => (count === 1 ? 1 : 1 - (drafts[i]?.source ?? 0) / sources);
  const demanded = drafts.reduce((sum, { sink }, i) => sum + sink * reach(i), 0);
  const perWeight = scenario.forwardsPerDay / (demanded * survival(willingness.family, bestPrice(willingness.family)));
  const channels = drafts.map(({ sats, source, sink, regimes }, i) => ({
    capacityMsat: sats * 1000,
    source: source / sources,
    sinkPerDay: sink * reach(i) * perWeight,
    regimes,
  }));
  return { scenario, seed, start, days, channels };
}

const clampScale = (ppm: number): number => Math.min(SCALE_PPM.highest, Math.max(SCALE_PPM.lowest, ppm));

function drawRegimes(
  scenario: Scenario,
  scalePpm: number,
  { start, days }: { readonly start: number; readonly days: number },
  random: SeededRandom,
): Regime[] {
  const changes: { day: number; factor: number; rate: number }[] = scenario.jumps.map(({ day, factor, way }) => {
    const up = way === 'either' ? random.chance(0.5) : way === 'up';
    return { day, factor: up ? factor : 1 / factor, rate: 1 };
  });
  const { shifts } = scenario;
  if (shifts !== null)
    for (let day = random.exponential(shifts.meanDays); day < days; day += random.exponential(shifts.meanDays)) {
      const factor = Math.exp(shifts.optimumSd * random.normal());
      changes.push({ day, factor, rate: Math.exp(shifts.rateSd * random.normal()) });
    }
  changes.sort((a, b) => a.day - b.day);
  const regimes: Regime[] = [{ from: start, scalePpm, rateFactor: 1 }];
  for (const { day, factor, rate } of changes) {
    const last = regimes.at(-1) ?? { scalePpm, rateFactor: 1 };
    // Rates are drawn around the first, scales walk.
    regimes.push({ from: start + day * DAY, scalePpm: clampScale(last.scalePpm * factor), rateFactor: rate });
  }
  return regimes;
}

export function regimeAt(channel: MarketChannel, time: number): Regime {
  let found = channel.regimes[0];
  for (const regime of channel.regimes) if (regime.from <= time) found = regime;
  if (found === undefined) throw new RangeError('market channel: expected at least one regime');
  return found;
}

/** Times, ascending, at which any channel's demand changes, the start first. */
export const changeTimes = (market: Market): number[] =>
  [...new Set(market.channels.flatMap(({ regimes }) => regimes.map(({ from }) => from)))].sort((a, b) => a - b);

/** Largest payment from one channel to another, msat. */
export function largestPayment(market: Market, from: number, to: number): number {
  const into = market.channels[from]?.capacityMsat ?? Infinity;
  const out = market.channels[to]?.capacityMsat ?? 0;
  return Math.floor(LARGEST_SHARE * Math.min(into, out));
}

/** Demand between two changes: what a planner who knew everything would plan with. */
export interface Demand {
  /** Sats a day that would go from i to j if it were free: `volume[i][j]`. */
  readonly volume: readonly (readonly number[])[];
  readonly scalePpm: readonly number[];
}

export function demandAt(market: Market, time: number): Demand {
  const { channels, scenario } = market;
  const { medianSats, sigma } = scenario.payment;
  const regimes = channels.map((channel) => regimeAt(channel, time));
  const volume = channels.map(({ source }, i) =>
    channels.map(({ sinkPerDay }, j) => {
      if (i === j) return 0;
      const mean = cappedLognormalMean(medianSats, sigma, largestPayment(market, i, j) / 1000);
      const others = 1 - (channels[j]?.source ?? 0);
      return (sinkPerDay * (regimes[j]?.rateFactor ?? 1) * source * mean) / others;
    }),
  );
  return { volume, scalePpm: regimes.map(({ scalePpm }) => scalePpm) };
}

/** Share of payments that go through at a fee, ppm. */
export const shareAt = (market: Market, scalePpm: number, feePpm: number): number =>
  feePpm > MOST_PPM ? 0 : survival(market.scenario.willingness.family, feePpm / scalePpm);

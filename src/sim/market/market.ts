// Who wants to pay through which channel, and how much would they give? One draw of a scenario, fixed by its seed.
import { bankChannels } from './demand/bank-market.ts';
import { LARGEST_SHARE, MARKET_START, stream } from './basics.ts';
import { drawHours, type HourFactors } from './demand/hours.ts';
import { drawOnline } from './engine/outages.ts';
import { RegimeDraw, regimeIn, type Regime } from './demand/regimes.ts';
import type { Scenario } from './scenario.ts';
import { stormTimes } from './demand/storm.ts';
import { drawWhale, type Whale } from './demand/whale.ts';
import { bestPrice, MOST_PPM, survival } from './demand/willingness.ts';

export { DAY, MARKET_START, OUTSIDE, RESERVE, stream } from './basics.ts';
export { demandAt, type Demand, type DemandClass, type DemandColumn } from './demand/demand.ts';
export type { Regime } from './demand/regimes.ts';

/** Larger channels see more traffic, less than in proportion (quant prototype). */
const SIZE_EXPONENT = 0.7;

export interface MarketChannel {
  readonly capacityMsat: number;
  /** Share of all payments that come in here. */
  readonly source: number;
  /** Payments a day that would leave here if it were free, before regimes and hours. */
  readonly sinkPerDay: number;
  /** Ascending, the first from the market's start. */
  readonly regimes: readonly Regime[];
  /** What differs within the scenario's hours. */
  readonly hours: HourFactors;
  /** Part of the time in which the peer is online. */
  readonly onlineShare: number;
}

export interface Market {
  readonly scenario: Scenario;
  readonly seed: number;
  /** Seconds since the epoch. */
  readonly start: number;
  readonly days: number;
  readonly channels: readonly MarketChannel[];
  readonly whale: Whale | null;
}

/** A node that exists already, in place of a drawn one. */
export interface ExistingNode {
  readonly capacitiesSats: readonly number[];
  /** When demand begins, seconds since the epoch. */
  readonly start: number;
}

/** What is known of a channel before its time begins. */
export type Draft = Omit<MarketChannel, 'regimes' | 'hours' | 'onlineShare'> & { readonly scalePpm: number };

/** @param days within which regimes may shift */
export function createMarket(scenario: Scenario, seed: number, days: number, node?: ExistingNode): Market {
  const start = node?.start ?? MARKET_START;
  const drafts = scenario.bank === null ? drawChannels(scenario, seed, node) : bankChannels(scenario.bank);
  const regimes = new RegimeDraw(scenario, seed, start, days);
  const hours = drawHours(scenario, seed, drafts.length);
  const online = drawOnline(scenario, seed, drafts.length);
  const channels = drafts.map(({ scalePpm, ...draft }, k) => ({
    ...draft,
    regimes: regimes.next(scalePpm),
    hours: hours[k] ?? { scale: 1, rate: 1 },
    onlineShare: online[k] ?? 1,
  }));
  const market = { scenario, seed, start, days, channels, whale: null };
  return { ...market, whale: drawWhale(market) };
}

function drawChannels(scenario: Scenario, seed: number, node: ExistingNode | undefined): Draft[] {
  const { capacity, willingness, imbalance } = scenario;
  const random = stream(seed, 'structure');
  const count = node?.capacitiesSats.length ?? scenario.channels;
  const drawn = Array.from({ length: count }, (_, i) => {
    const size = capacity.medianSats * Math.exp(capacity.sigma * random.normal());
    const sats = node?.capacitiesSats[i] ?? Math.round(Math.min(capacity.maxSats, Math.max(capacity.minSats, size)));
    const weight = sats ** SIZE_EXPONENT;
    const scalePpm = willingness.scaleMedianPpm * Math.exp(willingness.scaleSigma * random.normal());
    const source = weight * Math.exp(imbalance * random.normal());
    const sink = weight * Math.exp(imbalance * random.normal());
    return { sats, source, sink, scalePpm };
  });
  const sources = drawn.reduce((sum, { source }) => sum + source, 0);
  const reach = (i: number): number => (count === 1 ? 1 : 1 - (drawn[i]?.source ?? 0) / sources);
  const demanded = drawn.reduce((sum, { sink }, i) => sum + sink * reach(i), 0);
  const perWeight = scenario.forwardsPerDay / (demanded * survival(willingness.family, bestPrice(willingness.family)));
  return drawn.map(({ sats, source, sink, scalePpm }, i) => ({
    capacityMsat: sats * 1000,
    source: source / sources,
    sinkPerDay: sink * reach(i) * perWeight,
    scalePpm,
  }));
}

export const regimeAt = (channel: MarketChannel, time: number): Regime => regimeIn(channel.regimes, time);

/** Times, ascending, at which regimes of any channel begin; the start first. */
export const regimeTimes = ({ channels }: Pick<Market, 'channels'>): number[] =>
  [...new Set(channels.flatMap(({ regimes }) => regimes.map(({ from }) => from)))].sort((a, b) => a - b);

/** Times, ascending, at which anything about demand or its prices changes but by the hour of the day; the start first. */
export function changeTimes(market: Market): number[] {
  const times = new Set(regimeTimes(market));
  for (const time of stormTimes(market)) times.add(time);
  if (market.whale !== null) times.add(market.whale.until);
  return [...times].sort((a, b) => a - b);
}

/** Largest payment from one channel to another, msat. */
export function largestPayment(market: Market, from: number, to: number): number {
  const into = market.channels[from]?.capacityMsat ?? Infinity;
  const out = market.channels[to]?.capacityMsat ?? 0;
  return Math.floor(LARGEST_SHARE * Math.min(into, out));
}

/** Share of payments that go through at a fee, ppm, of senders who are drawn by the scenario's family. */
export const shareAt = (market: Market, scalePpm: number, feePpm: number, rival = 1): number =>
  feePpm > MOST_PPM ? 0 : survival(market.scenario.willingness.family, feePpm / scalePpm, rival);

// Which payments are tried, one after the other? The same for every fee tool: nothing here knows a fee or a balance.
import { SeededRandom, type RandomState } from '../world/random.ts';
import { DAY, MARKET_START, OUTSIDE, changeTimes, largestPayment, regimeAt, stream, type Market } from './market.ts';
import { MOST_PPM, drawWillingness } from './willingness.ts';

/** Someone wants to pay. */
export interface Attempt {
  /** Seconds since the epoch, fractional. */
  readonly at: number;
  /** Channels by number; `from` is OUTSIDE on a node with one channel. */
  readonly from: number;
  readonly to: number;
  /** What is to leave, integer msat. */
  readonly amountMsat: number;
  /** Highest fee the sender accepts. */
  readonly reservationPpm: number;
  /** 32 bits from which everything else about this sender is derived where it matters (see luck.ts). */
  readonly luck: number;
}

/** Plain data, to go on from. */
export interface DemandState {
  at: number;
  readonly arrivals: RandomState;
  readonly pairs: RandomState;
  readonly amounts: RandomState;
  readonly reservations: RandomState;
  readonly luck: RandomState;
}

/** Payments smaller than a sat are noise. */
const SMALLEST_MSAT = 1000;
/** Hours after midnight UTC at which the day's rate crosses its mean upward (quant 4.3). */
const MORNING = 7;

/** @param at seconds since the epoch */
export function startDemand(seed: number, at = MARKET_START): DemandState {
  const state = (name: string): RandomState => stream(seed, name).state();
  return {
    at,
    arrivals: state('arrivals'),
    pairs: state('pairs'),
    amounts: state('amounts'),
    reservations: state('reservations'),
    luck: state('luck'),
  };
}

/** First index whose cumulated weight exceeds x. */
function pick(cumulated: Float64Array, x: number): number {
  let low = 0;
  let high = cumulated.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cumulated[middle] ?? 0) <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}

export class DemandStream {
  readonly #market: Market;
  readonly #state: DemandState;
  readonly #arrivals: SeededRandom;
  readonly #pairs: SeededRandom;
  readonly #amounts: SeededRandom;
  readonly #reservations: SeededRandom;
  readonly #luck: SeededRandom;
  readonly #changes: readonly number[];
  readonly #sources: Float64Array;
  readonly #sinks: Float64Array;
  readonly #scales: Float64Array;
  /** Largest season, by which the season's mean is 1. */
  readonly #peak: number;
  readonly #lnMedian: number;
  #perSecond = 0;
  /** When the regimes in force end. */
  #until = -Infinity;

  /** Goes on from the state and keeps it up to date. */
  constructor(market: Market, state: DemandState) {
    this.#market = market;
    this.#state = state;
    this.#arrivals = new SeededRandom(state.arrivals);
    this.#pairs = new SeededRandom(state.pairs);
    this.#amounts = new SeededRandom(state.amounts);
    this.#reservations = new SeededRandom(state.reservations);
    this.#luck = new SeededRandom(state.luck);
    this.#changes = changeTimes(market);
    const { channels, scenario } = market;
    let sum = 0;
    this.#sources = Float64Array.from(channels, ({ source }) => (sum += source));
    this.#sinks = new Float64Array(channels.length);
    this.#scales = new Float64Array(channels.length);
    this.#peak = (1 + scenario.season.daily) / weekMean(scenario.season.weekend);
    this.#lnMedian = Math.log(scenario.payment.medianSats * 1000);
    this.#enter(state.at);
  }

  next(): Attempt {
    for (;;) {
      const at = this.#state.at + this.#arrivals.exponential(1 / this.#perSecond);
      if (at >= this.#until) {
        // Waiting times have no memory: the rest of this one is drawn anew at the new rate.
        this.#state.at = this.#until;
        this.#enter(this.#until);
        continue;
      }
      this.#state.at = at;
      if (this.#arrivals.next() * this.#peak < this.#season(at)) return this.#attempt(at);
    }
  }

  #attempt(at: number): Attempt {
    const { scenario } = this.#market;
    const to = pick(this.#sinks, this.#pairs.next() * (this.#sinks.at(-1) ?? 0));
    const from = this.#drawSource(to);
    const drawn = Math.exp(this.#lnMedian + scenario.payment.sigma * this.#amounts.normal());
    const amountMsat = Math.max(SMALLEST_MSAT, Math.min(largestPayment(this.#market, from, to), Math.round(drawn)));
    const willing = (this.#scales[to] ?? 0) * drawWillingness(scenario.willingness.family, this.#reservations);
    const reservationPpm = Math.min(MOST_PPM, willing);
    const luck = Math.floor(this.#luck.next() * 2 ** 32);
    return { at, from, to, amountMsat, reservationPpm, luck };
  }

  /** In proportion to the sources, the channel it leaves by left out. */
  #drawSource(to: number): number {
    const total = this.#sources.at(-1) ?? 0;
    if (this.#sources.length === 1) return OUTSIDE;
    const before = to === 0 ? 0 : (this.#sources[to - 1] ?? 0);
    const own = (this.#sources[to] ?? 0) - before;
    const x = this.#pairs.next() * (total - own);
    return pick(this.#sources, x < before ? x : x + own);
  }

  #season(at: number): number {
    const { daily, weekend } = this.#market.scenario.season;
    const hour = (at % DAY) / 3600;
    const day = Math.floor((at - MARKET_START) / DAY) % 7;
    const swing = 1 + daily * Math.sin((2 * Math.PI * (hour - MORNING)) / 24);
    return (swing * (day >= 5 ? weekend : 1)) / weekMean(weekend);
  }

  #enter(at: number): void {
    let sum = 0;
    this.#market.channels.forEach((channel, j) => {
      const { scalePpm, rateFactor } = regimeAt(channel, at);
      this.#scales[j] = scalePpm;
      sum += channel.sinkPerDay * rateFactor;
      this.#sinks[j] = sum;
    });
    this.#perSecond = (sum * this.#peak) / DAY;
    this.#until = this.#changes.find((time) => time > at) ?? Infinity;
  }
}

const weekMean = (weekend: number): number => (5 + 2 * weekend) / 7;

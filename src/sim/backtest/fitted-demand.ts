// Which payments are tried in a market that was fitted to a history? The same for whatever prices meet them.
import { cumulate, exponential, pick } from '../../core/chance.ts';
import type { DrawnMarket, Fit } from '../../core/backtest/fit.ts';
import { seasonAt } from '../../core/backtest/season.ts';
import type { Attempt } from '../market/demand/demand-stream.ts';
import { stream } from '../market/market.ts';
import { MOST_PPM } from '../market/demand/willingness.ts';
import type { SeededRandom } from '../world/random.ts';

const HOUR = 3600;
/** Nobody pays in more than this of the smaller channel at once: senders split what is larger (quant prototype). */
const LARGEST_SHARE = 0.4;
const SMALLEST_MSAT = 1000;

export class FittedDemand {
  readonly #fit: Fit;
  readonly #market: DrawnMarket;
  readonly #sinks: Float64Array;
  readonly #sources: readonly Float64Array[];
  readonly #peak: number;
  readonly #arrivals: SeededRandom;
  readonly #pairs: SeededRandom;
  readonly #amounts: SeededRandom;
  readonly #reservations: SeededRandom;
  readonly #luck: SeededRandom;
  #at: number;

  constructor(fit: Fit, market: DrawnMarket, seed: number) {
    this.#fit = fit;
    this.#market = market;
    this.#sinks = cumulate(market.demands.map(({ perHour }) => perHour));
    this.#sources = market.sources.map(cumulate);
    this.#peak = Math.max(...fit.season);
    this.#arrivals = stream(seed, 'arrivals');
    this.#pairs = stream(seed, 'pairs');
    this.#amounts = stream(seed, 'amounts');
    this.#reservations = stream(seed, 'reservations');
    this.#luck = stream(seed, 'luck');
    this.#at = fit.history.from;
  }

  next(): Attempt {
    const total = this.#sinks.at(-1) ?? 0;
    if (total <= 0) return NEVER;
    const uniform = (random: SeededRandom) => () => random.next();
    for (;;) {
      this.#at += (HOUR * exponential(uniform(this.#arrivals))) / (total * this.#peak);
      if (this.#arrivals.next() * this.#peak >= seasonAt(this.#fit.season, this.#at)) continue;
      const to = pick(this.#sinks, this.#pairs.next() * total);
      const sources = this.#sources[to];
      const from = sources === undefined ? -1 : pick(sources, this.#pairs.next() * (sources.at(-1) ?? 0));
      const drawn = this.#market.amount(to, uniform(this.#amounts));
      const willing = this.#market.demands[to]?.willing(uniform(this.#reservations)) ?? 0;
      const luck = Math.floor(this.#luck.next() * 2 ** 32);
      if (from === to || !this.#isThere(from) || !this.#isThere(to)) continue;
      const amountMsat = Math.max(SMALLEST_MSAT, Math.min(this.#largest(from, to), Math.round(drawn)));
      return { at: this.#at, from, to, amountMsat, reservationPpm: Math.min(MOST_PPM, willing), luck };
    }
  }

  #isThere(channel: number): boolean {
    const past = this.#fit.history.channels[channel];
    return (
      past !== undefined && past.from <= this.#at && (this.#at < past.until || past.until >= this.#fit.history.until)
    );
  }

  #largest(from: number, to: number): number {
    const { channels } = this.#fit.history;
    return Math.floor(LARGEST_SHARE * Math.min(channels[from]?.capacityMsat ?? 0, channels[to]?.capacityMsat ?? 0));
  }
}

const NEVER: Attempt = { at: Infinity, from: 0, to: 0, amountMsat: SMALLEST_MSAT, reservationPpm: 0, luck: 0 };

// What does the rival ask with whom senders compare us? Its usual price, or less than us where we were cheaper a day or
// two ago (quant 4.6 S7).
//
// Each channel has its own rival, which follows every change of our fee, always as late. Its usual price is the channel's
// scale: above it senders would not follow it either, so that demand is never higher than against a rival that asks that
// for ever.
import { stream } from '../basics.ts';
import { regimeAt, type Market } from '../market.ts';
import { rivalMultiple } from '../demand/willingness.ts';

type Terms = NonNullable<Market['scenario']['rival']>;

/** By how many hours each channel's rival is late. */
export function rivalLags({ channels, seed }: Market, { leastHours, mostHours }: Terms): number[] {
  const random = stream(seed, 'rivals');
  return channels.map(() => random.between(leastHours, mostHours));
}

interface Watch {
  readonly lagSeconds: number;
  /** Our fees that it has not yet seen, with the time at which it does; ascending. */
  readonly unseen: { readonly at: number; readonly ppm: number }[];
  /** What we asked when it looked. */
  seenPpm: number;
}

/** Time may only move on. */
export class Rival {
  readonly #market: Market;
  readonly #terms: Terms;
  readonly #watches: readonly Watch[];

  /** It has not yet seen the fees we begin with. */
  constructor(market: Market, terms: Terms, feesPpm: ArrayLike<number>) {
    const lags = rivalLags(market, terms);
    this.#market = market;
    this.#terms = terms;
    this.#watches = market.channels.map((_, k) => {
      const lagSeconds = 3600 * (lags[k] ?? 0);
      const unseen = [{ at: market.start + lagSeconds, ppm: feesPpm[k] ?? 0 }];
      return { lagSeconds, unseen, seenPpm: Infinity };
    });
  }

  /** What those who compare would pay, in multiples of what they would at its usual price. */
  multiple(channel: number, time: number): number {
    const watch = this.#watches[channel];
    const own = this.#market.channels[channel];
    if (watch === undefined || own === undefined) return 1;
    for (let next = watch.unseen[0]; next !== undefined && next.at <= time; next = watch.unseen[0]) {
      watch.seenPpm = next.ppm;
      watch.unseen.shift();
    }
    return rivalMultiple(this.#terms, regimeAt(own, time).scalePpm, watch.seenPpm);
  }

  /** What it asks, ppm. */
  askedPpm(channel: number, time: number): number {
    const own = this.#market.channels[channel];
    return own === undefined ? 0 : regimeAt(own, time).scalePpm * this.multiple(channel, time);
  }

  changed(channel: number, time: number, toPpm: number): void {
    const watch = this.#watches[channel];
    watch?.unseen.push({ at: time + watch.lagSeconds, ppm: toPpm });
  }
}

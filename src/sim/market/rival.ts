// What does the rival ask with whom senders compare us? Its usual price, or less than us where we are cheaper (quant 4.6 S7).
//
// It looks once for each of our changes, some hours later, at what we ask by then; changes in between are seen in the
// same look. Its usual price is the channel's scale: above it senders would not follow it either, so that demand is
// never higher than against a rival that asks that for ever.
import { fraction } from './luck.ts';
import { regimeAt, type Market } from './market.ts';
import { rivalMultiple } from './willingness.ts';

interface Watch {
  /** Its price in multiples of the usual one. */
  multiple: number;
  /** When it looks next; Infinity where nothing has changed. */
  looksAt: number;
  looks: number;
}

export class Rival {
  readonly #market: Market;
  readonly #terms: NonNullable<Market['scenario']['rival']>;
  readonly #watches: readonly Watch[];

  /** It has not yet looked at the fees we begin with. */
  constructor(market: Market, terms: NonNullable<Market['scenario']['rival']>) {
    this.#market = market;
    this.#terms = terms;
    this.#watches = market.channels.map(() => ({ multiple: 1, looksAt: Infinity, looks: 0 }));
    for (let k = 0; k < market.channels.length; k++) this.#expect(k, market.start);
  }

  /** What those who compare would pay, in multiples of what they would at its usual price. */
  multiple(channel: number, time: number, ourPpm: number): number {
    const watch = this.#watches[channel];
    if (watch === undefined) return 1;
    if (watch.looksAt <= time) this.#look(channel, watch, ourPpm);
    return watch.multiple;
  }

  /** Our fee is about to change from what it was. */
  changed(channel: number, time: number, beforePpm: number): void {
    this.multiple(channel, time, beforePpm);
    this.#expect(channel, time);
  }

  #expect(channel: number, time: number): void {
    const watch = this.#watches[channel];
    if (watch === undefined || watch.looksAt !== Infinity) return;
    const { leastHours, mostHours } = this.#terms;
    const luck = fraction(
      Math.imul(this.#market.seed ^ 0x51f7, 0x9e3779b1) ^ Math.imul(channel + 1, 0x85ebca6b),
      watch.looks++,
    );
    watch.looksAt = time + 3600 * (leastHours + (mostHours - leastHours) * luck);
  }

  #look(channel: number, watch: Watch, ourPpm: number): void {
    const own = this.#market.channels[channel];
    if (own === undefined) return;
    watch.multiple = rivalMultiple(this.#terms, regimeAt(own, watch.looksAt).scalePpm, ourPpm);
    watch.looksAt = Infinity;
  }
}

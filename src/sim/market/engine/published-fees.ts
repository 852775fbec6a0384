// Which fee does a sender believe in, and which is still taken? Our policies as gossip spreads them.
import { SLOWEST_GOSSIP, gossipDelay } from '../demand/luck.ts';

/** setchannel's enforcedelay, seconds: for so long after a raise the fee before is still taken. */
const ENFORCE_DELAY = 600;

interface Published {
  readonly at: number;
  readonly ppm: number;
}

export class PublishedFees {
  readonly #fees: Float64Array;
  /** By channel, ascending by time; only those that someone may still believe in. */
  readonly #history: Published[][];

  /** Known to everyone from the beginning. */
  constructor(feesPpm: Float64Array) {
    this.#fees = feesPpm;
    this.#history = Array.from(feesPpm, (ppm) => [{ at: -Infinity, ppm }]);
  }

  at(channel: number): number {
    return this.#fees[channel] ?? 0;
  }

  /** @returns whether that is another fee than before. @throws RangeError on a channel or a fee that cannot be */
  publish(channel: number, ppm: number, now: number): boolean {
    if (!Number.isInteger(ppm) || ppm < 0)
      throw new RangeError(`fee: expected an integer >= 0 ppm, got ${String(ppm)}`);
    const history = this.#history[channel];
    if (history === undefined) throw new RangeError(`channel: expected 0..${this.#fees.length - 1}, got ${channel}`);
    if (ppm === this.#fees[channel]) return false;
    this.#fees[channel] = ppm;
    history.push({ at: now, ppm });
    while ((history[1]?.at ?? Infinity) < now - SLOWEST_GOSSIP) history.shift();
    return true;
  }

  /** The policy as the sender's gossip has it. */
  seen(channel: number, now: number, luck: number): number {
    const history = this.#history[channel];
    const newest = history?.at(-1);
    if (history === undefined || newest === undefined) return 0;
    if (newest.at <= now - SLOWEST_GOSSIP) return newest.ppm;
    const known = now - gossipDelay(luck);
    for (let i = history.length - 1; i >= 0; i--) {
      const published = history[i];
      if (published !== undefined && published.at <= known) return published.ppm;
    }
    return newest.ppm;
  }

  /** Whether that lower fee was in force within the last ENFORCE_DELAY seconds. */
  stillTaken(channel: number, ppm: number, now: number): boolean {
    const history = this.#history[channel] ?? [];
    for (let i = history.length - 2; i >= 0; i--) {
      const replacedAt = history[i + 1]?.at ?? -Infinity;
      if (replacedAt <= now - ENFORCE_DELAY) return false;
      if ((history[i]?.ppm ?? Infinity) <= ppm) return true;
    }
    return false;
  }
}

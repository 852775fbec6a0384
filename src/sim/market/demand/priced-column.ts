// Which fee is best for a channel when every sat on every channel has its price? The inner step of bound and oracle.
import type { DemandClass, DemandColumn } from './demand.ts';

interface PricedClass {
  /** Channels that payments come from, and the part of the class that does. */
  readonly sources: Int32Array;
  readonly parts: Float64Array;
  /** Sats a day if it were free. */
  readonly volume: number;
  /** At each fee of the column. */
  readonly shares: Float64Array;
}

/** Tables of one column; what was chosen last. */
export class PricedColumn {
  readonly to: number;
  /** Sats a day of all classes if it were free. */
  readonly volume: number;
  /** The fee chosen, ppm. */
  fee = 0;
  /** What is earned at it, in sats a day x ppm: fees, what comes in and what leaves. */
  value = 0;
  #chosen = -1;
  readonly #fees: Float64Array;
  readonly #classes: readonly PricedClass[];

  /** @param rival at its usual price, or where it is in the end at each fee of ours */
  constructor({ to, fees, classes, follows }: DemandColumn, rival: 'usual' | 'settled') {
    const multiple = rival === 'usual' ? null : follows;
    this.to = to;
    this.#fees = fees;
    this.#classes = classes.map((one) => tabulate(one, fees, multiple));
    this.volume = this.#classes.reduce((sum, { volume }) => sum + volume, 0);
  }

  /** The fee of highest share x (fee + price in - price out), or none at all where every fee would lose. */
  choose(prices: Float64Array): void {
    const out = prices[this.to] ?? 0;
    const [only] = this.#classes;
    this.value = 0;
    this.#chosen = -1;
    this.fee = this.#fees.at(-1) ?? 0;
    if (only !== undefined && this.#classes.length === 1) this.#chooseOf(only, incoming(only, prices) - out);
    else if (only !== undefined) this.#chooseOfAll(prices, out);
  }

  /** Adds what flows at the fee chosen to what each channel gains, sats a day. */
  flow(gain: Float64Array): void {
    if (this.#chosen < 0) return;
    for (const { sources, parts, volume, shares } of this.#classes) {
      const flow = volume * (shares[this.#chosen] ?? 0);
      gain[this.to] = (gain[this.to] ?? 0) - flow;
      for (let n = 0; n < sources.length; n++) {
        const from = sources[n] ?? 0;
        gain[from] = (gain[from] ?? 0) + flow * (parts[n] ?? 0);
      }
    }
  }

  #chooseOf({ shares, volume }: PricedClass, gain: number): void {
    const fees = this.#fees;
    let best = 0;
    let chosen = -1;
    for (let f = 0; f < fees.length; f++) {
      const value = (shares[f] ?? 0) * ((fees[f] ?? 0) + gain);
      if (value <= best) continue;
      best = value;
      chosen = f;
    }
    if (chosen < 0) return;
    this.#chosen = chosen;
    this.fee = fees[chosen] ?? 0;
    this.value = best * volume;
  }

  #chooseOfAll(prices: Float64Array, out: number): void {
    const gains = this.#classes.map((one) => incoming(one, prices) - out);
    for (let f = 0; f < this.#fees.length; f++) {
      const fee = this.#fees[f] ?? 0;
      let value = 0;
      for (let c = 0; c < gains.length; c++) {
        const one = this.#classes[c];
        if (one !== undefined) value += one.volume * (one.shares[f] ?? 0) * (fee + (gains[c] ?? 0));
      }
      if (value <= this.value) continue;
      this.value = value;
      this.fee = fee;
      this.#chosen = f;
    }
  }
}

function tabulate(one: DemandClass, fees: Float64Array, multiple: DemandColumn['follows']): PricedClass {
  const sources: number[] = [];
  one.from.forEach((sats, from) => {
    if (sats > 0) sources.push(from);
  });
  const volume = one.from.reduce((sum, sats) => sum + sats, 0);
  return {
    sources: Int32Array.from(sources),
    parts: Float64Array.from(sources, (from) => (one.from[from] ?? 0) / volume),
    volume,
    shares: fees.map((fee) => one.share(fee, multiple?.(fee))),
  };
}

/** Of what comes in for the class, the price in the mean. */
function incoming({ sources, parts }: PricedClass, prices: Float64Array): number {
  let sum = 0;
  for (let n = 0; n < sources.length; n++) sum += (parts[n] ?? 0) * (prices[sources[n] ?? 0] ?? 0);
  return sum;
}

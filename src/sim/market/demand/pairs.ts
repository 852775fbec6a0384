// Who pays whom? Channels in proportion to what they are paid, and where from in proportion to what they bring.
import { cumulate, pick } from '../../../core/chance.ts';
import type { SeededRandom } from '../../world/random.ts';
import { OUTSIDE } from '../basics.ts';

export class Pairs {
  readonly #sources: Float64Array;
  readonly #sinks: Float64Array;

  constructor(sources: readonly number[]) {
    this.#sources = cumulate(sources);
    this.#sinks = new Float64Array(sources.length);
  }

  /** What comes to all of them. */
  aim(sinks: readonly number[]): number {
    let sum = 0;
    sinks.forEach((sink, j) => (this.#sinks[j] = sum += sink));
    return sum;
  }

  drawTo(random: SeededRandom): number {
    return pick(this.#sinks, random.next() * (this.#sinks.at(-1) ?? 0));
  }

  /** In proportion to the sources, the channel it leaves by left out. */
  drawFrom(to: number, random: SeededRandom): number {
    const total = this.#sources.at(-1) ?? 0;
    if (this.#sources.length === 1) return OUTSIDE;
    const before = to === 0 ? 0 : (this.#sources[to - 1] ?? 0);
    const own = (this.#sources[to] ?? 0) - before;
    const x = random.next() * (total - own);
    return pick(this.#sources, x < before ? x : x + own);
  }
}

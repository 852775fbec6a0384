// What is known of ways between our channels, kept for as long as the process lives? A restart costs some questions.
import type { Pair } from '../../core/rebalance/failure-memory.ts';
import { withoutWay, withWay, type WayMemory, type WayTold } from '../../core/rebalance/ways.ts';

export class WayBook {
  #memory: WayMemory = new Map();

  /** Stays the same until something is told. */
  get memory(): WayMemory {
    return this.#memory;
  }

  tell(pair: Pair, told: WayTold): void {
    this.#memory = withWay(this.#memory, pair, told);
  }

  /** It turned out to cost something else. */
  forget(pair: Pair): void {
    this.#memory = withoutWay(this.#memory, pair);
  }
}

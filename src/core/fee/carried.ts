// What of one cycle's work may serve the next, and changes no answer? Kept by whoever runs many cycles in a row.
import { Places } from './places.ts';
import { Pool } from './prior.ts';
import type { Optimum } from './types.ts';

/** Without it, or with one of other peers, the same is worked out anew. */
export class Carried {
  #pool = new Pool([]);
  #places = new Places([]);

  /** The one before, as long as nobody has learned anything. */
  poolOf(learned: readonly Optimum[]): Pool {
    if (!this.#pool.isOf(learned)) this.#pool = new Pool(learned);
    return this.#pool;
  }

  /** The ones before, as long as the peers are the same: then only sources that have changed are looked up. */
  placesOf(count: number, peerAt: (i: number) => string): Places {
    if (!this.#places.isOf(count, peerAt))
      this.#places = new Places(Array.from({ length: count }, (_, i) => peerAt(i)));
    return this.#places;
  }
}

// Which of the peers of this cycle do forwards come from? Positions instead of ids: every cycle asks it of every peer, and
// looking ids up cost more than all that is done with the answer.
import type { Sources } from './sources.ts';

/** A peer that is no longer there. */
export const GONE = -1;

/** Where forwards towards a peer come in: in columns, because each is gone through three times a cycle. */
export interface PlacedSources {
  /** Positions in the list of peers, or GONE. */
  readonly from: Int32Array;
  readonly forwards: ArrayLike<number>;
}

/** The peers of a cycle by their positions. */
export class Places {
  readonly #peers: readonly string[];
  readonly #positions: ReadonlyMap<string, number>;
  /** The same peers stay in the lists for long. */
  readonly #placed = new WeakMap<Sources['peers'], Int32Array>();

  constructor(peers: readonly string[]) {
    this.#peers = peers;
    this.#positions = new Map(peers.map((peer, i) => [peer, i]));
  }

  /** Whether these are the same peers in the same order. */
  isOf(count: number, peerAt: (i: number) => string): boolean {
    if (count !== this.#peers.length) return false;
    for (let i = 0; i < count; i++) if (this.#peers[i] !== peerAt(i)) return false;
    return true;
  }

  of({ peers, forwards }: Sources): PlacedSources {
    let from = this.#placed.get(peers);
    if (from === undefined) {
      from = Int32Array.from(peers, (peer) => this.#positions.get(peer) ?? GONE);
      this.#placed.set(peers, from);
    }
    return { from, forwards };
  }
}

// Which of the peers of this cycle do forwards come from? Positions instead of ids: every cycle asks it of every peer, and
// looking ids up cost more than all that is done with the answer.
import type { UnitState } from './types.ts';

/** A peer that is no longer there. */
export const GONE = -1;

/** Where forwards towards a peer come in: in columns, because each is gone through three times a cycle. */
export interface PlacedSources {
  /** Positions in the list of peers, or GONE. */
  readonly from: Int32Array;
  readonly forwards: Float64Array;
}

/** The peers of a cycle by their positions. */
export class Places {
  readonly #peers: readonly string[];
  readonly #positions: ReadonlyMap<string, number>;
  /** Sources stay the same until something new comes in. */
  readonly #placed = new WeakMap<UnitState['sources'], PlacedSources>();

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

  of(sources: UnitState['sources']): PlacedSources {
    let known = this.#placed.get(sources);
    if (known === undefined) {
      const peers = Object.keys(sources);
      known = { from: new Int32Array(peers.length), forwards: new Float64Array(peers.length) };
      for (let i = 0; i < peers.length; i++) {
        const peer = peers[i] as string;
        known.from[i] = this.#positions.get(peer) ?? GONE;
        known.forwards[i] = sources[peer] as number;
      }
      this.#placed.set(sources, known);
    }
    return known;
  }
}

// What do peers call themselves? Asked once per peer and then remembered, because a list of all nodes is megabytes.
import { SECONDS_PER_DAY, SECONDS_PER_HOUR, type NodeId } from '../core/units.ts';
import { NodeError, type Clock } from '../ports.ts';
import type { Ask } from './ask.ts';
import { decodeAlias } from './small-replies.ts';

/** Names change rarely; a day late is soon enough. */
const NAME_LIFE = SECONDS_PER_DAY;
/**
 * A peer without a name may be a new one, whose announcement comes by gossip within minutes (nodes pass it on each
 * minute), or one that has none: asked again after a minute, and each time after twice as long.
 */
const FIRST_RETRY = 60;
const LONGEST_RETRY = SECONDS_PER_HOUR;
/** Questions under way at once: enough to hide the latency, few enough not to crowd lightningd's queue. */
const AT_ONCE = 16;

interface Name {
  readonly alias: string | null;
  readonly until: number;
  /** Seconds to the next question after this one while there is no name. */
  readonly retry: number;
}

export class AliasBook {
  readonly #ask: Ask;
  readonly #clock: Clock;
  #names: ReadonlyMap<NodeId, Name> = new Map();

  constructor(ask: Ask, clock: Clock) {
    this.#ask = ask;
    this.#clock = clock;
  }

  /**
   * Names of these peers, null for those without. A name is an ornament: when lightningd cannot be asked (its topology
   * plugin starts late), the rest stay null until the next call. Forgets peers that are not asked for any more.
   */
  async lookUp(peers: Iterable<NodeId>): Promise<ReadonlyMap<NodeId, string | null>> {
    const now = this.#clock.now();
    const names = new Map<NodeId, Name>();
    const open: NodeId[] = [];
    for (const peer of new Set(peers)) {
      const name = this.#names.get(peer);
      if (name) names.set(peer, name);
      if (!name || name.until <= now) open.push(peer);
    }
    try {
      for (let i = 0; i < open.length; i += AT_ONCE)
        await Promise.all(
          open.slice(i, i + AT_ONCE).map(async (peer) => names.set(peer, await this.#read(peer, now, names.get(peer)))),
        );
    } catch (error) {
      if (!(error instanceof NodeError)) throw error;
    }
    this.#names = names;
    return new Map([...names].map(([peer, { alias }]) => [peer, alias]));
  }

  async #read(peer: NodeId, now: number, before: Name | undefined): Promise<Name> {
    const alias = await this.#ask('listnodes', { id: peer }, decodeAlias);
    if (alias !== null) return { alias, until: now + NAME_LIFE, retry: FIRST_RETRY };
    const wait = before?.retry ?? FIRST_RETRY;
    return { alias, until: now + wait, retry: Math.min(2 * wait, LONGEST_RETRY) };
  }
}

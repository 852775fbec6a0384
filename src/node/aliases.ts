// What do peers call themselves? Asked once per peer and then remembered, because a list of all nodes is megabytes.
import { SECONDS_PER_DAY, SECONDS_PER_HOUR, type NodeId } from '../core/units.ts';
import { NodeError, type Clock } from '../ports.ts';
import type { Ask } from './ask.ts';
import { decodeAlias } from './facts.ts';

/** Names change rarely; a day late is soon enough. */
const NAME_LIFE = SECONDS_PER_DAY;
/** A peer without a name may be a new one whose announcement is still under way. */
const NO_NAME_LIFE = SECONDS_PER_HOUR;
/** Questions under way at once: enough to hide the latency, few enough not to crowd lightningd's queue. */
const AT_ONCE = 16;

type Name = { readonly alias: string | null; readonly until: number };

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
        await Promise.all(open.slice(i, i + AT_ONCE).map(async (peer) => names.set(peer, await this.#read(peer, now))));
    } catch (error) {
      if (!(error instanceof NodeError)) throw error;
    }
    this.#names = names;
    return new Map([...names].map(([peer, { alias }]) => [peer, alias]));
  }

  async #read(peer: NodeId, now: number): Promise<Name> {
    const alias = await this.#ask('listnodes', { id: peer }, decodeAlias);
    return { alias, until: now + (alias === null ? NO_NAME_LIFE : NAME_LIFE) };
  }
}

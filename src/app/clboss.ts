// What does clboss leave to us, and whose wish is that, ours or the operator's?
//
// clboss keeps one set of tags per peer and `clboss-unmanage` replaces it whole. So every change is: read the set, merge
// into it, write it, one peer at a time. What we add is remembered before clboss is told, so that no crash makes ours
// look like the operator's; what was there before is the operator's and never given back.
import { INVALID_PARAMS } from '../core/errors.ts';
import type { NodeId } from '../core/units.ts';
import {
  CLBOSS_TAGS,
  NodeError,
  type ClbossNode,
  type ClbossStatus,
  type ClbossTag,
  type FeeStore,
  type Log,
} from '../ports.ts';
import { exclusive } from './exclusive.ts';

export interface ClbossPorts {
  readonly clboss: ClbossNode;
  readonly fees: Pick<FeeStore, 'takenTags' | 'saveTakenTags'>;
  readonly log: Pick<Log, 'info' | 'warn'>;
  /** Whether to work with clboss at all (revenue-ops-clboss-enabled). */
  readonly enabled: () => boolean;
}

export type Taking =
  /** clboss leaves these alone now; `added` are those that it did not before. */
  | { readonly kind: 'unmanaged'; readonly added: readonly ClbossTag[] }
  /** There is no clboss, or we are not to speak to it: nobody stands in the way. */
  | { readonly kind: 'no-clboss' }
  /** It did not: what was to be done is not to be. `silent` where it did not even answer in time. */
  | { readonly kind: 'refused'; readonly reason: string; readonly silent: boolean };

export type GivingBack =
  | { readonly kind: 'given-back'; readonly tags: readonly ClbossTag[]; readonly remaining: readonly string[] }
  | { readonly kind: 'no-clboss' }
  /** None of it was ours. */
  | { readonly kind: 'not-ours'; readonly remaining: readonly string[] };

/** One peer that clboss leaves alone in some way, or of which we remember that it should. */
export interface UnmanagedPeer {
  readonly peerId: NodeId;
  /** As clboss says; null where there is no clboss to say. */
  readonly tags: readonly string[] | null;
  /** What we have taken, whether or not clboss still knows. */
  readonly ours: readonly ClbossTag[];
  /** Null likewise. */
  readonly operators: readonly string[] | null;
}
export interface ClbossView {
  readonly available: boolean;
  readonly version: string | null;
  /** By peer id. */
  readonly peers: readonly UnmanagedPeer[];
}

export class Clboss {
  readonly #ports: ClbossPorts;
  readonly #alone = exclusive();

  constructor(ports: ClbossPorts) {
    this.#ports = ports;
  }

  /**
   * Takes tags of a peer out of clboss' hands, together with what we had taken before and clboss has lost. A refusal is
   * a warning in the log.
   * @throws StoreError
   */
  take(peer: NodeId, tags: readonly ClbossTag[]): Promise<Taking> {
    return this.#alone(() => this.#take(peer, tags));
  }

  /**
   * Takes a tag of these peers where clboss has it: it was not there, came without its memory, or was told otherwise.
   * Returns why it was refused, by peer; of those after one at whom it did not answer nothing is known.
   * @param peers each with the reason why clboss is to leave it alone, for the log
   * @throws StoreError
   */
  retake(peers: ReadonlyMap<NodeId, string>, tag: ClbossTag): Promise<ReadonlyMap<NodeId, string>> {
    return this.#alone(async () => {
      const refused = new Map<NodeId, string>();
      for (const [peer, why] of await this.#managed(peers, tag)) {
        const again = this.#ours(peer).includes(tag) ? ' again' : '';
        const taking = await this.#take(peer, [tag]);
        if (taking.kind === 'refused') {
          refused.set(peer, taking.reason);
          // It would keep us waiting at every peer.
          if (taking.silent) break;
        } else if (taking.kind === 'unmanaged') this.#ports.log.info(`clboss: took ${tag} of ${peer}${again}: ${why}`);
      }
      return refused;
    });
  }

  /**
   * Gives back what we have taken of a peer, or one tag of it, and nothing else.
   * @throws NodeError nothing was given back as far as is known, and it stays ours
   * @throws StoreError
   */
  giveBack(peer: NodeId, tag: ClbossTag | null): Promise<GivingBack> {
    return this.#alone(async () => {
      const status = await this.#read();
      if (status === null) return { kind: 'no-clboss' };
      const present = status.unmanaged.get(peer) ?? [];
      const ours = this.#ours(peer);
      const given = ours.filter((each) => tag === null || each === tag);
      if (given.length === 0) return { kind: 'not-ours', remaining: present };
      const remaining = without(present, given);
      if (remaining.length < present.length) await this.#ports.clboss.replaceTags(peer, remaining);
      this.#remember(peer, without(ours, given));
      return { kind: 'given-back', tags: given, remaining };
    });
  }

  /** Whether clboss leaves this alone; null where there is no clboss, or we are not to speak to it. @throws NodeError */
  async isUnmanaged(peer: NodeId, tag: ClbossTag): Promise<boolean | null> {
    const status = this.#ports.enabled() ? await this.#read() : null;
    return status && (status.unmanaged.get(peer)?.includes(tag) ?? false);
  }

  /** @throws NodeError, StoreError */
  async view(): Promise<ClbossView> {
    const status = await this.#read();
    const taken = this.#ports.fees.takenTags();
    const peers = new Set([...(status?.unmanaged.keys() ?? []), ...taken.keys()]);
    return {
      available: status !== null,
      version: status?.version ?? null,
      peers: [...peers].sort().map((peerId) => {
        const ours = taken.get(peerId) ?? [];
        const tags = status && (status.unmanaged.get(peerId) ?? []);
        return { peerId, tags, ours, operators: tags && without(tags, ours) };
      }),
    };
  }

  /** Null where there is none. */
  async #read(): Promise<ClbossStatus | null> {
    try {
      return await this.#ports.clboss.readClboss();
    } catch (error) {
      if (isAbsence(error)) return null;
      throw error;
    }
  }

  /** Those of the peers of which clboss has the tag; none where it cannot be asked. */
  async #managed<T>(peers: ReadonlyMap<NodeId, T>, tag: ClbossTag): Promise<(readonly [NodeId, T])[]> {
    if (peers.size === 0 || !this.#ports.enabled()) return [];
    try {
      const status = await this.#read();
      return status === null ? [] : [...peers].filter(([peer]) => !status.unmanaged.get(peer)?.includes(tag));
    } catch (error) {
      if (!(error instanceof NodeError)) throw error;
      this.#ports.log.warn(`clboss could not be asked what it manages: ${error.message}`);
      return [];
    }
  }

  async #take(peer: NodeId, tags: readonly ClbossTag[]): Promise<Taking> {
    if (!this.#ports.enabled()) return { kind: 'no-clboss' };
    try {
      const status = await this.#read();
      return status === null ? { kind: 'no-clboss' } : await this.#add(peer, tags, status.unmanaged.get(peer) ?? []);
    } catch (error) {
      if (!(error instanceof NodeError)) throw error;
      this.#ports.log.warn(`clboss keeps ${tags.join(', ')} of ${peer}: ${error.message}`);
      return { kind: 'refused', reason: error.message, silent: error.kind === 'timeout' };
    }
  }

  async #add(peer: NodeId, tags: readonly ClbossTag[], present: readonly string[]): Promise<Taking> {
    const ours = this.#ours(peer);
    const added = without(CLBOSS_TAGS, present).filter((tag) => tags.includes(tag) || ours.includes(tag));
    if (added.length === 0) return { kind: 'unmanaged', added };
    this.#remember(peer, [...ours, ...added]);
    try {
      await this.#ports.clboss.replaceTags(peer, [...present, ...added]);
      return { kind: 'unmanaged', added };
    } catch (error) {
      // What clboss certainly does not leave to us is not ours.
      if (isAbsence(error) || isRefusal(error)) this.#remember(peer, without(ours, added));
      if (isAbsence(error)) return { kind: 'no-clboss' };
      throw error;
    }
  }

  #ours(peer: NodeId): readonly ClbossTag[] {
    return this.#ports.fees.takenTags().get(peer) ?? [];
  }

  #remember(peer: NodeId, tags: readonly ClbossTag[]): void {
    const unique = CLBOSS_TAGS.filter((tag) => tags.includes(tag));
    if (unique.join() !== CLBOSS_TAGS.filter((tag) => this.#ours(peer).includes(tag)).join())
      this.#ports.fees.saveTakenTags(peer, unique);
  }
}

const without = <T extends string>(tags: readonly T[], others: readonly string[]): T[] =>
  tags.filter((tag) => !others.includes(tag));

const isAbsence = (error: unknown): boolean => error instanceof NodeError && error.kind === 'unknown-command';
/** clboss refuses with this code and no other: any other error may have come after the deed, such as its own end. */
const isRefusal = (error: unknown): boolean =>
  error instanceof NodeError && error.kind === 'refused' && error.code === INVALID_PARAMS;

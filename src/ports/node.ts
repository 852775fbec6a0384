// What is asked of a node about its channels and what they forward?
import type { Forward } from '../core/forward.ts';
import type { NodeSnapshot } from '../core/snapshot.ts';
import type { ChannelId, Msat, NodeId, Scid, UnixSec } from '../core/units.ts';

/** A channel that ever was, so that the scids in old forwards can be told whose they were. */
export interface ChannelIdentity {
  readonly channelId: ChannelId;
  readonly peerId: NodeId | null;
  /** Short channel ids and aliases by which forwards may name it. */
  readonly scids: readonly Scid[];
  readonly capacity: Msat;
  readonly closed: boolean;
}

/** Highest created and updated index of the node's forwards; 0 where there is none. */
export interface ForwardIndexes {
  readonly created: number;
  readonly updated: number;
}

/** One side of a routed payment in the node's accounts: credit where it came in, debit where it left. */
export interface RoutedMove {
  readonly channelId: ChannelId;
  readonly time: UnixSec;
  readonly creditMsat: Msat;
  readonly debitMsat: Msat;
  /** The fee of the whole forward; lightningd reports it on both sides. */
  readonly feeMsat: Msat;
}

/** @throws NodeError from every method. */
export interface NodeReader {
  readSnapshot(): Promise<NodeSnapshot>;
  /** Every channel the node lists, open or closed. */
  readChannelIdentities(): Promise<readonly ChannelIdentity[]>;
  /** Null where the node knows no indexes (before v23.11): then only readAllForwards serves. */
  readForwardIndexes(): Promise<ForwardIndexes | null>;
  /** Forwards with an index >= start, in order of that index, at most `limit`; gaps where rows were deleted. */
  readForwards(by: 'created' | 'updated', start: number, limit: number): Promise<readonly Forward[]>;
  readAllForwards(): Promise<readonly Forward[]>;
  /** Routed payments in [from, to) by the node's accounts; null where neither moves nor bookkeeper are to be had. */
  readRoutedMoves(from: UnixSec, to: UnixSec): Promise<AsyncIterable<readonly RoutedMove[]> | null>;
  /** Confirmed on-chain funds that no transaction in the making has reserved. */
  readOnchainFunds(): Promise<Msat>;
  /** Names of all commands the node has now, its plugins' included: how drivers and clboss are noticed. */
  readCommandNames(): Promise<ReadonlySet<string>>;
}

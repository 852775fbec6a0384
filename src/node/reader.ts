// How does lightningd answer what the application asks of a node?
import type { Forward } from '../core/forward.ts';
import type { ChannelPolicy, ChannelView, NodeSnapshot } from '../core/snapshot.ts';
import type { Msat, NodeId, Scid, UnixSec } from '../core/units.ts';
import type { ChannelIdentity, Clock, ForwardIndexes, NodeReader, RoutedMove } from '../ports.ts';
import { AliasBook } from './aliases.ts';
import { knowsNoIndex, type Ask } from './ask.ts';
import {
  CLOSED_IDENTITIES_FILTER,
  decodeClosedIdentities,
  decodeOpenIdentities,
  decodeUsableChannels,
  OPEN_IDENTITIES_FILTER,
  PEER_CHANNELS_FILTER,
} from './channels.ts';
import {
  COMMAND_NAMES_FILTER,
  decodeCommandNames,
  decodeIndex,
  decodeInfo,
  decodeOnchainFunds,
  ONCHAIN_FUNDS_FILTER,
} from './small-replies.ts';
import { decodeForwards } from './forwards.ts';
import { accountEvents, channelMoves } from './routed-moves.ts';
import { gossipedPolicies } from './peer-update.ts';

/** A million forwards take lightningd about 12 s to list and us as long to parse; slow machines a multiple. */
const FULL_LISTING_TIMEOUT_MS = 600_000;

/** Over lightningd's RPC, from v23.05 on. */
export class LightningReader implements NodeReader {
  readonly #ask: Ask;
  readonly #clock: Clock;
  readonly #aliases: AliasBook;

  constructor(ask: Ask, clock: Clock) {
    this.#ask = ask;
    this.#clock = clock;
    this.#aliases = new AliasBook(ask, clock);
  }

  async readSnapshot(): Promise<NodeSnapshot> {
    const takenAt = this.#clock.now();
    const [info, channels] = await Promise.all([
      this.#ask('getinfo', {}, decodeInfo),
      this.#ask('listpeerchannels', {}, decodeUsableChannels, { filter: PEER_CHANNELS_FILTER }),
    ]);
    const aliases = await this.#aliases.lookUp(channels.map(({ peerId }) => peerId));
    const gossiped = await this.#untold(channels, info.nodeId);
    return {
      takenAt,
      ...info,
      channels: channels.map((channel) => ({
        ...channel,
        peerAlias: aliases.get(channel.peerId) ?? null,
        remote: channel.remote ?? (channel.scid === null ? null : (gossiped.get(channel.scid) ?? null)),
      })),
    };
  }

  /** What peers ask toward us of whom listpeerchannels does not tell it. */
  async #untold(channels: readonly ChannelView[], own: NodeId): Promise<ReadonlyMap<Scid, ChannelPolicy>> {
    const missing = channels.some(({ remote, scid, private: hidden }) => remote === null && scid !== null && !hidden);
    return missing ? gossipedPolicies(this.#ask, own, null) : new Map();
  }

  async readChannelIdentities(): Promise<readonly ChannelIdentity[]> {
    const [open, closed] = await Promise.all([
      this.#ask('listpeerchannels', {}, decodeOpenIdentities, { filter: OPEN_IDENTITIES_FILTER }),
      this.#ask('listclosedchannels', {}, decodeClosedIdentities, { filter: CLOSED_IDENTITIES_FILTER }),
    ]);
    // A channel resolved between the two replies, or still listed while already closed, counts as open once.
    const listed = new Set(open.map(({ channelId }) => channelId));
    return [...open, ...closed.filter(({ channelId }) => !listed.has(channelId))];
  }

  async readForwardIndexes(): Promise<ForwardIndexes | null> {
    const current = (indexname: 'created' | 'updated'): Promise<number> =>
      this.#ask('wait', { subsystem: 'forwards', indexname, nextvalue: 0 }, decodeIndex(indexname));
    try {
      const [created, updated] = await Promise.all([current('created'), current('updated')]);
      return { created, updated };
    } catch (error) {
      if (knowsNoIndex(error)) return null;
      throw error;
    }
  }

  readForwards(by: 'created' | 'updated', start: number, limit: number): Promise<readonly Forward[]> {
    return this.#ask('listforwards', { index: by, start, limit }, decodeForwards);
  }

  readAllForwards(): Promise<readonly Forward[]> {
    return this.#ask('listforwards', {}, decodeForwards, { timeoutMs: FULL_LISTING_TIMEOUT_MS, connection: 'own' });
  }

  async readRoutedMoves(from: UnixSec, to: UnixSec): Promise<AsyncIterable<readonly RoutedMove[]> | null> {
    const commands = await this.readCommandNames();
    if (commands.has('listchannelmoves')) return channelMoves(this.#ask, from, to);
    if (!commands.has('bkpr-listaccountevents')) return null;
    const channels = (await this.readChannelIdentities()).map(({ channelId }) => channelId);
    return accountEvents(this.#ask, channels, from, to);
  }

  readOnchainFunds(): Promise<Msat> {
    return this.#ask('listfunds', {}, decodeOnchainFunds, { filter: ONCHAIN_FUNDS_FILTER });
  }

  readCommandNames(): Promise<ReadonlySet<string>> {
    return this.#ask('help', {}, decodeCommandNames, { filter: COMMAND_NAMES_FILTER });
  }
}

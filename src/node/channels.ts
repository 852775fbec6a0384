// What does lightningd say about our channels, and which of them can forward?
import { array, bool, decode, nullable, object, oneOf, optional, str } from '../cln/decode.ts';
import { displayId, type ChannelView, type UsableState } from '../core/snapshot.ts';
import { compareScids, ZERO_MSAT, type NodeId, type Scid } from '../core/units.ts';
import type { ChannelIdentity } from '../ports.ts';
import { PEER_UPDATE_FILTER, peerUpdate, policyIn } from './peer-update.ts';
import { amount, channelKey, feeRate, limit, nodeKey, shortChannelId } from './values.ts';

const USABLE: ReadonlySet<string> = new Set<UsableState>(['CHANNELD_NORMAL', 'CHANNELD_AWAITING_SPLICE']);
export const isUsable = (state: string): boolean => USABLE.has(state);

const alias = optional(object({ local: nullable(shortChannelId) }));

/** Every field we ask lightningd for; the others, a base64 PSBT among them, are most of the reply. */
export const PEER_CHANNELS_FILTER = {
  channels: [
    {
      peer_id: true,
      peer_connected: true,
      reestablished: true,
      state: true,
      channel_id: true,
      short_channel_id: true,
      alias: { local: true },
      private: true,
      opener: true,
      total_msat: true,
      to_us_msat: true,
      spendable_msat: true,
      receivable_msat: true,
      our_reserve_msat: true,
      their_reserve_msat: true,
      fee_base_msat: true,
      fee_proportional_millionths: true,
      minimum_htlc_out_msat: true,
      maximum_htlc_out_msat: true,
      updates: PEER_UPDATE_FILTER,
    },
  ],
} as const;

const stateOf = object({ state: str });

const usableChannel = object({
  peer_id: nodeKey,
  peer_connected: bool,
  // Since v24.02. A peer may be there, and the channel not: one that has lost it, or waits for a block, does not take it up again.
  reestablished: optional(bool),
  state: oneOf('CHANNELD_NORMAL', 'CHANNELD_AWAITING_SPLICE'),
  channel_id: channelKey,
  short_channel_id: nullable(shortChannelId),
  alias,
  private: bool,
  opener: oneOf('local', 'remote'),
  total_msat: amount,
  to_us_msat: amount,
  spendable_msat: amount,
  receivable_msat: amount,
  our_reserve_msat: amount,
  their_reserve_msat: amount,
  fee_base_msat: amount,
  fee_proportional_millionths: feeRate,
  minimum_htlc_out_msat: limit,
  maximum_htlc_out_msat: limit,
  updates: peerUpdate,
});

function toView(row: ReturnType<typeof usableChannel>): ChannelView {
  return {
    channelId: row.channel_id,
    peerId: row.peer_id,
    peerAlias: null,
    scid: row.short_channel_id,
    alias: row.alias?.local ?? null,
    state: row.state,
    connected: row.peer_connected && (row.reestablished ?? true),
    private: row.private,
    opener: row.opener,
    capacity: row.total_msat,
    toUs: row.to_us_msat,
    spendable: row.spendable_msat,
    receivable: row.receivable_msat,
    ourReserve: row.our_reserve_msat,
    theirReserve: row.their_reserve_msat,
    feeBase: row.fee_base_msat,
    feePpm: row.fee_proportional_millionths,
    htlcMin: row.minimum_htlc_out_msat,
    htlcMax: row.maximum_htlc_out_msat,
    remote: policyIn(row.updates),
  };
}

/** By short channel id or alias in numeric order; channels that have neither come last. */
function byDisplayId(a: ChannelView, b: ChannelView): number {
  const [left, right] = [a.scid ?? a.alias, b.scid ?? b.alias];
  if (left !== null && right !== null) return compareScids(left, right);
  if (left === null && right === null) return displayId(a) < displayId(b) ? -1 : 1;
  return left === null ? 1 : -1;
}

/**
 * The channels of a listpeerchannels reply that can forward, without their peers' names. Closing ones stay listed, with
 * a balance that looks spendable, until 100 blocks after everything is resolved; only the state tells.
 * @throws DecodeError
 */
export function decodeUsableChannels(reply: unknown): ChannelView[] {
  const ifUsable = (row: unknown, path: string): ChannelView | null =>
    isUsable(stateOf(row, path).state) ? toView(usableChannel(row, path)) : null;
  return decode(object({ channels: array(ifUsable) }), reply, 'listpeerchannels')
    .channels.filter((channel) => channel !== null)
    .sort(byDisplayId);
}

const openChannelNames = object({
  peer_id: nodeKey,
  // Absent on a channel still being negotiated, which cannot have forwarded anything.
  channel_id: nullable(channelKey),
  short_channel_id: nullable(shortChannelId),
  alias,
  total_msat: nullable(amount),
});

const closedChannelNames = object({
  // lightningd forgets the peer once its last channel is gone.
  peer_id: nullable(nodeKey),
  channel_id: channelKey,
  short_channel_id: nullable(shortChannelId),
  alias,
  total_msat: amount,
});

type Names = ReturnType<typeof openChannelNames> | ReturnType<typeof closedChannelNames>;

function toIdentity(row: Names, closed: boolean): ChannelIdentity | null {
  if (row.channel_id === null) return null;
  const names: readonly (Scid | null)[] = [row.short_channel_id, row.alias?.local ?? null];
  const peerId: NodeId | null = row.peer_id;
  return {
    channelId: row.channel_id,
    peerId,
    scids: names.filter((name) => name !== null),
    capacity: row.total_msat ?? ZERO_MSAT,
    closed,
  };
}

/** All channels of a listpeerchannels reply, whatever their state. @throws DecodeError */
export const decodeOpenIdentities = (reply: unknown): ChannelIdentity[] =>
  decode(object({ channels: array(openChannelNames) }), reply, 'listpeerchannels')
    .channels.map((row) => toIdentity(row, false))
    .filter((identity) => identity !== null);

/** The channels of a listclosedchannels reply (v23.05 and later). @throws DecodeError */
export const decodeClosedIdentities = (reply: unknown): ChannelIdentity[] =>
  decode(object({ closedchannels: array(closedChannelNames) }), reply, 'listclosedchannels')
    .closedchannels.map((row) => toIdentity(row, true))
    .filter((identity) => identity !== null);

/** What identities need of listpeerchannels. */
export const OPEN_IDENTITIES_FILTER = {
  channels: [{ peer_id: true, channel_id: true, short_channel_id: true, alias: { local: true }, total_msat: true }],
} as const;
export const CLOSED_IDENTITIES_FILTER = {
  closedchannels: [
    { peer_id: true, channel_id: true, short_channel_id: true, alias: { local: true }, total_msat: true },
  ],
} as const;

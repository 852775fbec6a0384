// What does a peer ask of who enters by its side of a channel? Its last channel_update, as listpeerchannels has it or gossip.
import { array, bool, decode, int, object, optional } from '../cln/decode.ts';
import type { ChannelPolicy } from '../core/snapshot.ts';
import type { NodeId, Scid } from '../core/units.ts';
import type { Ask } from './ask.ts';
import { amount, feeRate, limit, nodeKey, shortChannelId } from './values.ts';

export const PEER_UPDATE_FILTER = {
  remote: {
    fee_base_msat: true,
    fee_proportional_millionths: true,
    htlc_minimum_msat: true,
    htlc_maximum_msat: true,
    cltv_expiry_delta: true,
  },
} as const;

/** Since v24.02, and only once the peer's channel_update has arrived. */
export const peerUpdate = optional(
  object({
    remote: optional(
      object({
        fee_base_msat: amount,
        fee_proportional_millionths: feeRate,
        htlc_minimum_msat: limit,
        htlc_maximum_msat: limit,
        cltv_expiry_delta: int,
      }),
    ),
  }),
);

/** What it says; null where there is none. */
export function policyIn(updates: ReturnType<typeof peerUpdate>): ChannelPolicy | null {
  const remote = updates?.remote;
  return remote === undefined
    ? null
    : {
        baseMsat: remote.fee_base_msat,
        feePpm: remote.fee_proportional_millionths,
        htlcMinMsat: remote.htlc_minimum_msat,
        htlcMaxMsat: remote.htlc_maximum_msat,
        cltvDelta: remote.cltv_expiry_delta,
      };
}

const half = object({
  short_channel_id: shortChannelId,
  destination: nodeKey,
  public: bool,
  base_fee_millisatoshi: amount,
  fee_per_millionth: feeRate,
  htlc_minimum_msat: limit,
  htlc_maximum_msat: limit,
  delay: int,
});
const HALF_FILTER = {
  channels: [
    {
      short_channel_id: true,
      destination: true,
      public: true,
      base_fee_millisatoshi: true,
      fee_per_millionth: true,
      htlc_minimum_msat: true,
      htlc_maximum_msat: true,
      delay: true,
    },
  ],
} as const;

/**
 * The same of announced channels as gossip tells it, for those of which listpeerchannels has no update: all of them before
 * v24.02. By short channel id.
 * @param own our node, toward which they are
 * @param channel the only one that is wanted; null for all
 * @throws NodeError
 */
export async function gossipedPolicies(
  ask: Ask,
  own: NodeId,
  channel: Scid | null,
): Promise<ReadonlyMap<Scid, ChannelPolicy>> {
  const decodeHalves = (reply: unknown) => decode(object({ channels: array(half) }), reply, 'listchannels').channels;
  const which = channel === null ? { destination: own } : { short_channel_id: channel };
  const halves = await ask('listchannels', which, decodeHalves, { filter: HALF_FILTER });
  return new Map(
    halves
      .filter((row) => row.destination === own && row.public)
      .map((row) => [
        row.short_channel_id,
        {
          baseMsat: row.base_fee_millisatoshi,
          feePpm: row.fee_per_millionth,
          htlcMinMsat: row.htlc_minimum_msat,
          htlcMaxMsat: row.htlc_maximum_msat,
          cltvDelta: row.delay,
        },
      ]),
  );
}

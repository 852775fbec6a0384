// Can the two channels of an order carry it now, and what does the last hop cost?
import { array, bool, decode, nullable, object, optional, str } from '../../../cln/decode.ts';
import type { OrderEnd, RebalanceOrder } from '../../../core/rebalance/types.ts';
import { err, ok, type Result } from '../../../core/result.ts';
import type { ChannelPolicy } from '../../../core/snapshot.ts';
import { addMsat, msat, type ChannelId, type Msat, type Scid } from '../../../core/units.ts';
import type { Ask } from '../../ask.ts';
import { isUsable } from '../../channels.ts';
import { decodeInfo } from '../../small-replies.ts';
import { gossipedPolicies, PEER_UPDATE_FILTER, peerUpdate, policyIn } from '../../peer-update.ts';
import { amount, channelKey, limit, shortChannelId } from '../../values.ts';
import { problem, type Problem } from './problem.ts';

const head = object({ channel_id: nullable(channelKey), state: str });
const usable = object({
  peer_connected: bool,
  short_channel_id: nullable(shortChannelId),
  private: bool,
  alias: optional(object({ remote: nullable(shortChannelId) })),
  spendable_msat: amount,
  receivable_msat: amount,
  minimum_htlc_out_msat: limit,
  maximum_htlc_out_msat: limit,
  updates: peerUpdate,
});
type End = ReturnType<typeof usable>;

const FILTER = {
  channels: [
    {
      channel_id: true,
      state: true,
      peer_connected: true,
      short_channel_id: true,
      private: true,
      alias: { remote: true },
      spendable_msat: true,
      receivable_msat: true,
      minimum_htlc_out_msat: true,
      maximum_htlc_out_msat: true,
      updates: PEER_UPDATE_FILTER,
    },
  ],
} as const;

/** The channel in a listpeerchannels reply; null when it is not there or not in normal state. @throws DecodeError */
const decodeEnd =
  (channel: ChannelId) =>
  (reply: unknown): End | null => {
    const wanted = (row: unknown, path: string): End | null => {
      const { channel_id, state } = head(row, path);
      return channel_id === channel && isUsable(state) ? usable(row, path) : null;
    };
    const { channels } = decode(object({ channels: array(wanted) }), reply, 'listpeerchannels');
    return channels.find((end) => end !== null) ?? null;
  };

/** What a route needs to know of both ends. */
export interface Ends {
  /** How sendpay is to name the first channel. */
  readonly out: Scid;
  /** How the last peer names the channel back to us. */
  readonly back: Scid;
  /** The most that the first channel takes now, in one HTLC. */
  readonly mostMsat: Msat;
  /** What is to reach the last peer: the amount and what he charges. */
  readonly toLastPeerMsat: Msat;
  readonly lastFeeMsat: Msat;
  /** Blocks the last peer wants between his two HTLCs. */
  readonly lastDelta: number;
}

const PPM = 1_000_000n;
const nameOf = ({ scid, peerId }: OrderEnd): string => `${scid} (peer ${peerId.slice(0, 8)})`;

/** Before v24.02 listpeerchannels has no peer's update. */
async function gossiped(ask: Ask, channel: Scid): Promise<ChannelPolicy | null> {
  const { nodeId } = await ask('getinfo', {}, decodeInfo);
  return (await gossipedPolicies(ask, nodeId, channel)).get(channel) ?? null;
}

/**
 * Reads both ends as they are now: an order may have waited, and balances move.
 * @throws NodeError
 */
export async function readEnds(
  ask: Ask,
  { from, to, amountMsat, maxFeeMsat }: Omit<RebalanceOrder, 'id' | 'deadline'>,
): Promise<Result<Ends, Problem>> {
  const read = ({ peerId, channelId }: OrderEnd): Promise<End | null> =>
    ask('listpeerchannels', { id: peerId }, decodeEnd(channelId), { filter: FILTER });
  const [out, back] = await Promise.all([read(from), read(to)]);
  for (const [end, at] of [[out, from] as const, [back, to] as const]) {
    if (end?.short_channel_id == null)
      return err(problem('peer-offline', `channel ${nameOf(at)} is not open and in normal state`));
    if (!end.peer_connected) return err(problem('peer-offline', `the peer of channel ${nameOf(at)} is not connected`));
  }
  if (out?.short_channel_id == null || back?.short_channel_id == null) throw new Error('ends: checked above');
  const policy = policyIn(back.updates) ?? (await gossiped(ask, back.short_channel_id));
  if (policy === null)
    return err(problem('no-route', `the peer of channel ${nameOf(to)} has not said what he charges toward us`));

  const lastFeeMsat = msat(policy.baseMsat + (amountMsat * BigInt(policy.feePpm)) / PPM);
  const toLastPeerMsat = addMsat(amountMsat, lastFeeMsat);
  const mostMsat = out.spendable_msat < out.maximum_htlc_out_msat ? out.spendable_msat : out.maximum_htlc_out_msat;
  const limits: readonly (readonly [boolean, Problem['failure'], string])[] = [
    [
      lastFeeMsat > maxFeeMsat,
      'too-expensive',
      `the last hop alone costs ${lastFeeMsat} msat, and the cap is ${maxFeeMsat} msat`,
    ],
    [
      amountMsat > back.receivable_msat,
      'no-liquidity',
      `channel ${nameOf(to)} can take ${back.receivable_msat} msat, not ${amountMsat} msat`,
    ],
    [
      amountMsat > policy.htlcMaxMsat || amountMsat < policy.htlcMinMsat,
      'no-liquidity',
      `the peer of channel ${nameOf(to)} passes on ${policy.htlcMinMsat} to ${policy.htlcMaxMsat} msat at ` +
        `a time, not ${amountMsat} msat`,
    ],
    [
      toLastPeerMsat > mostMsat || toLastPeerMsat < out.minimum_htlc_out_msat,
      'no-liquidity',
      `channel ${nameOf(from)} can give ${out.minimum_htlc_out_msat} to ${mostMsat} msat, not ${toLastPeerMsat} msat`,
    ],
  ];
  for (const [broken, failure, reason] of limits) if (broken) return err(problem(failure, reason));
  return ok({
    out: out.short_channel_id,
    // He forwards by a private channel only under the alias that he has given it.
    back: (back.private ? back.alias?.remote : null) ?? back.short_channel_id,
    mostMsat,
    toLastPeerMsat,
    lastFeeMsat,
    lastDelta: policy.cltvDelta,
  });
}

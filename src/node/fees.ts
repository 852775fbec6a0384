// How are fees set and read on lightningd, and what do others charge?
import { array, bool, decode, object, str, DecodeError } from '../cln/decode.ts';
import type { ChannelId, NodeId, Ppm } from '../core/units.ts';
import type { FeeNode, RivalFee } from '../ports.ts';
import type { Ask } from './ask.ts';
import { isUsable } from './channels.ts';
import { decodeInfo } from './small-replies.ts';
import { amount, channelKey, feeRate, nodeKey, shortChannelId } from './values.ts';

const settings = object({ channel_id: channelKey, fee_proportional_millionths: feeRate });

/**
 * What setchannel says it has set must be what was asked for, on that channel and no other.
 * @throws DecodeError
 */
export const decodeFeeSet =
  (channel: ChannelId, feePpm: Ppm) =>
  (reply: unknown): void => {
    const { channels } = decode(object({ channels: array(settings) }), reply, 'setchannel');
    const [set, ...others] = channels;
    if (set?.channel_id !== channel || others.length > 0)
      throw new DecodeError('setchannel.channels', `only ${channel}`, channels.map((row) => row.channel_id).join(' '));
    if (set.fee_proportional_millionths !== feePpm)
      throw new DecodeError(
        'setchannel.channels[0].fee_proportional_millionths',
        String(feePpm),
        set.fee_proportional_millionths,
      );
  };

const stateOf = object({ state: str });

/** Fees of the usable channels of a listpeerchannels reply; others need not have any. @throws DecodeError */
export function decodeFees(reply: unknown): Map<ChannelId, Ppm> {
  const ifUsable = (row: unknown, path: string): [ChannelId, Ppm] | null => {
    if (!isUsable(stateOf(row, path).state)) return null;
    const { channel_id, fee_proportional_millionths } = settings(row, path);
    return [channel_id, fee_proportional_millionths];
  };
  const { channels } = decode(object({ channels: array(ifUsable) }), reply, 'listpeerchannels');
  return new Map(channels.filter((fee) => fee !== null));
}
const FEES_FILTER = { channels: [{ state: true, channel_id: true, fee_proportional_millionths: true }] } as const;

const half = object({
  short_channel_id: shortChannelId,
  source: nodeKey,
  destination: nodeKey,
  public: bool,
  active: bool,
  amount_msat: amount,
  base_fee_millisatoshi: amount,
  fee_per_millionth: feeRate,
});

/**
 * Of a listchannels reply, what is charged towards the peer: one row per direction, of which only those that end at it
 * count, and neither disabled nor (before v25.05) private channels nor our own do.
 * @throws DecodeError
 */
export const decodeFeesToward =
  (peer: NodeId, own: NodeId) =>
  (reply: unknown): RivalFee[] =>
    decode(object({ channels: array(half) }), reply, 'listchannels')
      .channels.filter((row) => row.destination === peer && row.source !== own && row.public && row.active)
      .map((row) => ({
        channelId: row.short_channel_id,
        feePpm: row.fee_per_millionth,
        baseMsat: row.base_fee_millisatoshi,
        capacity: row.amount_msat,
      }));
const TOWARD_FILTER = {
  channels: [
    {
      short_channel_id: true,
      source: true,
      destination: true,
      public: true,
      active: true,
      amount_msat: true,
      base_fee_millisatoshi: true,
      fee_per_millionth: true,
    },
  ],
} as const;

/** Over lightningd's RPC, from v23.05 on. */
export class LightningFees implements FeeNode {
  readonly #ask: Ask;
  /** Never changes while a node runs. */
  #own: NodeId | null = null;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  /**
   * Names the channel by its channel id: a peer's id would mean all channels to it. What setchannel is not told stays:
   * base fee, HTLC limits, fee limits. So does the grace of 600 s for senders that still use the old fee.
   */
  setFee(channel: ChannelId, feePpm: Ppm): Promise<void> {
    return this.#ask('setchannel', { id: channel, feeppm: feePpm }, decodeFeeSet(channel, feePpm));
  }

  readFees(peer: NodeId): Promise<ReadonlyMap<ChannelId, Ppm>> {
    return this.#ask('listpeerchannels', { id: peer }, decodeFees, { filter: FEES_FILTER });
  }

  async readFeesToward(peer: NodeId): Promise<readonly RivalFee[]> {
    this.#own ??= (await this.#ask('getinfo', {}, decodeInfo)).nodeId;
    return this.#ask('listchannels', { destination: peer }, decodeFeesToward(peer, this.#own), {
      filter: TOWARD_FILTER,
    });
  }
}

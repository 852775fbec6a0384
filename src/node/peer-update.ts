// What does a peer ask of who enters by its side of a channel? Its last channel_update, as listpeerchannels has it.
import { int, object, optional } from '../cln/decode.ts';
import { amount, feeRate, limit } from './values.ts';

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

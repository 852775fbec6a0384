// How much can a channel carry now? lightningd's estimates: net of reserve, HTLCs in flight and the opener's fee.
import { ZERO_MSAT, msat, subMsat, sumMsat } from '../../core/units.ts';
import type { Msat } from '../../core/units.ts';
import type { Channel, Side } from './state.ts';

/** BOLT 3: weight of a commitment transaction with anchors, and of each HTLC output that is not trimmed. */
const COMMITMENT_WEIGHT = 1124;
const HTLC_WEIGHT = 172;
/** BOLT 3: two anchors of 330 sats, paid by the opener. */
const ANCHORS_MSAT = 660_000n;
/** lightningd's default; smaller HTLCs have no output of their own. */
export const DUST_LIMIT = msat(546_000n);
/** A hundredth of the capacity, what lightningd asks of the other side and grants in return. */
const RESERVE_SHARE = 100n;
const MSAT_PER_SAT = 1000n;

export const reserveOf = (capacity: Msat): Msat => msat(capacity / RESERVE_SHARE);

/** Highest HTLC that could ever be sent; setchannel clamps to it. */
export const maxHtlc = (channel: Pick<Channel, 'capacity'>): Msat =>
  subMsat(channel.capacity, reserveOf(channel.capacity));

/**
 * The feerate that must still be affordable after the HTLC, so that a rise of fees does not stick the channel: twice
 * the current one near the floor (253), a tenth more at 45,000 per kiloweight. lightningd's curve.
 */
function marginalFeerate(perKw: number): number {
  const low = 253;
  const high = 45_000;
  if (perKw > high) return Math.floor((perKw * 11) / 10);
  const proportion = 1 - ((perKw - low) / (high - low)) * 0.9;
  return Math.floor(perKw + proportion * perKw);
}

const feeSats = (weight: number, perKw: number): number => Math.floor((weight * perKw) / 1000);
const untrimmed = (channel: Channel): number => channel.htlcs.filter((htlc) => htlc.amount >= DUST_LIMIT).length;

/** The commitment transaction's own fee; lightningd lets the fraction of a sat that nobody gets count as fee. */
export function commitmentFee(channel: Channel): Msat {
  const sats = feeSats(COMMITMENT_WEIGHT + HTLC_WEIGHT * untrimmed(channel), channel.feeratePerKw);
  const dust = channel.toUs % MSAT_PER_SAT === 0n ? 0n : 1n;
  return msat((BigInt(sats) + dust) * MSAT_PER_SAT);
}

/** What the opener must keep for fees when another HTLC of `amount` is added. */
function feeBuffer(channel: Channel, amount: bigint): bigint {
  const htlcs = untrimmed(channel) + (amount >= DUST_LIMIT ? 1 : 0) + 1;
  const sats = feeSats(COMMITMENT_WEIGHT + HTLC_WEIGHT * htlcs, marginalFeerate(channel.feeratePerKw));
  return BigInt(sats) * MSAT_PER_SAT + ANCHORS_MSAT;
}

export const inFlight = (channel: Channel, direction: 'in' | 'out'): Msat =>
  sumMsat(channel.htlcs.filter((htlc) => htlc.direction === direction).map((htlc) => htlc.amount));

function available(channel: Channel, side: Side): Msat {
  const balance = side === 'local' ? channel.toUs : channel.toThem;
  let left = balance - reserveOf(channel.capacity) - inFlight(channel, side === 'local' ? 'out' : 'in');
  // What a splice under way takes out is no longer ours to send.
  if (side === 'local' && channel.splice && channel.splice.change < 0n)
    left += channel.splice.change - channel.splice.feeMsat;
  if (channel.opener === side && left > 0n) left -= feeBuffer(channel, left);
  return left > 0n ? msat(left) : ZERO_MSAT;
}

/** What we can send by this channel in one payment. */
export const spendable = (channel: Channel): Msat => available(channel, 'local');
/** What the peer can send us by this channel in one payment. */
export const receivable = (channel: Channel): Msat => available(channel, 'remote');

/** BOLT 7: base + amount × ppm / 10^6, floored. */
export const feeOf = (amount: Msat, baseMsat: Msat, ppm: number): Msat =>
  msat(baseMsat + (amount * BigInt(ppm)) / 1_000_000n);

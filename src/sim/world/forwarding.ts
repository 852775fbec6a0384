// What becomes of a payment that reaches our node? The checks of a forward, the HTLCs it puts in flight, and its end.
import { addMsat, negMsat, subMsat } from '../../core/units.ts';
import type { ForwardStatus } from '../../core/forward.ts';
import type { ChannelId, Msat, Scid } from '../../core/units.ts';
import { recordChannelMove } from './books.ts';
import { createForward, nextForwardIndex, updateForward } from './forward-log.ts';
import { feeOf, inFlight, receivable, reserveOf, spendable } from './liquidity.ts';
import type { Sim } from './sim.ts';
import type { ForwardRow } from './records.ts';
import type { Channel, Policy } from './state.ts';

/** BOLT 4. */
export const TEMPORARY_CHANNEL_FAILURE = 4103;
export const FEE_INSUFFICIENT = 4108;
const INCORRECT_CLTV_EXPIRY = 4109;
const UNKNOWN_NEXT_PEER = 16394;
/** lightningd's default cltv-delta on regtest, and blocks a sender leaves the rest of the route. */
const ROUTE_BLOCKS = 18;

/** A payment as it arrives on one of our channels. */
export interface Arrival {
  readonly incoming: Channel;
  /** The channel the sender asked for; any short channel id is possible. */
  readonly requested: Scid;
  readonly inMsat: Msat;
  readonly outMsat: Msat;
  /** Blocks between the incoming and the outgoing expiry. */
  readonly cltvDelta: number;
}

/** Forwards or refuses; the row is `offered` or `local_failed`. The caller has made sure that it can come in. */
export function receiveForward(sim: Sim, arrival: Arrival): ForwardRow {
  const hint = findByScid(sim, arrival.requested);
  const outgoing = hint && canAddHtlc(hint) ? bestChannel(sim, hint) : null;
  const failure = outgoing ? refusal(sim, arrival, outgoing) : UNKNOWN_NEXT_PEER;
  const forwarded = outgoing !== null && failure === null ? outgoing : null;
  const payment = sim.newPayment();
  const expiry = sim.state.height + ROUTE_BLOCKS + arrival.cltvDelta;
  const { incoming, inMsat, outMsat } = arrival;
  const inHtlcId = addHtlc(sim, incoming, 'in', inMsat, expiry, payment);
  const htlcIndex = sim.state.indexes.htlcs.created;
  if (!forwarded) removeHtlc(sim, incoming, 'in', inHtlcId, false);
  // One literal for both kinds: a year of rows is quick and small only while all have the same hidden class.
  const row: ForwardRow = {
    createdIndex: nextForwardIndex(sim),
    updatedIndex: null,
    inChannelId: incoming.id,
    outChannelId: outgoing?.id ?? null,
    inChannel: nameOf(incoming),
    inHtlcId,
    outChannel: outgoing ? nameOf(outgoing) : arrival.requested,
    outHtlcId: forwarded && addHtlc(sim, forwarded, 'out', outMsat, expiry - arrival.cltvDelta, payment),
    inMsat,
    outMsat: forwarded && outMsat,
    feeMsat: forwarded && subMsat(inMsat, outMsat),
    status: forwarded ? 'offered' : 'local_failed',
    failcode: failure,
    receivedAt: sim.preciseSeconds(),
    resolvedAt: null,
    payment,
    expiry,
    htlcIndex,
    htlcUpdated: forwarded ? null : sim.state.indexes.htlcs.updated,
  };
  createForward(sim, row);
  return row;
}

/** Ends a forward that is in flight. */
export function resolveForward(sim: Sim, row: ForwardRow, status: Exclude<ForwardStatus, 'offered'>): void {
  const settles = status === 'settled';
  const incoming = findChannel(sim, row.inChannelId);
  const outgoing = row.outChannelId === null ? null : findChannel(sim, row.outChannelId);
  if (outgoing && row.outHtlcId !== null) removeHtlc(sim, outgoing, 'out', row.outHtlcId, settles);
  if (incoming) removeHtlc(sim, incoming, 'in', row.inHtlcId, settles);
  row.htlcUpdated = sim.state.indexes.htlcs.updated;
  if (settles && row.outMsat !== null && row.feeMsat !== null && row.outChannelId !== null) {
    const { feeMsat: fees, payment } = row;
    recordChannelMove(sim, { account: row.outChannelId, tag: 'routed', amount: negMsat(row.outMsat), fees, payment });
    recordChannelMove(sim, { account: row.inChannelId, tag: 'routed', amount: row.inMsat, fees, payment });
  }
  updateForward(sim, row, status, TEMPORARY_CHANNEL_FAILURE);
}

/** The failure code with which our node refuses, in lightningd's order of checks; null when it forwards. */
function refusal(sim: Sim, arrival: Arrival, outgoing: Channel): number | null {
  const { outMsat, inMsat } = arrival;
  const grace = outgoing.previous && sim.state.now < outgoing.previous.untilMs ? [outgoing.previous.policy] : [];
  const policies: Policy[] = [outgoing.policy, ...grace];
  if (!policies.some((p) => inMsat >= outMsat + feeOf(outMsat, p.baseMsat, p.ppm))) return FEE_INSUFFICIENT;
  if (!policies.some((p) => outMsat >= p.htlcMin && outMsat <= p.htlcMax)) return TEMPORARY_CHANNEL_FAILURE;
  if (arrival.cltvDelta < outgoing.policy.cltvDelta) return INCORRECT_CLTV_EXPIRY;
  const connected = sim.state.peers.get(outgoing.peerId)?.connected ?? false;
  return connected && canSend(outgoing, outMsat) ? null : TEMPORARY_CHANNEL_FAILURE;
}

/** Forwarding is not strict: of a peer's channels with the very same fee, the one that can send most is taken. */
function bestChannel(sim: Sim, hint: Channel): Channel {
  let best = hint;
  for (const other of sim.state.channels.values()) {
    const same =
      other.peerId === hint.peerId &&
      other.policy.baseMsat === hint.policy.baseMsat &&
      other.policy.ppm === hint.policy.ppm;
    if (same && canAddHtlc(other) && spendable(other) > spendable(best)) best = other;
  }
  return best;
}

export const canAddHtlc = (channel: Channel): boolean =>
  channel.state === 'CHANNELD_NORMAL' || channel.state === 'CHANNELD_AWAITING_SPLICE';

const canSend = (channel: Channel, amount: Msat): boolean => amount <= spendable(channel);
/** Whether the peer could send so much by it. */
export const canReceive = (channel: Channel, amount: Msat): boolean => amount <= receivable(channel);

/** What lightningd calls a channel in forwards: the scid, before it is locked in our alias. */
export const nameOf = (channel: Channel): Scid => channel.scid ?? channel.localAlias;

export const findChannel = (sim: Sim, id: ChannelId): Channel | null => sim.state.channels.get(id) ?? null;

/** By scid or either alias, as onions name channels. */
export function findByScid(sim: Sim, scid: Scid): Channel | null {
  for (const channel of sim.state.channels.values())
    if (channel.scid === scid || channel.localAlias === scid || channel.remoteAlias === scid) return channel;
  return null;
}

export function addHtlc(
  sim: Sim,
  channel: Channel,
  direction: 'in' | 'out',
  amount: Msat,
  expiry: number,
  payment: number,
): number {
  const id = channel.nextHtlcId[direction]++;
  channel.htlcs.push({ direction, id, amount, expiry, payment });
  channel[direction].offered++;
  channel[direction].offeredMsat = addMsat(channel[direction].offeredMsat, amount);
  channel.commitments++;
  sim.bump('htlcs', 'created');
  return id;
}

/** Takes the HTLC off; a settled one changes the balances. */
export function removeHtlc(sim: Sim, channel: Channel, direction: 'in' | 'out', id: number, settles: boolean): void {
  const at = channel.htlcs.findIndex((htlc) => htlc.direction === direction && htlc.id === id);
  const htlc = channel.htlcs[at];
  if (!htlc) return;
  channel.htlcs.splice(at, 1);
  channel.commitments++;
  sim.bump('htlcs', 'updated');
  if (!settles) return;
  channel[direction].fulfilled++;
  channel[direction].fulfilledMsat = addMsat(channel[direction].fulfilledMsat, htlc.amount);
  moveBalance(channel, direction === 'in' ? htlc.amount : negMsat(htlc.amount));
}

/** Shifts the balance towards us (or away, when negative) and keeps its extremes. */
function moveBalance(channel: Channel, towardsUs: Msat): void {
  channel.toUs = addMsat(channel.toUs, towardsUs);
  channel.toThem = subMsat(channel.toThem, towardsUs);
  if (channel.toUs < channel.minToUs) channel.minToUs = channel.toUs;
  if (channel.toUs > channel.maxToUs) channel.maxToUs = channel.toUs;
}

/** Share of the capacity, reserves left out, that we could send: 0 empty, 1 full. A float, for behaviour only. */
export const fullness = (channel: Channel): number => {
  const usable = Number(channel.capacity - 2n * reserveOf(channel.capacity));
  const ours = Number(channel.toUs - reserveOf(channel.capacity) - inFlight(channel, 'out'));
  return Math.min(1, Math.max(0, ours / usable));
};

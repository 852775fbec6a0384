// What becomes of a payment that our node sends around to itself? It travels, is held or refused on its way, or comes back.
import {
  addMsat,
  msat,
  negMsat,
  subMsat,
  type ChannelId,
  type Msat,
  type NodeId,
  type Scid,
} from '../../core/units.ts';
import { recordChannelMove } from './books.ts';
import { addHtlc, canAddHtlc, findByScid, findChannel, removeHtlc, TEMPORARY_CHANNEL_FAILURE } from './forwarding.ts';
import { FEE_INSUFFICIENT } from './forwarding.ts';
import { preimageOf } from './identity.ts';
import { feeOf, receivable } from './liquidity.ts';
import { heldFor, wayMet } from './market-ways.ts';
import type { Sim } from './sim.ts';
import { wire } from './sim.ts';
import type { Channel, Policy } from './state.ts';

/** One hop: what arrives at `id` by `channel`, and the blocks left there. */
export interface RouteHop {
  readonly id: NodeId;
  readonly channel: Scid;
  readonly amount: Msat;
  readonly delay: number;
}

export interface Circle {
  readonly createdIndex: number;
  updatedIndex: number | null;
  readonly groupId: number;
  /** The number that its hash belongs to. */
  readonly payment: number;
  readonly paymentHash: string;
  readonly label: string | null;
  readonly bolt11: string | null;
  readonly route: readonly RouteHop[];
  readonly amount: Msat;
  readonly sent: Msat;
  readonly outChannelId: ChannelId;
  readonly outHtlcId: number;
  readonly createdAt: number;
  completedAt: number | null;
  status: 'pending' | 'complete' | 'failed';
  failure: Failure | null;
}

export interface Failure {
  /** 203 or 204, lightningd's. */
  readonly code: number;
  readonly index: number;
  readonly failcode: number;
}

/** BOLT 4. */
const TEMPORARY_NODE_FAILURE = 0x2002;
const UNKNOWN_NEXT_PEER = 16_394;
const INCORRECT_CLTV_EXPIRY = 4109;
const UNKNOWN_PAYMENT_DETAILS = 16_399;
/** lightningd's codes for the recipient's and any other node's refusal. */
const DESTINATION_FAILED = 203;
const TRY_OTHER_ROUTE = 204;
/** A round trip takes about so long where nobody holds it. */
const TRAVEL_MS = 500;

export type Sending = Pick<Circle, 'payment' | 'paymentHash' | 'label' | 'bolt11' | 'route' | 'groupId'> & {
  readonly out: Channel;
};

/** Sends it; the caller has made sure that the first channel can carry it. */
export function sendCircle(sim: Sim, { out, route, ...rest }: Sending): Circle {
  const sent = route[0]?.amount ?? msat(0n);
  const expiry = sim.state.height + (route[0]?.delay ?? 0);
  const circle: Circle = {
    ...rest,
    route,
    createdIndex: sim.bump('sendpays', 'created'),
    updatedIndex: null,
    amount: route.at(-1)?.amount ?? sent,
    sent,
    outChannelId: out.id,
    outHtlcId: addHtlc(sim, out, 'out', sent, expiry, rest.payment),
    createdAt: sim.seconds(),
    completedAt: null,
    status: 'pending',
    failure: null,
  };
  sim.state.circles.push(circle);
  travelOn(sim, circle);
  return circle;
}

function travelOn(sim: Sim, { createdIndex, createdAt, route }: Circle): void {
  const [first, last] = [route[0], route.at(-2)];
  const held = first && last ? heldFor(sim, first.id, last.id, createdAt) : 0;
  sim.schedule(sim.state.now + TRAVEL_MS + held * 1000, { kind: 'circle', createdIndex });
}

/** Those that a hop has kept go on, to whatever awaits them now. */
export function releaseCircles(sim: Sim): void {
  for (const circle of sim.state.circles) if (circle.status === 'pending') travelOn(sim, circle);
}

/** It has gone as far as it gets. */
export function arriveCircle(sim: Sim, createdIndex: number): void {
  const circle = sim.state.circles.find((each) => each.createdIndex === createdIndex);
  if (circle?.status !== 'pending') return;
  const met = onTheWay(sim, circle);
  if (met === 'held') return;
  if (met !== null) {
    end(sim, circle, met);
    return;
  }
  const back = deliveringChannel(sim, circle);
  if ('failcode' in back) end(sim, circle, back);
  else settle(sim, circle, back);
}

const refusal = (index: number, failcode: number): Failure => ({ code: TRY_OTHER_ROUTE, index, failcode });

/** Between other nodes: who refuses first, if anybody does. */
function onTheWay(sim: Sim, { route, createdAt }: Circle): Failure | 'held' | null {
  for (let index = 1; index < route.length - 1; index++) {
    const [before, after] = [route[index - 1], route[index]];
    if (before === undefined || after === undefined) return refusal(index, UNKNOWN_NEXT_PEER);
    const named = { scid: after.channel, from: before.id, to: after.id };
    const hop =
      sim.state.graph.find(({ scid, from, to }) => scid === named.scid && from === named.from && to === named.to) ??
      wayMet(sim, named, { at: createdAt, amountMsat: after.amount });
    if (hop === null) return refusal(index, UNKNOWN_NEXT_PEER);
    if (hop.conduct === 'hold') return 'held';
    if (hop.conduct === 'refuse') return refusal(index, TEMPORARY_NODE_FAILURE);
    const unmet = terms(hop.policy, before, after);
    if (unmet !== null) return refusal(index, unmet);
    if (hop.liquidity < after.amount) return refusal(index, TEMPORARY_CHANNEL_FAILURE);
  }
  return null;
}

function terms(
  { baseMsat, ppm, htlcMin, htlcMax, cltvDelta }: Policy,
  before: RouteHop,
  after: RouteHop,
): number | null {
  if (after.amount < htlcMin || after.amount > htlcMax) return TEMPORARY_CHANNEL_FAILURE;
  if (before.amount < addMsat(after.amount, feeOf(after.amount, baseMsat, ppm))) return FEE_INSUFFICIENT;
  return before.delay - after.delay < cltvDelta ? INCORRECT_CLTV_EXPIRY : null;
}

/** Forwarding is not strict: of the last peer's channels with the same terms, the one that can take most. */
function deliveringChannel(sim: Sim, { route }: Circle): Channel | Failure {
  const index = route.length - 1;
  const [before, last] = [route[index - 1], route[index]];
  const named = last && findByScid(sim, last.channel);
  if (!before || !last || named?.peerId !== before.id || !canAddHtlc(named)) return refusal(index, UNKNOWN_NEXT_PEER);
  if (!sim.state.peers.get(named.peerId)?.connected) return refusal(index, UNKNOWN_NEXT_PEER);
  const unmet = terms(named.remote, before, last);
  if (unmet !== null) return refusal(index, unmet);
  let best = named;
  for (const other of sim.state.channels.values()) {
    const { peerId, remote } = other;
    const same =
      peerId === named.peerId && remote.baseMsat === named.remote.baseMsat && remote.ppm === named.remote.ppm;
    if (same && canAddHtlc(other) && receivable(other) > receivable(best)) best = other;
  }
  return receivable(best) >= last.amount ? best : refusal(index, TEMPORARY_CHANNEL_FAILURE);
}

function settle(sim: Sim, circle: Circle, back: Channel): void {
  const { payment, amount, sent, route, outHtlcId } = circle;
  const invoice = sim.state.invoices.find(({ paymentHash }) => paymentHash === circle.paymentHash);
  if (!invoice || invoice.paid || invoice.expiresAt <= sim.seconds() || (invoice.amount ?? amount) !== amount) {
    end(sim, circle, { code: DESTINATION_FAILED, index: route.length, failcode: UNKNOWN_PAYMENT_DETAILS });
    return;
  }
  const expiry = sim.state.height + (route.at(-1)?.delay ?? 0);
  const inHtlcId = addHtlc(sim, back, 'in', amount, expiry, payment);
  const htlcIndex = sim.state.indexes.htlcs.created;
  removeHtlc(sim, back, 'in', inHtlcId, true);
  const out = findChannel(sim, circle.outChannelId);
  if (out) removeHtlc(sim, out, 'out', outHtlcId, true);
  const shared = { tag: 'invoice' as const, payment, rebalance: true };
  recordChannelMove(sim, { account: back.id, amount, ...shared });
  const fees = subMsat(sent, amount);
  recordChannelMove(sim, { account: circle.outChannelId, amount: negMsat(sent), fees, partId: 0, ...shared });
  for (let index = 1; index < route.length - 1; index++) {
    const [before, after] = [route[index - 1], route[index]];
    const hop = sim.state.graph.find(({ scid, from }) => scid === after?.channel && from === before?.id);
    if (hop && after) hop.liquidity = subMsat(hop.liquidity, after.amount);
  }
  const paid = sim.state.invoices.filter((each) => each.paid).length;
  invoice.paid = { at: sim.seconds(), index: paid + 1, amount };
  invoice.updatedIndex = sim.bump('invoices', 'updated', () => ({ label: invoice.label }));
  sim.state.payments.push({
    ...{ createdIndex: circle.createdIndex, payment, description: invoice.description, destination: sim.state.nodeId },
    ...{ amount, sent, time: sim.seconds(), outChannelId: circle.outChannelId, inChannelId: back.id },
    ...{ htlcIndex, expiry, outHtlcId, inHtlcId },
  });
  end(sim, circle, null);
}

/** The state first, the index after it: who waits for the index sees what has become of it. */
function end(sim: Sim, circle: Circle, failure: Failure | null): void {
  if (failure) {
    const out = findChannel(sim, circle.outChannelId);
    if (out) removeHtlc(sim, out, 'out', circle.outHtlcId, false);
  }
  circle.failure = failure;
  circle.status = failure ? 'failed' : 'complete';
  circle.completedAt = sim.seconds();
  circle.updatedIndex = sim.state.indexes.sendpays.updated + 1;
  sim.bump('sendpays', 'updated');
  if (failure) sim.notify('sendpay_failure', () => failureOf(sim, circle, failure));
  else sim.notify('sendpay_success', () => circleFields(sim, circle));
}

/** A row as listsendpays and waitsendpay print it. */
export const circleFields = (sim: Sim, circle: Circle) => ({
  created_index: circle.createdIndex,
  id: circle.createdIndex,
  payment_hash: circle.paymentHash,
  groupid: circle.groupId,
  ...(circle.updatedIndex === null ? {} : { updated_index: circle.updatedIndex }),
  destination: sim.state.nodeId,
  amount_msat: wire(circle.amount),
  amount_sent_msat: wire(circle.sent),
  created_at: circle.createdAt,
  ...(circle.status === 'complete' && circle.completedAt !== null ? { completed_at: circle.completedAt } : {}),
  status: circle.status,
  ...(circle.status === 'complete' ? { payment_preimage: preimageOf(sim.seed, circle.payment) } : {}),
  ...(circle.label === null ? {} : { label: circle.label }),
  ...(circle.bolt11 === null ? {} : { bolt11: circle.bolt11 }),
});

/** As waitsendpay refuses, and sendpay_failure tells: the row is `pending` in it. */
export function failureOf(sim: Sim, circle: Circle, { code, index, failcode }: Failure) {
  const [node, channel] = [circle.route[index - 1]?.id, circle.route[index]?.channel];
  const last = circle.route.at(-1)?.channel;
  return {
    code,
    message: `failed: ${failcode} (reply from remote)`,
    data: {
      ...circleFields(sim, { ...circle, status: 'pending' }),
      erring_index: index,
      failcode,
      ...(node === undefined ? {} : { erring_node: node, erring_channel: channel ?? last, erring_direction: 0 }),
    },
  };
}

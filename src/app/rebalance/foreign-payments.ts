// Which payments to ourselves were not ours, and do they move channels that we rebalance?
import type { Intent } from '../../core/rebalance/intent.ts';
import { rebalancePolicyOf } from '../../core/rebalance/policy.ts';
import { claim } from '../../core/rebalance/recover.ts';
import type { RebalanceReason } from '../../core/rebalance/reasons.ts';
import type { SelfPaymentRow } from '../../core/rebalance/types.ts';
import type { SelfPayment } from '../../core/profit/books.ts';
import {
  addMsat,
  daysBefore,
  sumMsat,
  type ChannelId,
  type Msat,
  type NodeId,
  type UnixSec,
} from '../../core/units.ts';
import type { Store } from '../../ports.ts';
import { budgetSince } from './capital.ts';

/** Days after which a channel that we have rebalanced is like any other: lots have mostly sold by then. */
const OURS_FOR_DAYS = 7;

/** Reasons of a channel that we rebalance or would. */
const WANTED: ReadonlySet<RebalanceReason> = new Set([
  'approved',
  'later',
  'in-flight',
  'resting',
  'budget-used',
  'wallet-reserve',
]);

export interface Foreign {
  /** Settled within the last 24 hours and no rebalance of ours, oldest first. */
  readonly parts: readonly SelfPayment[];
  readonly payments: number;
  readonly movedMsat: Msat;
  readonly feeMsat: Msat;
  /** Those of them that touch channels which we have rebalanced lately or want to. */
  readonly rivals: readonly SelfPayment[];
}

/** Of what the ledger holds by now. @throws StoreError */
export function foreignPayments({ ledger, rebalances }: Pick<Store, 'ledger' | 'rebalances'>, now: UnixSec): Foreign {
  const since = budgetSince(now);
  const lately = ledger.selfPayments().filter(({ time }) => time > since);
  const open = rebalances.openIntents();
  const peerOf = new Map<ChannelId, NodeId>();
  if (lately.length > 0)
    for (const { channelId, peerId } of ledger.books()) if (peerId !== null) peerOf.set(channelId, peerId);
  // What may be an order's of which the driver has not told the hash yet is nobody else's before the order has ended.
  const isOurs = (payment: SelfPayment): boolean =>
    rebalances.isOwnPayment(payment.paymentHash) ||
    open.some((intent) => claim(intent, rowOf(payment), peerOf) !== 'none');
  const ours = new Set(lately.filter(isOurs).map(({ paymentHash }) => paymentHash));
  const parts = lately.filter(({ paymentHash }) => !ours.has(paymentHash));
  const touched = parts.length === 0 ? new Set<ChannelId>() : channelsOfOurs(rebalances, now);
  const isTouched = (channel: ChannelId | null): boolean => channel !== null && touched.has(channel);
  return {
    parts,
    payments: new Set(parts.map(({ paymentHash }) => paymentHash)).size,
    movedMsat: sumMsat(parts.map(({ amount }) => amount)),
    feeMsat: sumMsat(parts.map(({ fee }) => fee)),
    rivals: parts.filter(({ inChannel, outChannel }) => isTouched(inChannel) || isTouched(outChannel)),
  };
}

/** As the node would list it: only what has arrived is in its books. */
export const rowOf = ({ paymentHash, amount, fee, time, outChannel, inChannel }: SelfPayment): SelfPaymentRow => ({
  paymentHash,
  createdIndex: null,
  status: 'complete',
  amountMsat: amount,
  amountSentMsat: addMsat(amount, fee),
  createdAt: time,
  completedAt: time,
  label: null,
  outChannel,
  inChannel,
});

/** Rebalances that have moved something lately. */
const movedLately = (rebalances: Store['rebalances'], now: UnixSec): readonly Intent[] =>
  rebalances.arrivedIntents(daysBefore(now, OURS_FOR_DAYS));

function channelsOfOurs(rebalances: Store['rebalances'], now: UnixSec): ReadonlySet<ChannelId> {
  const done = [...movedLately(rebalances, now), ...rebalances.openIntents()];
  const wanted = rebalances.verdictReasons().filter(({ reason }) => WANTED.has(reason));
  return new Set([
    ...done.flatMap(({ from, to }) => [from.channelId, to.channelId]),
    ...wanted.map(({ channelId }) => channelId),
  ]);
}

/** Peers between which we have moved something lately, but those whose balance the operator leaves to others. @throws StoreError */
export function rebalancedPeers(
  { rebalances, fees }: Pick<Store, 'rebalances' | 'fees'>,
  now: UnixSec,
): ReadonlySet<NodeId> {
  const ends = movedLately(rebalances, now).flatMap(({ from, to }) => [from, to]);
  return keptFromOthers(ends, fees, now);
}

/** Of the peers at these ends those whose balance the operator does not leave to others. @throws StoreError */
export function keptFromOthers(
  ends: readonly Intent['from'][],
  fees: Pick<Store['fees'], 'policies'>,
  now: UnixSec,
): ReadonlySet<NodeId> {
  const policies = fees.policies(now);
  const ours = ends.filter(({ peerId, channelId }) => rebalancePolicyOf(peerId, channelId, policies) !== 'none');
  return new Set(ours.map(({ peerId }) => peerId));
}

// Which money left our pocket for a channel, and which came back, and when?
//
// Capital comes back as it went in, not as the final balance. A channel's balance moves with every forward, but what
// leaves by one channel has entered by another of ours: the node as a whole still has it, less or plus the routing fee,
// which is a flow of its own. Counting the final balance would call a drained channel a ruin and a filled one a gold
// mine, and change with the last payment before the close. Hence at the end a channel returns what we had put in: what
// we funded, less what the opening gave away, plus splices in, less splices out. Per channel the flows of capital add up
// to zero, and so do a node's; only fees, costs and gifts remain as profit. Capital taken out beyond what was put in was
// lent by the other channels, and is owed at the end: capital_out is then negative.
//
// A gift or fee counts at the second it was made or earned, though the sats stay in a channel until they are spent.
import type { ChannelAccount, Figure } from './account.ts';
import { addMsat, negMsat, subMsat, sumMsat, ZERO_MSAT, type Msat, type UnixSec } from '../units.ts';

/** In the order in which they are listed within one second. */
const FLOW_KINDS = [
  'capital_in',
  'opening_fee',
  'push',
  'lease_fee',
  'splice_in',
  'splice_out',
  'splice_fee',
  'routing_fee',
  'rebalance_fee',
  'capital_out',
  'closing_fee',
] as const;
export type FlowKind = (typeof FLOW_KINDS)[number];

export interface CashFlow {
  readonly time: UnixSec;
  /** Below 0 what left our pocket, above what came to it; never 0. */
  readonly amount: Msat;
  readonly kind: FlowKind;
  readonly estimated: boolean;
}

const CAPITAL: ReadonlySet<FlowKind> = new Set(['capital_in', 'splice_in', 'splice_out', 'capital_out']);

/** Whether the flow only moves our own capital in or out, so that it is no part of the profit. */
export const isCapital = (flow: CashFlow): boolean => CAPITAL.has(flow.kind);

/** What has happened so far; for a closed channel all of it. In time order. */
export function incurredFlows(account: ChannelAccount): CashFlow[] {
  const { end } = account;
  const opening = [
    flow(account.openedAt, 'capital_in', { ...account.funding, amount: negMsat(ownCapital(account)) }),
    flow(account.openedAt, 'opening_fee', cost(account.openingFee)),
    flow(account.openedAt, 'push', account.push),
    flow(account.openedAt, 'lease_fee', account.lease),
  ];
  const splices = account.splices.flatMap(({ time, amount, fee }) => [
    flow(time, amount.amount > 0n ? 'splice_in' : 'splice_out', cost(amount)),
    flow(time, 'splice_fee', cost(fee)),
  ]);
  const routing = account.routing.map((entry) => flow(entry.time, 'routing_fee', entry));
  const rebalances = account.rebalances.map((entry) => flow(entry.time, 'rebalance_fee', cost(entry)));
  const closing = end.state === 'closed' ? endFlows(account, end.time) : [];
  return inOrder([...opening, ...splices, ...routing, ...rebalances, ...closing]);
}

/**
 * What has happened, and for an open channel what closing it `now` would bring: the flows of its committed return.
 * @param incurred the account's own incurred flows, where they are at hand already
 */
export const committedFlows = (
  account: ChannelAccount,
  now: UnixSec,
  incurred: CashFlow[] = incurredFlows(account),
): CashFlow[] => (account.end.state === 'closed' ? incurred : inOrder([...incurred, ...endFlows(account, now)]));

/** By time, then kind; flows of nothing are left out. */
export const inOrder = (flows: readonly CashFlow[]): CashFlow[] =>
  flows
    .filter(({ amount }) => amount !== 0n)
    .sort((a, b) => a.time - b.time || FLOW_KINDS.indexOf(a.kind) - FLOW_KINDS.indexOf(b.kind));

/** The most capital of ours that was ever in at once, >= 0. */
export function peakCapital(flows: readonly CashFlow[]): Msat {
  let locked = ZERO_MSAT;
  let peak = ZERO_MSAT;
  for (const [, amount] of sumPerSecond(flows.filter(isCapital))) {
    locked = subMsat(locked, amount);
    if (locked > peak) peak = locked;
  }
  return peak;
}

/** The sum of the flows of each second, in time order; `flows` in time order. */
export function sumPerSecond(flows: readonly CashFlow[]): Map<UnixSec, Msat> {
  const sums = new Map<UnixSec, Msat>();
  for (const { time, amount } of flows) sums.set(time, addMsat(sums.get(time) ?? ZERO_MSAT, amount));
  return sums;
}

/**
 * Our own money in the channel after its opening.
 * @throws RangeError when more was given away than put in, which no channel can do.
 */
function ownCapital({ channelId, funding, push, lease }: ChannelAccount): Msat {
  const given = sumMsat([push.amount, lease.amount].filter((amount) => amount < 0n));
  const own = addMsat(funding.amount, given);
  if (own < 0n)
    throw new RangeError(
      `channel ${channelId}: expected a funding of at least ${String(negMsat(given))} msat, which was given to the peer at its ` +
        `opening, got ${String(funding.amount)}`,
    );
  return own;
}

function endFlows(account: ChannelAccount, time: UnixSec): CashFlow[] {
  const spliced = sumMsat(account.splices.map(({ amount }) => amount.amount));
  const estimated = account.funding.estimated || account.splices.some(({ amount }) => amount.estimated);
  return [
    flow(time, 'capital_out', { amount: addMsat(ownCapital(account), spliced), estimated }),
    flow(time, 'closing_fee', cost(account.end.fee)),
  ];
}

const flow = (time: UnixSec, kind: FlowKind, { amount, estimated }: Figure): CashFlow => ({
  time,
  amount,
  kind,
  estimated,
});
const cost = ({ amount, estimated }: Figure): Figure => ({ amount: negMsat(amount), estimated });

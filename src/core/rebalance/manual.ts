// May the operator's own rebalance be carried out, and for how much at most? The same guard, but his word on what it is
// worth: neither targets nor classes nor the minimum profit bind him, and with a cap of his own not even the spread.
import { err, ok, type Result } from '../result.ts';
import { msat, msatToFloat, type ChannelId, type Msat } from '../units.ts';
import { carriable, leastAccepted } from './amount.ts';
import { verdictOf, workOut, type Candidate, type Market } from './evaluate.ts';
import { approve } from './guard.ts';
import { marketOf } from './plan.ts';
import type { PairVerdict, PlanChannel, PlanInput, Proposal, Shortfall } from './plan-types.ts';
import type { RebalanceReason } from './reasons.ts';
import { usable } from './targets.ts';
import { endOf } from './types.ts';

export interface ManualRequest {
  readonly from: ChannelId;
  readonly to: ChannelId;
  /** Whole sats, > 0. */
  readonly amountMsat: Msat;
  /** Null: break-even, within budget and reserve. */
  readonly maxFeeMsat: Msat | null;
}

/** @throws RangeError when a channel is not in the input: the caller has looked it up there. */
export function planManual(input: PlanInput, request: ManualRequest): Result<Proposal, PairVerdict> {
  const market = marketOf(input);
  const from = channelOf(input, request.from);
  const to = channelOf(input, request.to);
  const blocked = blockedBy(from, to, request.amountMsat, market);
  const ends = { from: endOf(from.view), to: endOf(to.view) };
  const plain: Candidate = {
    from,
    to,
    reason: 'approved',
    shortfall: null,
    amount: null,
    working: null,
    maxFeeMsat: null,
    failures: 0,
  };
  if (blocked !== null) return err(verdictOf({ ...plain, ...blocked }, input));
  if (ends.from === null || ends.to === null) return err(verdictOf({ ...plain, reason: 'no-scid' }, input));

  const working = workOut(from, to, request.amountMsat, market);
  const { evaluation } = working;
  const { breakEvenMsat } = evaluation;
  const worked: Candidate = { ...plain, working };
  if (request.maxFeeMsat === null && breakEvenMsat <= 0n) {
    const shortfall: Shortfall = { unit: 'ppm', needed: evaluation.opportunityPpm, available: evaluation.valuePpm };
    return err(verdictOf({ ...worked, reason: 'spread', shortfall }, input));
  }
  const maxFeeMsat = request.maxFeeMsat ?? withinRoom(breakEvenMsat, request.amountMsat, market);
  const order = {
    id: '',
    from: ends.from,
    to: ends.to,
    amountMsat: request.amountMsat,
    maxFeeMsat,
    deadline: input.now,
  };
  const asked = approve(order, input.capital);
  if (!asked.ok) {
    const { rule, neededMsat, availableMsat } = asked.error;
    const shortfall = neededMsat === null || availableMsat === null ? null : shortOf(neededMsat, availableMsat);
    return err(verdictOf({ ...worked, reason: rule, shortfall }, input));
  }
  const { trail } = verdictOf({ ...worked, maxFeeMsat }, input);
  return ok({ from: ends.from, to: ends.to, amountMsat: request.amountMsat, maxFeeMsat, evaluation, trail });
}

function channelOf(input: PlanInput, id: ChannelId): PlanChannel {
  const channel = input.channels.find(({ view }) => view.channelId === id);
  if (channel === undefined) throw new RangeError(`manual rebalance: expected a usable channel, got ${id}`);
  return channel;
}

const shortOf = (needed: Msat, available: Msat): Shortfall => ({
  unit: 'msat',
  needed: msatToFloat(needed),
  available: msatToFloat(available),
});

/** What stands against the payment itself. */
function blockedBy(
  from: PlanChannel,
  to: PlanChannel,
  amount: Msat,
  { input, board }: Market,
): { readonly reason: RebalanceReason; readonly shortfall: Shortfall | null } | null {
  if (!input.synced) return { reason: 'not-synced', shortfall: null };
  const closed = usable(from) ?? usable(to);
  if (closed !== null) return closed;
  if (from.view.peerId === to.view.peerId) return { reason: 'same-peer', shortfall: null };
  if (board.isBusy(from.view.channelId, to.view.channelId)) return { reason: 'in-flight', shortfall: null };
  const least = leastAccepted(from, to);
  if (amount < least) return { reason: 'too-little', shortfall: shortOf(least, amount) };
  for (const [, limit] of carriable(from, to, board))
    if (amount > limit) return { reason: 'too-much', shortfall: shortOf(amount, limit) };
  return null;
}

function withinRoom(breakEven: Msat, amount: Msat, { room }: Market): Msat {
  if (!room.ok) return breakEven;
  const { budgetMsat, fundsMsat } = room.value;
  let cap: bigint = breakEven;
  // Where nothing is left the guard refuses, and says so with the whole cap.
  for (const limit of [budgetMsat, fundsMsat - amount]) if (limit > 0n && limit < cap) cap = limit;
  return msat(cap);
}

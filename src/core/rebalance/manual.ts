// May the operator's own rebalance be carried out, and for how much at most? The same guard, but his word on what it is
// worth: neither targets nor classes nor the minimum profit bind him, and with a cap of his own not even the spread.
import { err, ok, type Result } from '../result.ts';
import { msat, msatToFloat, type ChannelId, type Msat } from '../units.ts';
import { carriable } from './amount.ts';
import { shortOf, workOut, type Market, type Working } from './evaluate.ts';
import { usable, type Gate } from './gates.ts';
import { approve } from './guard.ts';
import { evaluationOf, pairVerdict } from './pair-verdict.ts';
import { marketOf } from './plan.ts';
import type { PairVerdict, PlanChannel, PlanInput, Proposal, Shortfall } from './plan-types.ts';
import type { RebalanceReason } from './reasons.ts';
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
  const amount = msatToFloat(request.amountMsat);
  const refuse = (reason: RebalanceReason, shortfall: Shortfall | null, working: Working | null = null) =>
    err(pairVerdict({ ...UNDECIDED, from, to, reason, shortfall, working }, market));
  const blocked = blockedBy(from, to, amount, market);
  if (blocked !== null) return refuse(blocked.reason, blocked.shortfall);
  const ends = { from: endOf(from.view), to: endOf(to.view) };
  if (ends.from === null || ends.to === null) return refuse('no-scid', null);

  const working = workOut(from, to, amount, market);
  const { destination, source, breakEven } = working;
  if (request.maxFeeMsat === null && breakEven <= 0) {
    const shortfall: Shortfall = { unit: 'ppm', needed: source.opportunityPpm, available: destination.valuePpm };
    return refuse('spread', shortfall, working);
  }
  const maxFeeMsat = request.maxFeeMsat ?? withinRoom(breakEven, amount, market);
  const order = { from: ends.from, to: ends.to, amountMsat: request.amountMsat, maxFeeMsat };
  const asked = approve({ ...order, id: 'asked', deadline: input.now }, input.capital);
  if (!asked.ok) {
    const { rule, neededMsat, availableMsat } = asked.error;
    const known = neededMsat !== null && availableMsat !== null;
    return refuse(rule, known ? shortOf(msatToFloat(neededMsat), msatToFloat(availableMsat)) : null, working);
  }
  const decided = { ...UNDECIDED, from, to, reason: 'approved', working, maxFee: msatToFloat(maxFeeMsat) } as const;
  return ok({ ...order, evaluation: evaluationOf(from, to, working), trail: pairVerdict(decided, market).trail });
}

const UNDECIDED = { shortfall: null, amount: null, working: null, maxFee: null, failures: 0 } as const;

function channelOf(input: PlanInput, id: ChannelId): PlanChannel {
  const channel = input.channels.find(({ view }) => view.channelId === id);
  if (channel === undefined) throw new RangeError(`manual rebalance: expected a usable channel, got ${id}`);
  return channel;
}

/** What stands against the payment itself. */
function blockedBy(from: PlanChannel, to: PlanChannel, amount: number, { input, board }: Market): Gate | null {
  if (!input.synced) return { reason: 'not-synced', shortfall: null };
  const closed = usable(from) ?? usable(to);
  if (closed !== null) return closed;
  if (from.view.peerId === to.view.peerId) return { reason: 'same-peer', shortfall: null };
  if (board.isBusy(from.view.channelId, to.view.channelId)) return { reason: 'in-flight', shortfall: null };
  const { amount: most, least } = carriable(from, to, board);
  if (amount < least) return { reason: 'too-little', shortfall: shortOf(least, amount) };
  if (amount > most) return { reason: 'too-much', shortfall: shortOf(amount, most) };
  return null;
}

function withinRoom(breakEven: number, amount: number, { room }: Market): Msat {
  if (!room.ok) return msat(breakEven);
  const { budgetMsat, fundsMsat } = room.value;
  let cap = breakEven;
  // Where nothing is left the guard refuses, and says so with the whole cap.
  for (const limit of [msatToFloat(budgetMsat), msatToFloat(fundsMsat) - amount])
    if (limit > 0 && limit < cap) cap = limit;
  return msat(cap);
}

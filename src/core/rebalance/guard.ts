// May this much money leave the node now? The one gate of all rebalances, the operator's own included.
//
// Nothing but `approve` makes an ApprovedOrder, and drivers take nothing else. It is asked within the transaction that
// reserves, with the spending read in it, so that two orders can never both use the same room. What could not be read
// refuses: money out fails closed.
import { err, ok, type Result } from '../result.ts';
import { msat, type Msat } from '../units.ts';
import type { ApprovedOrder, RebalanceOrder } from './types.ts';

/** What rebalancing has cost and may still cost. */
export interface Spending {
  /** Fees of everything that ended within the last 24 hours, whatever its status. */
  readonly spentMsat: Msat;
  /** Caps of everything that has not ended, of any age; or what it has cost already where that is more. */
  readonly reservedMsat: Msat;
}

/** What the wallet reserve is measured on. */
export interface Funds {
  /** Confirmed and unreserved. */
  readonly onchainMsat: Msat;
  /** Sum of what can be spent in channels in normal state. */
  readonly channelsMsat: Msat;
}

export interface Capital {
  readonly dailyBudgetMsat: Msat;
  readonly minReserveMsat: Msat;
  /** Null: could not be read. */
  readonly spending: Spending | null;
  readonly funds: Funds | null;
}

/** Rule of the guard -> sentence. */
export const CAPITAL_REFUSALS = {
  'malformed-order': 'the order does not make sense: amounts in whole sats above 0, a cap below the amount, two peers',
  'cap-below-one-ppm': 'the cap is less than one ppm of the amount, which drivers would take for no cap at all',
  'budget-unreadable': 'what rebalancing has cost could not be read, so nothing more is spent',
  'funds-unreadable': 'the funds could not be read, so nothing is spent',
  'no-budget': 'the daily budget is zero: rebalancing is switched off, even where it would cost nothing',
  'budget-used': 'the cap is more than is left of the budget of the last 24 hours',
  'wallet-reserve': 'amount and cap in flight would leave less than the wallet reserve',
} as const;
export type CapitalRule = keyof typeof CAPITAL_REFUSALS;

export interface CapitalRefusal {
  readonly rule: CapitalRule;
  /** What was needed and what was there; null where the rule has no figures. */
  readonly neededMsat: Msat | null;
  readonly availableMsat: Msat | null;
}

const SAT = 1000n;
const PPM = 1_000_000n;

/** Room for one more cap and amount; a refusal where there is none whatever the order. */
export interface Room {
  /** Left of the budget, > 0 or the budget refuses. */
  readonly budgetMsat: Msat;
  /** What may be out of reach at once, amount and cap together; negative below the reserve. */
  readonly fundsMsat: Msat;
}

export function roomOf(capital: Capital): Result<Room, CapitalRefusal> {
  const { dailyBudgetMsat, minReserveMsat, spending, funds } = capital;
  if (spending === null) return err({ rule: 'budget-unreadable', neededMsat: null, availableMsat: null });
  if (funds === null) return err({ rule: 'funds-unreadable', neededMsat: null, availableMsat: null });
  if (dailyBudgetMsat <= 0n) return err({ rule: 'no-budget', neededMsat: null, availableMsat: dailyBudgetMsat });
  return ok({
    budgetMsat: msat(dailyBudgetMsat - spending.spentMsat - spending.reservedMsat),
    fundsMsat: msat(funds.onchainMsat + funds.channelsMsat - minReserveMsat),
  });
}

const wellFormed = ({ from, to, amountMsat, maxFeeMsat }: RebalanceOrder): boolean =>
  amountMsat > 0n &&
  amountMsat % SAT === 0n &&
  maxFeeMsat > 0n &&
  maxFeeMsat < amountMsat &&
  from.channelId !== to.channelId &&
  from.peerId !== to.peerId;

/** Lets an order pass, or says which rule refuses it and by how much. */
export function approve(order: RebalanceOrder, capital: Capital): Result<ApprovedOrder, CapitalRefusal> {
  const { amountMsat, maxFeeMsat } = order;
  if (!wellFormed(order)) return err({ rule: 'malformed-order', neededMsat: null, availableMsat: null });
  if (maxFeeMsat * PPM < amountMsat)
    return err({
      rule: 'cap-below-one-ppm',
      neededMsat: msat((amountMsat + PPM - 1n) / PPM),
      availableMsat: maxFeeMsat,
    });
  const room = roomOf(capital);
  if (!room.ok) return room;
  const { budgetMsat, fundsMsat } = room.value;
  if (maxFeeMsat > budgetMsat) return err({ rule: 'budget-used', neededMsat: maxFeeMsat, availableMsat: budgetMsat });
  const outOfReach = msat(amountMsat + maxFeeMsat);
  if (outOfReach > fundsMsat) return err({ rule: 'wallet-reserve', neededMsat: outOfReach, availableMsat: fundsMsat });
  return ok(order as ApprovedOrder);
}

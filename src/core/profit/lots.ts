// What did the liquidity we bought earn, and what has it cost as far as it is still here?
//
// A lot is what one rebalance brought into a channel, with its fee. Forwards that leave by the channel sell lots, the
// oldest first, and only when no lot is left the rest of the balance: what the channel was opened with and what forwards
// brought in. That other balance carries no cost here, and which sats leave is not a fact of nature, so bought ones go
// first because it is prudent and robust: a cost meets the earliest income that can bear it instead of lingering as an
// asset, the figures need no complete history of the balance (only of rebalances and forwards, which we keep), and a
// rebalance is made when little other balance is left, so that the choice moves little. What it can overstate is the
// return of a lot bought beside plenty of other balance; there the rebalancer's own economics, not this, says no.
//
// Sats also leave without a sale: by a rebalance to another channel, a payment of the operator, a splice, the close.
// Then the other balance goes first, since nothing is earned: only when less balance than lots is left has a lot been
// lost, the oldest first, and its cost with it. The cost does not follow the sats into another channel, because a
// rebalance is charged to the channel that it filled.
//
// Fees are apportioned by amount with running totals rounded down, so that the parts always add up to the whole.
import { measured, undefinedFor, type Measure } from './reasons.ts';
import { msat, msatToFloat, SECONDS_PER_DAY, sumMsat, type Msat, type UnixSec } from '../units.ts';

/** In time order; several at one second in the order in which they are given. */
export type LotEvent =
  | {
      readonly kind: 'bought';
      readonly time: UnixSec;
      /** What names the rebalance, such as its payment hash; its parts share it. */
      readonly rebalance: string;
      /** What arrived, > 0. */
      readonly amount: Msat;
      /** >= 0 */
      readonly fee: Msat;
    }
  | {
      readonly kind: 'forwarded';
      readonly time: UnixSec;
      /** What left, > 0. */
      readonly amount: Msat;
      /** What the forward earned, >= 0. */
      readonly fee: Msat;
    }
  | {
      /** Our balance was seen to be this: what a lot had above it has left without a sale. */
      readonly kind: 'balance';
      readonly time: UnixSec;
      readonly balance: Msat;
    };

export interface Lot {
  readonly rebalance: string;
  readonly time: UnixSec;
  readonly amount: Msat;
  readonly cost: Msat;
  readonly sold: Msat;
  /** Left without a sale. */
  readonly lost: Msat;
  /** The share of forwards' fees that its sold part earned. */
  readonly revenue: Msat;
  readonly remaining: Msat;
  /** The part of the cost that the remaining amount carries. */
  readonly remainingCost: Msat;
  /** Revenue less the cost of what was sold or lost. */
  readonly realisedProfit: Msat;
}

/** All lots there ever were, oldest first. @throws RangeError on events out of order or amounts out of range. */
export function traceLots(events: readonly LotEvent[]): Lot[] {
  const trace = new LotTrace();
  for (const event of events) trace.add(event);
  return trace.all();
}

/** Lots as events come in, for whoever must not begin at the beginning each time. */
export class LotTrace {
  readonly #lots: OpenLot[];
  #first = 0;
  #last = -Infinity;

  constructor(lots: OpenLot[] = []) {
    this.#lots = lots;
  }

  /** @throws RangeError on events out of order or amounts out of range. */
  add(event: LotEvent): void {
    check(event, this.#last);
    this.#last = event.time;
    if (event.kind === 'bought') this.#lots.push({ bought: event, sold: 0n, lost: 0n, revenue: 0n });
    else if (event.kind === 'forwarded') this.#first = sell(this.#lots, this.#first, event.amount, event.fee);
    else this.#first = lose(this.#lots, this.#first, event.balance);
  }

  /** To go on from here without changing this; it no longer knows of what is used up. */
  copy(): LotTrace {
    return new LotTrace(this.#lots.slice(this.#first).map((lot) => ({ ...lot })));
  }

  /** Those there ever were, but for what was used up before it was copied; oldest first. */
  all(): Lot[] {
    return this.#lots.map(close);
  }

  /** Those of which something is still here, oldest first. */
  open(): Lot[] {
    return this.#lots.slice(this.#first).map(close);
  }
}

interface OpenLot {
  readonly bought: Extract<LotEvent, { kind: 'bought' }>;
  sold: bigint;
  lost: bigint;
  revenue: bigint;
}

const remainingOf = ({ bought, sold, lost }: OpenLot): bigint => bought.amount - sold - lost;

/** Takes up to `amount` from the lots, oldest first, and says what each gave; returns the first lot not used up. */
function take(lots: readonly OpenLot[], first: number, amount: bigint, give: (lot: OpenLot, part: bigint) => void) {
  let index = first;
  let left = amount;
  for (let lot = lots[index]; lot !== undefined; lot = lots[++index]) {
    const remaining = remainingOf(lot);
    const part = remaining < left ? remaining : left;
    give(lot, part);
    left -= part;
    if (part < remaining) break;
  }
  return index;
}

function sell(lots: readonly OpenLot[], first: number, amount: bigint, fee: bigint): number {
  let sold = 0n;
  return take(lots, first, amount, (lot, part) => {
    lot.revenue += share(fee, sold + part, amount) - share(fee, sold, amount);
    lot.sold += part;
    sold += part;
  });
}

function lose(lots: readonly OpenLot[], first: number, balance: bigint): number {
  const onHand = lots.slice(first).reduce((total, lot) => total + remainingOf(lot), 0n);
  const excess = onHand - balance;
  if (excess <= 0n) return first;
  return take(lots, first, excess, (lot, part) => {
    lot.lost += part;
  });
}

/** The part of `whole` that falls on the first `part` of `all`. */
const share = (whole: bigint, part: bigint, all: bigint): bigint => (whole * part) / all;

function close(lot: OpenLot): Lot {
  const { amount, fee: cost, rebalance, time } = lot.bought;
  const gone = lot.sold + lot.lost;
  const goneCost = share(cost, gone, amount);
  return {
    rebalance,
    time,
    amount,
    cost,
    sold: msat(lot.sold),
    lost: msat(lot.lost),
    revenue: msat(lot.revenue),
    remaining: msat(amount - gone),
    remainingCost: msat(cost - goneCost),
    realisedProfit: msat(lot.revenue - goneCost),
  };
}

function check(event: LotEvent, last: number): void {
  const amounts = event.kind === 'balance' ? event.balance >= 0n : event.amount > 0n && event.fee >= 0n;
  if (!amounts) throw new RangeError(`lot event ${event.kind}: expected an amount > 0 and a fee or balance >= 0`);
  if (event.time < last)
    throw new RangeError(
      `lot event ${event.kind} at ${event.time}: expected time order, but one at ${last} came before`,
    );
}

/** What is still here of the lots. */
export interface OnHand {
  readonly amount: Msat;
  readonly cost: Msat;
  /** Cost per million of the liquidity bought and still here. */
  readonly costPpm: Measure;
}

export function onHand(lots: readonly Lot[]): OnHand {
  const amount = sumMsat(lots.map((lot) => lot.remaining));
  const cost = sumMsat(lots.map((lot) => lot.remainingCost));
  const costPpm = amount === 0n ? undefinedFor('no_lots') : measured((msatToFloat(cost) / msatToFloat(amount)) * 1e6);
  return { amount, cost, costPpm };
}

/**
 * What the lots bought at or after `since` have earned beyond their cost, by their cost. The whole cost counts from the
 * beginning, so that a lot starts at -100 % and reaches 0 when its sales have paid for all of it.
 */
export function marginalRoi(lots: readonly Lot[], since: UnixSec): Measure {
  const bought = lots.filter(({ time }) => time >= since);
  if (bought.length === 0) return undefinedFor('no_purchase');
  const cost = sumMsat(bought.map((lot) => lot.cost));
  if (cost === 0n) return undefinedFor('no_cost');
  const revenue = sumMsat(bought.map((lot) => lot.revenue));
  return measured(Number(revenue - cost) / msatToFloat(cost));
}

/** How far back a purchase counts for the marginal ROI: 30 days (design 6.1). */
export const MARGINAL_WINDOW_SECONDS = 30 * SECONDS_PER_DAY;

// How much can go from one channel to another at once?
import { msatToFloat } from '../units.ts';
import type { Board } from './board.ts';
import type { PlanChannel } from './plan-types.ts';

const SAT = 1000;
/** The seed's smallest amount: below it the fixed trouble of a payment outweighs what it moves. */
const SMALLEST_MSAT = 50_000 * SAT;
/**
 * A chunk is 5 to 10 % of the smaller channel (quant 7.2), so that the price after it is near the price before. Of a small
 * channel that is too little for any profit worth a payment: there it may be a fifth, as long as it goes through as easily
 * as less does, which is up to 500,000 sats (quant 4.5).
 */
const SMALLEST_SHARE = 0.05;
const LARGEST_SHARE = 0.1;
const LARGEST_SHARE_OF_SMALL = 0.2;
const EASY_MSAT = 500_000 * SAT;
/**
 * What leaves the source is the amount and the fee: so much of it is kept for the fee. 1 %, twice the highest fee rate
 * that we set by default; a cap beyond it is cut off (see evaluate.ts).
 */
export const FEE_HEADROOM = 1 / 101;

const lessHeadroom = (amount: number): number => amount - Math.ceil(amount * FEE_HEADROOM);

export type AmountBound =
  'chunk' | 'room' | 'spare' | 'spendable' | 'receivable' | 'source-htlc-max' | 'destination-htlc-max' | 'reserve';

/** msat, exact. */
export interface Amount {
  /** Whole sats. */
  readonly amount: number;
  /** What binds. */
  readonly bound: AmountBound;
  /** The least that is worth moving and that the channels accept. */
  readonly least: number;
}

/** What the two channels carry in one payment, whatever it is good for. */
export function carriable(from: PlanChannel, to: PlanChannel, board: Board): Amount {
  const { spendable } = board.figures(from);
  const { receivable } = board.figures(to);
  const remote = to.view.remote;
  let amount = lessHeadroom(spendable);
  let bound: AmountBound = 'spendable';
  const limit = (value: number, name: AmountBound): void => {
    if (value < amount) [amount, bound] = [value, name];
  };
  limit(receivable, 'receivable');
  limit(lessHeadroom(msatToFloat(from.view.htlcMax)), 'source-htlc-max');
  if (remote !== null) limit(msatToFloat(remote.htlcMaxMsat), 'destination-htlc-max');
  const least = Math.max(msatToFloat(from.view.htlcMin), remote === null ? 0 : msatToFloat(remote.htlcMinMsat));
  return { amount, bound, least };
}

/** A chunk is never more than this. */
const atOnce = (capacity: number): number =>
  Math.floor(Math.max(capacity * LARGEST_SHARE, Math.min(capacity * LARGEST_SHARE_OF_SMALL, EASY_MSAT)));

/** The most that a channel gives at once, whoever takes it. */
export function mostGiven(from: PlanChannel, board: Board): number {
  const { capacity, excess, spendable } = board.figures(from);
  return Math.min(atOnce(capacity), lessHeadroom(Math.min(excess, spendable, msatToFloat(from.view.htlcMax))));
}

/** The most that a channel takes at once, whoever gives it. */
export function mostTaken(to: PlanChannel, board: Board): number {
  const { capacity, missing, receivable } = board.figures(to);
  const { remote } = to.view;
  return Math.min(atOnce(capacity), missing, receivable, remote === null ? Infinity : msatToFloat(remote.htlcMaxMsat));
}

/** The chunk of two channels, msat, by what each of them gives and takes at most: as below, without a reason. */
export const chunkWithin = (given: number, taken: number, fundsMsat: number): number =>
  Math.floor(Math.min(given, taken, lessHeadroom(fundsMsat)) / SAT) * SAT;

/**
 * The largest chunk within all bounds. None of them depends on prices, so that a better price never makes it smaller.
 * @param fundsMsat what may be out of reach at once by the wallet reserve
 */
export function chunk(from: PlanChannel, to: PlanChannel, board: Board, fundsMsat: number): Amount {
  const carried = carriable(from, to, board);
  const { excess, capacity } = board.figures(from);
  const { missing, capacity: other } = board.figures(to);
  const smaller = Math.min(capacity, other);
  let amount = atOnce(smaller);
  let bound: AmountBound = 'chunk';
  const limit = (value: number, name: AmountBound): void => {
    if (value < amount) [amount, bound] = [value, name];
  };
  limit(missing, 'room');
  limit(lessHeadroom(excess), 'spare');
  limit(carried.amount, carried.bound);
  limit(lessHeadroom(fundsMsat), 'reserve');
  const least = Math.max(carried.least, Math.min(SMALLEST_MSAT, Math.floor(smaller * SMALLEST_SHARE)));
  return { amount: Math.floor(amount / SAT) * SAT, bound, least };
}

// What of a node's past does a backtest need? Forwards, fees and rebalances, channels by number, and nothing by name.
import { utcSecond } from '../profit/discounted.ts';
import { SECONDS_PER_DAY } from '../units.ts';

/** Unix seconds and msat as plain numbers: this is material for statistics, nothing is accounted for by it. */
export interface History {
  /** Half-open [from, until). */
  readonly from: number;
  readonly until: number;
  /** All channels to one peer are one: they have one price, and lightningd forwards by any of them. */
  readonly channels: readonly PastChannel[];
  /** Settled ones, ascending by time. */
  readonly forwards: readonly PastForward[];
  /** Payments to ourselves that arrived, ascending by time. */
  readonly circles: readonly PastCircle[];
  /** How rebalances ended. */
  readonly attempts: { readonly succeeded: number; readonly failed: number };
}

export interface PastChannel {
  /** For people. */
  readonly name: string;
  readonly capacityMsat: number;
  /** When it was there, within the history. */
  readonly from: number;
  readonly until: number;
  /** Our balance when it first was; null where nobody knows. */
  readonly startMsat: number | null;
  /** Fees that were live, ascending, the first at `from`; what a base fee comes to is added. At least one. */
  readonly fees: readonly PastFee[];
}

export interface PastFee {
  readonly at: number;
  readonly ppm: number;
}

export interface PastForward {
  readonly at: number;
  /** Channels by number. */
  readonly from: number;
  readonly to: number;
  /** What left. */
  readonly amountMsat: number;
  readonly feeMsat: number;
}

export interface PastCircle {
  readonly at: number;
  readonly from: number;
  readonly to: number;
  /** What arrived. */
  readonly amountMsat: number;
  readonly feeMsat: number;
}

/** The history cannot be used; the message says what was expected and what was got. */
export class HistoryError extends Error {
  override name = 'HistoryError';
}

/** Below, not even the week's rhythm has been seen twice, and 100 forwards tell a rate to no better than 20 %. */
export const LEAST = { days: 14, forwards: 100, channels: 2 } as const;

export const daysOf = ({ from, until }: Pick<History, 'from' | 'until'>): number => (until - from) / SECONDS_PER_DAY;

/** @throws HistoryError where there is too little to tell anything by */
export function requireEnough(history: History): void {
  const { channels, forwards } = history;
  const days = daysOf(history);
  if (days >= LEAST.days && forwards.length >= LEAST.forwards && channels.length >= LEAST.channels) return;
  throw new HistoryError(
    `history: expected at least ${LEAST.days} days, ${LEAST.forwards} settled forwards and ${LEAST.channels} peers with channels, ` +
      `got ${Math.floor(days * 10) / 10} days (${utcSecond(history.from)} to ${utcSecond(history.until)}), ` +
      `${forwards.length} forwards and ${channels.length} peers; ask for a longer time, or again when more has been written down`,
  );
}

/** The fee that was live then. */
export function feeAt({ fees }: PastChannel, at: number): number {
  let live = fees[0]?.ppm ?? 0;
  for (const fee of fees) {
    if (fee.at > at) break;
    live = fee.ppm;
  }
  return live;
}

// How much can go from one channel to another at once?
import { msat, type Msat } from '../units.ts';
import type { Board } from './board.ts';
import type { Room } from './guard.ts';
import type { PlanChannel } from './plan-types.ts';
import { chunkBounds, targetOf } from './targets.ts';

const SAT = 1000n;
/**
 * What leaves the source is the amount and the fee: so much of it is kept for the fee. 1 %, twice the highest fee rate
 * that we set by default; a fee beyond it is cut off (see evaluate.ts).
 */
const FEE_HEADROOM = 100n;

const lessHeadroom = (amount: Msat): Msat =>
  msat(amount <= 0n ? amount : (amount * FEE_HEADROOM) / (FEE_HEADROOM + 1n));

export type AmountBound =
  'chunk' | 'room' | 'spare' | 'spendable' | 'receivable' | 'source-htlc-max' | 'destination-htlc-max' | 'reserve';

export interface Amount {
  /** Whole sats. */
  readonly amountMsat: Msat;
  /** What binds. */
  readonly bound: AmountBound;
  /** The least that is worth moving or that the channels accept. */
  readonly leastMsat: Msat;
}

/** What the two channels can carry in one payment, whatever it is good for. */
export function carriable(from: PlanChannel, to: PlanChannel, board: Board): [AmountBound, Msat][] {
  const bounds: [AmountBound, Msat][] = [
    ['spendable', lessHeadroom(board.spendable(from))],
    ['receivable', board.receivable(to)],
    ['source-htlc-max', lessHeadroom(from.view.htlcMax)],
  ];
  if (to.view.remote !== null) bounds.push(['destination-htlc-max', to.view.remote.htlcMaxMsat]);
  return bounds;
}

/** The least that the two channels accept as one payment. */
export function leastAccepted(from: PlanChannel, to: PlanChannel): Msat {
  const arriving = to.view.remote?.htlcMinMsat ?? msat(0n);
  return from.view.htlcMin > arriving ? from.view.htlcMin : arriving;
}

/** The largest chunk within all bounds. None of them depends on prices, so that a better price never makes it smaller. */
export function chunk(from: PlanChannel, to: PlanChannel, board: Board, room: Room | null): Amount {
  const { least, most } = chunkBounds(from, to);
  const bounds: [AmountBound, Msat][] = [
    ['chunk', most],
    ['room', msat(targetOf(to) - board.local(to))],
    ['spare', lessHeadroom(msat(board.local(from) - targetOf(from)))],
    ...carriable(from, to, board),
  ];
  if (room !== null) bounds.push(['reserve', lessHeadroom(room.fundsMsat)]);
  let [bound, amount]: [AmountBound, bigint] = ['chunk', most];
  for (const [name, limit] of bounds) if (limit < amount) [bound, amount] = [name, limit];
  const accepted = leastAccepted(from, to);
  const whole = amount > 0n ? amount - (amount % SAT) : amount;
  return { amountMsat: msat(whole), bound, leastMsat: least > accepted ? least : accepted };
}

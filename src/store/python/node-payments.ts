// Does the node's own ledger hold the payment of a refill that the Python original wrote down too?
//
// The two have no name in common, so that payments are told by what they moved, where to, when and at what cost; refills
// of one day can be as good as equal in all of it. Therefore each payment of the node stands for one refill and no more.
// Given refills in the order of time, the earliest payment in reach leaves the later ones to those that come after.
import { satsToMsat, SECONDS_PER_DAY, type Msat } from '../../core/units.ts';
import type { Connection } from '../connection.ts';
import type { Statement } from '../engine.ts';
import { numberOf, textOf } from '../rows.ts';

/** The original wrote a payment down later, when it next looked. */
const WITHIN = SECONDS_PER_DAY;
/** It knew whole sats, rounded either way. */
const ROUNDED: Msat = satsToMsat(1);

/** What the hashes of costs taken over begin with: they are the original's words, not the node's. */
export const TAKEN_OVER = 'python-';

export interface Refill {
  readonly channel: string;
  readonly amount: Msat;
  readonly fee: Msat;
  /** Unix seconds. */
  readonly time: number;
}

export class NodePayments {
  readonly #like: Statement;
  readonly #claimed = new Set<string>();

  constructor(connection: Connection) {
    this.#like = connection.prepare(`
      SELECT payment_hash, part FROM self_payments
      WHERE timestamp BETWEEN ? AND ? AND in_channel_id = ?
      AND amount_msat BETWEEN ? AND ? AND fee_msat BETWEEN ? AND ? AND payment_hash NOT LIKE '${TAKEN_OVER}%'
      ORDER BY timestamp, payment_hash, part`);
  }

  /** Takes a payment like the refill for it, unless there is none that no other refill has taken. */
  claim({ channel, amount, fee, time }: Refill): boolean {
    const [from, until] = [time - WITHIN, time + WITHIN];
    const bounds = [amount - ROUNDED, amount + ROUNDED, fee - ROUNDED, fee + ROUNDED];
    for (const row of this.#like.all(from, until, channel, ...bounds)) {
      const payment = `${textOf(row, 'payment_hash')} ${numberOf(row, 'part')}`;
      if (this.#claimed.has(payment)) continue;
      this.#claimed.add(payment);
      return true;
    }
    return false;
  }
}

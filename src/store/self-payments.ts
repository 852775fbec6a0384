// How do payments to ourselves come to light, and how are they kept? Both sides by payment hash, then as one.
import type { SelfPayment } from '../core/profit/books.ts';
import type { ChannelMove } from '../core/profit/books-moves.ts';
import { selfPaymentOf } from '../core/profit/books-self-payments.ts';
import { channelId, SECONDS_PER_DAY, unixSec, type ChannelId, type Msat } from '../core/units.ts';
import type { Connection } from './connection.ts';
import type { Statement } from './engine.ts';
import { bigintOf, numberOf, textOf, textOrNull } from './rows.ts';

/**
 * How far apart the two sides of a payment can lie, in the ledger's own time: twice the two weeks (2016 blocks) that
 * lightningd lets an HTLC be under way.
 */
const SIDES_WITHIN = 28 * SECONDS_PER_DAY;

export class SelfPayments {
  readonly #addSide: Statement;
  readonly #sides: Statement;
  readonly #forget: Statement;
  readonly #drop: Statement;
  readonly #add: Statement;
  readonly #load: Statement;
  #known: readonly SelfPayment[] = [];
  /** Those from here on may have changed since they were read. */
  #changedSince = 0;

  constructor(connection: Connection) {
    this.#addSide = connection.prepare('INSERT INTO payment_moves VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING');
    this.#sides = connection.prepare('SELECT * FROM payment_moves WHERE payment_hash = ? ORDER BY move_index');
    this.#forget = connection.prepare('DELETE FROM payment_moves WHERE timestamp < ?');
    this.#drop = connection.prepare('DELETE FROM self_payments WHERE payment_hash = ? RETURNING timestamp');
    this.#add = connection.prepare('INSERT INTO self_payments VALUES (?, ?, ?, ?, ?, ?, ?)');
    this.#load = connection.prepare(
      'SELECT * FROM self_payments WHERE timestamp >= ? ORDER BY timestamp, payment_hash, part',
    );
  }

  /** Takes in moves of payments, and what they make self-payments. Only within a write. */
  takeIn(moves: readonly ChannelMove[]): void {
    const hashes = new Set<string>();
    let newest = 0;
    for (const { index, channelId, credit, debit, fees, paymentHash, time } of moves) {
      if (paymentHash === null) continue;
      this.#addSide.run(index, channelId, credit, debit, fees, paymentHash, time);
      hashes.add(paymentHash);
      newest = Math.max(newest, time);
    }
    for (const hash of hashes) {
      const payment = selfPaymentOf(this.#sides.all(hash).map(toMove));
      if (payment.length > 0) this.save(payment);
    }
    this.#forget.run(newest - SIDES_WITHIN);
  }

  /** All parts of these payments, in place of what was kept of them. Only within a write. */
  save(payments: readonly SelfPayment[]): void {
    for (const hash of new Set(payments.map(({ paymentHash }) => paymentHash)))
      for (const row of this.#drop.all(hash)) this.#changed(numberOf(row, 'timestamp'));
    for (const { paymentHash, part, outChannel, inChannel, amount, fee, time } of payments) {
      this.#add.run(paymentHash, part, outChannel, inChannel, amount, fee, time);
      this.#changed(time);
    }
  }

  /**
   * Oldest first. Years of them come to be tens of thousands: only what has changed is read again, and those before stay
   * the same objects, by which whoever reckons with them knows that there is nothing to reckon anew.
   */
  all(): readonly SelfPayment[] {
    const since = this.#changedSince;
    if (since === Infinity) return this.#known;
    const kept = this.#known.findLastIndex(({ time }) => time < since) + 1;
    this.#known = [...this.#known.slice(0, kept), ...this.#load.all(since).map(toSelfPayment)];
    this.#changedSince = Infinity;
    return this.#known;
  }

  /** Before a write is over: whether it is kept or undone, the next reading tells. */
  #changed(time: number): void {
    this.#changedSince = Math.min(this.#changedSince, time);
  }
}

const toSelfPayment = (row: unknown): SelfPayment => ({
  paymentHash: textOf(row, 'payment_hash'),
  part: numberOf(row, 'part'),
  outChannel: channelOrNull(row, 'out_channel_id'),
  inChannel: channelOrNull(row, 'in_channel_id'),
  amount: bigintOf(row, 'amount_msat') as Msat,
  fee: bigintOf(row, 'fee_msat') as Msat,
  time: unixSec(numberOf(row, 'timestamp')),
});

function channelOrNull(row: unknown, name: string): ChannelId | null {
  const text = textOrNull(row, name);
  return text === null ? null : channelId(text);
}

const toMove = (row: unknown): ChannelMove => ({
  index: numberOf(row, 'move_index'),
  channelId: channelId(textOf(row, 'channel_id')),
  tag: 'invoice',
  credit: bigintOf(row, 'credit_msat') as Msat,
  debit: bigintOf(row, 'debit_msat') as Msat,
  fees: bigintOf(row, 'fee_msat') as Msat,
  paymentHash: textOf(row, 'payment_hash'),
  time: unixSec(numberOf(row, 'timestamp')),
});

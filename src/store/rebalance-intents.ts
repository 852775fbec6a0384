// Which rebalances hold or have cost how much? The ledger of capital, to the msat; the budget is summed from it alone.
import { advanced, INTENT_STATES, type Intent, type IntentEvent, type IntentState } from '../core/rebalance/intent.ts';
import type { Spending } from '../core/rebalance/guard.ts';
import {
  DRIVERS,
  FAILURE_KINDS,
  type FailureKind,
  type OrderEnd,
  type RebalanceOrder,
} from '../core/rebalance/types.ts';
import { channelId, nodeId, scid, unixSec, type ChannelId, type Msat, type UnixSec } from '../core/units.ts';
import { StoreError, type IntentNews, type IntentTerms } from '../ports.ts';
import type { Connection } from './connection.ts';
import type { Statement } from './engine.ts';
import type { RebalanceHistory } from './rebalance-history.ts';
import { bigintOf, choiceOf, numberOf, numberOrNull, textOf, textOrNull } from './rows.ts';
import { messageOf } from '../core/message-of.ts';

/** ?1: since. Both halves are ranges of one index that holds all they sum. */
export const SPENDING = `
SELECT
  (SELECT coalesce(sum(fee_msat), 0) FROM rebalance_intents WHERE ended_at > ?1) AS spent,
  (SELECT coalesce(sum(max(max_fee_msat, fee_msat)), 0) FROM rebalance_intents WHERE ended_at IS NULL) AS reserved`;

export class RebalanceIntents {
  readonly #history: RebalanceHistory;
  readonly #spending: Statement;
  readonly #add: Statement;
  readonly #update: Statement;
  readonly #load: Statement;
  readonly #open: Statement;
  readonly #ended: Statement;
  readonly #arrived: Statement;
  readonly #lately: Statement;
  readonly #hashes: Statement;
  readonly #ownerOf: Statement;
  readonly #addHash: Statement;

  constructor(connection: Connection, history: RebalanceHistory) {
    this.#history = history;
    this.#spending = connection.prepare(SPENDING);
    this.#add = connection.prepare(`
      INSERT INTO rebalance_intents (
        id, history_id, driver, manual, from_channel_id, from_scid, from_peer_id, to_channel_id, to_scid, to_peer_id,
        amount_msat, max_fee_msat, expected_fee_msat, expected_profit_msat, planned_at, deadline,
        state, moved_msat, fee_msat
      ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'planned', 0, 0)`);
    this.#update = connection.prepare(`
      UPDATE rebalance_intents SET state = ?, dispatched_at = ?, payments_before = ?, moved_msat = ?, fee_msat = ?,
        ended_at = ?, failure = ?, message = ?
      WHERE id = ?`);
    this.#load = connection.prepare('SELECT * FROM rebalance_intents WHERE id = ?');
    this.#open = connection.prepare('SELECT * FROM rebalance_intents WHERE ended_at IS NULL ORDER BY seq');
    this.#ended = connection.prepare('SELECT * FROM rebalance_intents WHERE ended_at > ? ORDER BY ended_at, seq');
    this.#arrived = connection.prepare(
      'SELECT * FROM rebalance_intents WHERE ended_at > ? AND moved_msat > 0 ORDER BY ended_at, seq',
    );
    this.#lately = connection.prepare(`
      SELECT * FROM rebalance_intents WHERE ended_at IS NOT NULL AND ?1 IN (from_channel_id, to_channel_id)
      ORDER BY ended_at DESC, seq DESC LIMIT ?2`);
    this.#hashes = connection.prepare('SELECT payment_hash FROM rebalance_payments WHERE intent = ? ORDER BY id');
    this.#ownerOf = connection.prepare(`
      SELECT i.id FROM rebalance_payments p JOIN rebalance_intents i ON i.seq = p.intent WHERE p.payment_hash = ?`);
    this.#addHash = connection.prepare('INSERT INTO rebalance_payments (payment_hash, intent) VALUES (?, ?)');
  }

  /** Of what ended after `since`, and of all that has not. @throws an Error of SQLite's where a sum is beyond 2^63. */
  spending(since: UnixSec): Spending {
    const row = this.#spending.get(since);
    return { spentMsat: msatOf(row, 'spent'), reservedMsat: msatOf(row, 'reserved') };
  }

  /** Planned. Only within a write. @throws an Error of SQLite's where the id is taken. */
  add(order: RebalanceOrder, terms: IntentTerms, at: UnixSec): void {
    const { id, from, to, amountMsat, maxFeeMsat, deadline } = order;
    const { driver, manual, expectedFeeMsat, expectedProfitMsat } = terms;
    const history = this.#history.add(
      { from: from.channelId, to: to.channelId, amountMsat, maxFeeMsat, expectedProfitMsat, at },
      'pending',
    );
    const ends = [from, to].flatMap((end) => [end.channelId, end.scid, end.peerId]);
    const sums = [amountMsat, maxFeeMsat, expectedFeeMsat, expectedProfitMsat];
    this.#add.run(id, history, driver, manual ? 1 : 0, ...ends, ...sums, at, deadline);
  }

  /** Only within a write. @throws StoreError where there is none of that id, or no such step from where it stands. */
  advance(id: string, event: IntentEvent, at: UnixSec, news?: IntentNews): Intent {
    const row = this.#row(id);
    const intent = this.#toIntent(row);
    const next = advanced(intent, event, at, news);
    if (next === null)
      throw new StoreError(
        'failed',
        `database: rebalance ${id}: expected a step that leads on from ${intent.state}, got ${event}; nothing was changed`,
      );
    const { state, dispatchedAt, paymentsBefore, movedMsat, feeMsat, endedAt, failure, message } = next;
    this.#update.run(state, dispatchedAt, paymentsBefore, movedMsat, feeMsat, endedAt, failure, message, id);
    this.#history.update(numberOf(row, 'history_id'), next);
    return next;
  }

  /** Only within a write. @throws StoreError where there is no such intent, or the payment belongs to another. */
  addPaymentHash(id: string, hash: string): void {
    const seq = numberOf(this.#row(id), 'seq');
    const known = this.#ownerOf.get(hash);
    if (known === undefined) this.#addHash.run(hash, seq);
    else if (textOf(known, 'id') !== id)
      throw new StoreError(
        'failed',
        `database: payment ${hash}: expected one of rebalance ${id}, got one that belongs to ${textOf(known, 'id')}`,
      );
  }

  load(id: string): Intent | null {
    const row = this.#load.get(id);
    return row === undefined ? null : this.#toIntent(row);
  }

  /** Oldest first. */
  open(): Intent[] {
    return this.#open.all().map((row) => this.#toIntent(row));
  }

  /** Those that ended after `since`, in the order of their end. */
  ended(since: UnixSec): Intent[] {
    return this.#ended.all(since).map((row) => this.#toIntent(row));
  }

  /** Those of them that moved anything. */
  arrived(since: UnixSec): Intent[] {
    return this.#arrived.all(since).map((row) => this.#toIntent(row));
  }

  /** The last of a channel's that have ended, newest first. */
  lately(channel: ChannelId, limit: number): Intent[] {
    return this.#lately.all(channel, limit).map((row) => this.#toIntent(row));
  }

  /** Whether the payment belongs to any rebalance that ever was. */
  isOurs(hash: string): boolean {
    return this.#ownerOf.get(hash) !== undefined;
  }

  #row(id: string): unknown {
    const row = this.#load.get(id);
    if (row === undefined)
      throw new StoreError('failed', `database: rebalance ${id}: expected one that was reserved, got none`);
    return row;
  }

  /** @throws StoreError where the row is damaged: what may be in flight is never passed over. */
  #toIntent(row: unknown): Intent {
    const id = textOf(row, 'id');
    try {
      const hashes = this.#hashes.all(numberOf(row, 'seq')).map((one) => textOf(one, 'payment_hash'));
      return toIntent(row, id, hashes);
    } catch (error) {
      const reason = messageOf(error);
      throw new StoreError('failed', `database: rebalance ${id} cannot be read: ${reason}`, { cause: error });
    }
  }
}

const STATES = Object.keys(INTENT_STATES) as IntentState[];
const FAILURES = Object.keys(FAILURE_KINDS) as FailureKind[];

const msatOf = (row: unknown, name: string): Msat => bigintOf(row, name) as Msat;
const timeOf = (row: unknown, name: string): UnixSec => unixSec(numberOf(row, name));
const timeOrNull = (row: unknown, name: string): UnixSec | null =>
  numberOrNull(row, name) === null ? null : timeOf(row, name);

const endOf = (row: unknown, end: 'from' | 'to'): OrderEnd => ({
  channelId: channelId(textOf(row, `${end}_channel_id`)),
  scid: scid(textOf(row, `${end}_scid`)),
  peerId: nodeId(textOf(row, `${end}_peer_id`)),
});

const toIntent = (row: unknown, id: string, paymentHashes: readonly string[]): Intent => ({
  id,
  state: choiceOf(row, 'state', STATES),
  driver: choiceOf(row, 'driver', DRIVERS),
  manual: numberOf(row, 'manual') === 1,
  from: endOf(row, 'from'),
  to: endOf(row, 'to'),
  amountMsat: msatOf(row, 'amount_msat'),
  maxFeeMsat: msatOf(row, 'max_fee_msat'),
  expectedFeeMsat: msatOf(row, 'expected_fee_msat'),
  expectedProfitMsat: msatOf(row, 'expected_profit_msat'),
  plannedAt: timeOf(row, 'planned_at'),
  dispatchedAt: timeOrNull(row, 'dispatched_at'),
  deadline: timeOf(row, 'deadline'),
  paymentsBefore: numberOrNull(row, 'payments_before'),
  paymentHashes,
  movedMsat: msatOf(row, 'moved_msat'),
  feeMsat: msatOf(row, 'fee_msat'),
  endedAt: timeOrNull(row, 'ended_at'),
  failure: textOrNull(row, 'failure') === null ? null : choiceOf(row, 'failure', FAILURES),
  message: textOrNull(row, 'message'),
});

// Which failures of channels and pairs are remembered through a restart?
import type { FailureRecord, FailureSubject } from '../core/rebalance/failure-memory.ts';
import { FAILURE_KINDS } from '../core/rebalance/types.ts';
import { SECONDS_PER_DAY, unixSec } from '../core/units.ts';
import type { Connection } from './connection.ts';
import type { Statement } from './engine.ts';
import { isNumber, isText, keyOf, numberBy, shapeOf, type Guard } from './guards.ts';
import { bigintOf, realOf, textOf } from './rows.ts';

/** A failure loses half its weight each day and rests nothing for longer than one: then a millionth of it is left. */
const FORGET_AFTER = 20 * SECONDS_PER_DAY;

const isSubject: Guard<FailureSubject> = (value): value is FailureSubject =>
  isText(value) && /^(pair:[0-9a-f]{64}>|from:|to:)[0-9a-f]{64}$/.test(value);
const isTime = numberBy(unixSec);
const isFailure = shapeOf<FailureRecord>({
  subject: isSubject,
  kind: keyOf(FAILURE_KINDS),
  weight: isNumber,
  at: isTime,
  until: isTime,
});

export class RebalanceFailures {
  readonly #all: Statement;
  readonly #save: Statement;
  readonly #clear: Statement;
  readonly #forget: Statement;

  constructor(connection: Connection) {
    this.#all = connection.prepare('SELECT * FROM rebalance_failures ORDER BY subject');
    this.#save = connection.prepare('INSERT OR REPLACE INTO rebalance_failures VALUES (?, ?, ?, ?, ?)');
    this.#clear = connection.prepare('DELETE FROM rebalance_failures WHERE subject = ?');
    this.#forget = connection.prepare('DELETE FROM rebalance_failures WHERE max(failed_at, until_time) < ?');
  }

  /** One that another version wrote, or that is damaged, is as if it had never been: that costs one more try. */
  all(): Map<FailureSubject, FailureRecord> {
    return new Map(
      this.#all
        .all()
        .map(fieldsOf)
        .filter(isFailure)
        .map((record) => [record.subject, record]),
    );
  }

  /** Only within a write. */
  save(changed: readonly FailureRecord[], cleared: readonly FailureSubject[]): void {
    for (const subject of cleared) this.#clear.run(subject);
    let newest = 0;
    for (const { subject, kind, weight, at, until } of changed) {
      this.#save.run(subject, kind, weight, at, until);
      newest = Math.max(newest, at);
    }
    this.#forget.run(newest - FORGET_AFTER);
  }
}

const fieldsOf = (row: unknown): unknown => ({
  subject: textOf(row, 'subject'),
  kind: textOf(row, 'kind'),
  weight: realOf(row, 'weight'),
  at: Number(bigintOf(row, 'failed_at')),
  until: Number(bigintOf(row, 'until_time')),
});

// Of which alerts has the operator been told?
import { unixSec } from '../core/units.ts';
import type { RememberedAlert } from '../ports.ts';
import type { Connection } from './connection.ts';
import type { Statement } from './engine.ts';
import { numberOf, numberOrNull, textOf } from './rows.ts';

export class AlertRows {
  readonly #all: Statement;
  readonly #clear: Statement;
  readonly #add: Statement;

  constructor(connection: Connection) {
    this.#all = connection.prepare('SELECT * FROM alerts ORDER BY since, kind, subject');
    this.#clear = connection.prepare('DELETE FROM alerts');
    this.#add = connection.prepare('INSERT INTO alerts VALUES (?, ?, ?, ?, ?, ?)');
  }

  all(): RememberedAlert[] {
    return this.#all.all().map((row) => {
      const overAt = numberOrNull(row, 'over_at');
      return {
        kind: textOf(row, 'kind'),
        subject: textOf(row, 'subject') || null,
        text: textOf(row, 'text'),
        since: unixSec(numberOf(row, 'since')),
        told: numberOf(row, 'told') === 1,
        overAt: overAt === null ? null : unixSec(overAt),
      };
    });
  }

  /** These and no others. Only within a write. */
  replace(alerts: readonly RememberedAlert[]): void {
    this.#clear.run();
    for (const { kind, subject, text, since, told, overAt } of alerts)
      this.#add.run(kind, subject ?? '', text, since, told ? 1 : 0, overAt);
  }
}

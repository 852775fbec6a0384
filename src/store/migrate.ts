// Which schema does the file have, and how does it become ours? Forward only; each migration is one transaction.
import { StoreError } from '../ports.ts';
import { tablesOf, type Database } from './engine.ts';
import { HISTORY } from './migrations/0001-history.ts';
import { ACTIONS } from './migrations/0002-actions.ts';
import { BOOKS } from './migrations/0003-books.ts';
import { FEES } from './migrations/0004-fees.ts';
import { LOSSES } from './migrations/0005-losses.ts';
import { REBALANCES } from './migrations/0006-rebalances.ts';
import { ALERTS } from './migrations/0007-alerts.ts';
import { PYTHON } from './migrations/0008-python.ts';
import { TAKEN_OVER } from './migrations/0009-taken-over.ts';
import { isPython } from './python/source.ts';

import { textOf } from './rows.ts';

export interface Migration {
  readonly name: string;
  readonly sql: string;
}

/** In order. A released one never changes: what it made is in operators' files. */
export const MIGRATIONS: readonly Migration[] = [
  HISTORY,
  ACTIONS,
  BOOKS,
  FEES,
  LOSSES,
  REBALANCES,
  ALERTS,
  PYTHON,
  TAKEN_OVER,
];

/**
 * How many of our migrations the file has; 0 for an empty one. Only reads.
 * @throws StoreError `foreign` when someone else made the file, `newer-schema` when a later version of us did.
 */
export function schemaVersion(database: Database, path: string, known: readonly Migration[] = MIGRATIONS): number {
  const tables = tablesOf(database);
  if (tables.size === 0) return 0;
  if (!tables.has('migrations')) {
    const maker = isPython(tables)
      ? 'that of the Python plugin; move it out of the way, start again, then have `cl-revenue-ops migrate` take it over'
      : 'one that another program made; move it away or set revenue-ops-db-path';
    throw new StoreError('foreign', `database ${path}: expected a database of this plugin, got ${maker}`);
  }
  const applied = database
    .prepare('SELECT name FROM migrations ORDER BY position')
    .all()
    .map((row) => textOf(row, 'name'));
  const strange = applied.findIndex((name, i) => name !== known[i]?.name);
  if (strange >= 0)
    throw new StoreError(
      'newer-schema',
      `database ${path}: expected at most schema ${known.length}, got migration ${applied[strange] ?? ''} which this version does not know; install the version that made it`,
    );
  return applied.length;
}

/** Applies what is missing. @throws StoreError as schemaVersion does; an Error of SQLite's leaves the last whole step. */
export function migrate(database: Database, path: string, known: readonly Migration[] = MIGRATIONS): void {
  for (let done = schemaVersion(database, path, known); done < known.length; done++) {
    const next = known[done];
    if (next === undefined) return;
    database.exec('BEGIN IMMEDIATE');
    try {
      if (done === 0)
        database.exec('CREATE TABLE migrations (position INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT');
      database.exec(next.sql);
      database.prepare('INSERT INTO migrations VALUES (?, ?)').run(done + 1, next.name);
      database.exec('COMMIT');
    } catch (error) {
      database.exec('ROLLBACK');
      throw error;
    }
  }
}

// How does someone else read the ledger while the plugin writes it? Through a connection that cannot write.
import type { History } from '../core/backtest/history.ts';
import { StoreError, type Ledger } from '../ports.ts';
import { ChannelDays } from './channel-days.ts';
import { ChannelNames } from './channel-names.ts';
import { Connection } from './connection.ts';
import type { Database } from './engine.ts';
import { MIGRATIONS, schemaVersion } from './migrate.ts';
import { opening } from './open.ts';
import { openToRead } from './open-to-read.ts';
import { readPast } from './past.ts';
import { SqliteLedger } from './sqlite-ledger.ts';

/**
 * Hands the ledger as it is at one moment to `read`. Nothing is written, and whoever writes is not held up.
 * @throws StoreError when there is no sound database of this schema; whatever `read` throws
 */
export const readLedger = <T>(path: string, read: (ledger: Ledger) => T): T =>
  reading(path, (connection) =>
    read(new SqliteLedger(connection, new ChannelDays(connection, new ChannelNames(connection)))),
  );

/** Likewise what a backtest needs of the past. @throws as readLedger, and HistoryError where too little is known of it */
export const readHistory = (path: string, since: number | null, until: number | null): History =>
  reading(path, (connection) => readPast(connection, since, until));

function reading<T>(path: string, read: (connection: Connection) => T): T {
  const database = opening(path, () => connect(path));
  try {
    return read(new Connection(database));
  } finally {
    // Open statements would keep the moment, and with it the plugin's write-ahead log, until they are collected.
    database.exec('ROLLBACK');
    database.close();
  }
}

function connect(path: string): Database {
  return openToRead(path, 'revenue-status says where the plugin keeps its database', (database) => {
    // All that is read from here on is of one moment.
    database.exec('BEGIN');
    const version = schemaVersion(database, path);
    if (version < MIGRATIONS.length)
      throw new StoreError(
        'failed',
        `database ${path}: expected schema ${MIGRATIONS.length}, got ${version}; start this version of the plugin once, which brings it up to date`,
      );
    return database;
  });
}

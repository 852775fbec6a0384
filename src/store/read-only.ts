// How does someone else read the ledger while the plugin writes it? Through a connection that cannot write.
import { existsSync } from 'node:fs';
import type { History } from '../core/backtest/history.ts';
import { StoreError, type Ledger } from '../ports.ts';
import { ChannelDays } from './channel-days.ts';
import { ChannelNames } from './channel-names.ts';
import { Connection } from './connection.ts';
import { openDatabase, type Database } from './engine.ts';
import { checkMagic } from './files.ts';
import { MIGRATIONS, schemaVersion } from './migrate.ts';
import { opening } from './open.ts';
import { readPast } from './past.ts';
import { SqliteLedger } from './sqlite-ledger.ts';

/** Readers wait for nobody in WAL mode but while the file itself is put in order. */
const BUSY_MS = 5000;

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
  if (!existsSync(path))
    throw new StoreError(
      'failed',
      `database ${path}: expected a file, it is absent; revenue-status says where the plugin keeps its database`,
    );
  checkMagic(path);
  const database = openDatabase(path, { readOnly: true, busyMs: BUSY_MS });
  try {
    // All that is read from here on is of one moment.
    database.exec('BEGIN');
    const version = schemaVersion(database, path);
    if (version < MIGRATIONS.length)
      throw new StoreError(
        'failed',
        `database ${path}: expected schema ${MIGRATIONS.length}, got ${version}; start this version of the plugin once, which brings it up to date`,
      );
    return database;
  } catch (error) {
    database.close();
    if (!mayNotWrite(error)) throw error;
    throw new StoreError(
      'failed',
      `database ${path}: expected to be allowed to write beside it, where SQLite keeps its index of the log; run as its owner, or copy the file while the plugin is stopped`,
      { cause: error },
    );
  }
}

/**
 * SQLite's result codes where it may not write the index that is there (SQLITE_READONLY), or cannot make the one that is
 * missing (SQLITE_CANTOPEN): the database itself has been read by then. More is in the bits above.
 */
const MAY_NOT_WRITE = [8, 14];
const mayNotWrite = (error: unknown): boolean =>
  error instanceof Error &&
  'errcode' in error &&
  typeof error.errcode === 'number' &&
  MAY_NOT_WRITE.includes(error.errcode & 0xff);

// How does a path become a Store, or a clear reason why not? Nothing is written before everything has been checked.
import { existsSync, statSync } from 'node:fs';
import { StoreError, type Store } from '../ports.ts';
import { Connection } from './connection.ts';
import { openDatabase, type Database } from './engine.ts';
import { checkMagic, realPath, sameFile, secureFile } from './files.ts';
import { lockBeside } from './lock.ts';
import { migrate, schemaVersion } from './migrate.ts';
import { SqliteStore } from './sqlite-store.ts';
import { messageOf } from '../core/message-of.ts';

export { expandPath } from './files.ts';

/** Long enough for someone's write in an sqlite3 shell, short enough not to look like a hang. */
const BUSY_MS = 5000;
/**
 * A lightningd that was killed may be back before its plugin has closed its file: on a slow disk that took five seconds,
 * and at most the 25 that a plugin has for its shutdown. lightningd waits 120 for an answer to init.
 */
const LOCK_WAIT_MS = 30_000;

/**
 * - WAL: people can read while we write, and a kill at any moment leaves the last whole transaction.
 * - synchronous NORMAL: cannot corrupt either, but at power loss the last transactions may be gone. That is right for
 *   forwards, which intake reads again from the node behind the cursors, themselves part of the same transactions. What
 *   must not be lost at power loss (money reserved before it is sent, what the operator ordered) has to ask for FULL around
 *   its own transaction.
 * - cache 16 MB: intake touches the last page of each channel's forwards and of the rollups, 500 channels x 4 kB twice,
 *   and has room to spare.
 * - checkpoint every 4000 pages (16 MB): a page that many transactions in a row change is then written back once.
 */
const PRAGMAS = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA foreign_keys = ON;
PRAGMA cache_size = -16384;
PRAGMA wal_autocheckpoint = 4000;
`;

/** A database that is ours alone until it is closed. */
export interface Opened {
  readonly connection: Connection;
  /** Closes it and lets another process have it. */
  readonly close: () => void;
}

/**
 * Opens the database at an absolute path, made and migrated as needed, for this process alone.
 * @throws StoreError; a file that is not ours, too new or not a database is left as it was.
 */
export function openConnection(path: string, options: { readonly lockWaitMs?: number } = {}): Opened {
  const real = opening(path, () => realPath(path));
  const lock = opening(path, () => lockBeside(real, options.lockWaitMs ?? LOCK_WAIT_MS));
  try {
    return opening(path, () => {
      checkMagic(path);
      checkSchema(path);
      secureFile(real);
      const database = openDatabase(path, { busyMs: BUSY_MS });
      try {
        database.exec(PRAGMAS);
        migrate(database, path);
        const connection = new Connection(database, sameFile(path));
        const close = (): void => {
          connection.close();
          lock.close();
        };
        return { connection, close };
      } catch (error) {
        database.close();
        throw error;
      }
    });
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** As openConnection. */
export function openStore(path: string, options: { readonly lockWaitMs?: number } = {}): Store {
  const { connection, close } = openConnection(path, options);
  try {
    return opening(path, () => new SqliteStore(connection, path, close));
  } catch (error) {
    close();
    throw error;
  }
}

/** Looks at an existing file through a connection that cannot write. */
function checkSchema(path: string): void {
  if (!existsSync(path) || statSync(path).size === 0) return;
  const database: Database = openDatabase(path, { readOnly: true, busyMs: BUSY_MS });
  try {
    schemaVersion(database, path);
  } finally {
    database.close();
  }
}

/** SQLite's result codes for a file that is damaged, and for one that is no database. */
const DAMAGED: readonly unknown[] = [11, 26];

/** Names the database in whatever SQLite or the file system refuse. @throws StoreError */
export function opening<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof StoreError) throw error;
    const reason = messageOf(error);
    if (error instanceof Error && 'errcode' in error && DAMAGED.includes(error.errcode))
      throw new StoreError(
        'corrupt',
        `database ${path}: expected a sound SQLite file, got: ${reason}; restore a backup`,
        {
          cause: error,
        },
      );
    throw new StoreError('failed', `database ${path}: ${reason}`, { cause: error });
  }
}

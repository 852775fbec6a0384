// How is a database file opened by someone who is only to read it, and what is said where that is not possible?
import { existsSync } from 'node:fs';
import { StoreError } from '../ports.ts';
import { openDatabase, type Database } from './engine.ts';
import { checkMagic } from './files.ts';

/** Readers wait for nobody in WAL mode but while the file itself is put in order; other writers need a second at most. */
const BUSY_MS = 5000;

/**
 * What `first` makes of the database, which is closed again where it throws.
 * @param whereToLook said where there is no such file
 * @throws StoreError; whatever `first` throws
 */
export function openToRead<T>(path: string, whereToLook: string, first: (database: Database) => T): T {
  if (!existsSync(path))
    throw new StoreError('failed', `database ${path}: expected a file, it is absent; ${whereToLook}`);
  checkMagic(path);
  const database = openDatabase(path, { readOnly: true, busyMs: BUSY_MS });
  try {
    return first(database);
  } catch (error) {
    database.close();
    if (!mayNotWrite(error)) throw error;
    throw new StoreError(
      'failed',
      `database ${path}: expected to be allowed to write beside it, where SQLite keeps its index of the log; run as its ` +
        'owner, or copy it, with its -wal if there is one, while the plugin is stopped',
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

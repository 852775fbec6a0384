// Does another process of ours write this database already?
import { StoreError } from '../ports.ts';
import { openDatabase, type Database } from './engine.ts';
import { secureFile } from './files.ts';

/** SQLite's result code for a lock that someone else holds. */
const SQLITE_BUSY = 5;

/**
 * Holds an exclusive lock on an empty database beside ours for as long as we run. The operating system drops it with
 * the process, even on SIGKILL, so nothing is ever left over; and since it is not a lock on the database itself, people
 * can read that with sqlite3 meanwhile.
 * @param waitMs for a predecessor that is just closing
 * @throws StoreError `in-use`
 */
export function lockBeside(path: string, waitMs: number): Database {
  const lockPath = `${path}.lock`;
  secureFile(lockPath);
  const holder = openDatabase(lockPath, { busyMs: waitMs });
  try {
    holder.exec('BEGIN EXCLUSIVE');
    return holder;
  } catch (error) {
    holder.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY)
      throw new StoreError(
        'in-use',
        `database ${path}: expected to be its only user, but another instance of this plugin has it open; stop that one`,
        { cause: error },
      );
    throw error;
  }
}

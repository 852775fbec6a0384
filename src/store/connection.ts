// How do we speak with the open database? Statements prepared once, every write in a transaction, every failure named.
import { StoreError } from '../ports.ts';
import type { Database, Statement } from './engine.ts';
import { messageOf } from '../core/message-of.ts';

export class Connection {
  readonly #database: Database;
  readonly #isStillThere: () => void;
  readonly #forget: (() => void)[] = [];

  /** @param isStillThere asked before each write; throws where the file is no longer the one that is open */
  constructor(database: Database, isStillThere: () => void = () => undefined) {
    this.#database = database;
    this.#isStillThere = isStillThere;
  }

  /** A statement whose integers come as bigint. */
  prepare(sql: string): Statement {
    const statement = this.#database.prepare(sql);
    statement.setReadBigInts(true);
    return statement;
  }

  /** Registers what drops a cache of database contents, because a rollback has made it untrue. */
  onRollback(forget: () => void): void {
    this.#forget.push(forget);
  }

  /** All or nothing. @throws StoreError that begins with `what` was being done; nothing is changed then. */
  write<T>(what: string, work: () => T): T {
    return this.read(what, () => {
      this.#isStillThere();
      // IMMEDIATE takes the write lock first, so that waiting for someone's sqlite3 shell happens here and not half-way.
      this.#database.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        this.#database.exec('COMMIT');
        return result;
      } catch (error) {
        this.#rollback();
        throw error;
      }
    });
  }

  /**
   * As write, and not lost at power loss: for what must be known before the world is changed, and for orders of the
   * operator, to whom it has been said that they are in force. Costs an fsync.
   */
  writeDurably<T>(what: string, work: () => T): T {
    return this.read(what, () => {
      this.#database.exec('PRAGMA synchronous = FULL');
      try {
        return this.write(what, work);
      } finally {
        this.#database.exec('PRAGMA synchronous = NORMAL');
      }
    });
  }

  /** @throws StoreError that begins with `what` was being done. */
  read<T>(what: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof StoreError) throw error;
      const reason = messageOf(error);
      throw new StoreError('failed', `database: ${what}: ${reason}`, { cause: error });
    }
  }

  close(): void {
    try {
      // SQLite does this by itself only once every statement is finalised, which the engines leave to the collector.
      this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // Someone else reads it: then the log stays, and is found at the next opening.
    }
    this.#database.close();
  }

  #rollback(): void {
    for (const forget of this.#forget) forget();
    try {
      this.#database.exec('ROLLBACK');
    } catch {
      // SQLite has rolled back by itself (disk full, I/O error); the first error says why.
    }
  }
}

// Can others read the ledger beside the plugin, without writing a byte, and are they told why when they cannot?
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { satsToMsat, unixSec } from '../../src/core/units.ts';
import { StoreError, type Ledger } from '../../src/ports.ts';
import { openDatabase } from '../../src/store/engine.ts';
import { migrate, MIGRATIONS } from '../../src/store/migrate.ts';
import { readLedger } from '../../src/store/read-only.ts';
import { fillArticle } from '../cli/article-database.ts';
import { channel } from '../core/profit/ledger-rows.ts';
import { temporaryDatabase } from './temporary.ts';

const everything = (ledger: Ledger) => ({
  books: ledger.books(),
  payments: ledger.selfPayments(),
  days: ledger.days(),
});
const payment = (hash: string) => ({
  ...{ paymentHash: hash.repeat(64), part: 0, outChannel: channel(8), inChannel: channel(7) },
  ...{ amount: satsToMsat(1), fee: satsToMsat(1), time: unixSec(1_700_000_000) },
});

describe('readLedger', () => {
  const database = temporaryDatabase();
  const write = (sql: string): void => {
    const other = openDatabase(database.path, { busyMs: 0 });
    other.exec(sql);
    other.close();
  };
  const refusal = (path = database.path): string => {
    try {
      readLedger(path, () => undefined);
      return 'no error';
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      return `${error.kind}: ${error.message}`;
    }
  };
  const fingerprint = (): string[] =>
    ['', '-wal'].map((suffix) =>
      existsSync(database.path + suffix)
        ? createHash('sha256')
            .update(readFileSync(database.path + suffix))
            .digest('hex')
        : 'absent',
    );

  it('reads what the plugin has written, running or not', () => {
    const store = database.open();
    fillArticle(store);
    const own = everything(store.ledger);
    expect(own.books.length + own.payments.length + own.days.size).toBe(9);
    expect(readLedger(database.path, everything)).toEqual(own);
    store.close();
    expect(readLedger(database.path, everything)).toEqual(own);
  });

  it('reads one moment while the plugin writes, and is in no writer’s way', () => {
    const store = database.open();
    fillArticle(store);
    const counts = readLedger(database.path, (ledger) => {
      const books = ledger.books().length;
      store.ledger.takeInSelfPayments({ moves: [payment('a')], cursor: 2, last: true });
      return [books, ledger.selfPayments().length];
    });
    expect(counts).toEqual([3, 3]);
    expect(store.ledger.selfPayments()).toHaveLength(4);
    expect(readLedger(database.path, (ledger) => ledger.selfPayments().length)).toBe(4);
  });

  it('reads what is committed while a write is under way', () => {
    const store = database.open();
    fillArticle(store);
    store.close();
    const writer = openDatabase(database.path, { busyMs: 0 });
    writer.exec('BEGIN IMMEDIATE; DELETE FROM self_payments');
    expect(readLedger(database.path, (ledger) => ledger.selfPayments().length)).toBe(3);
    writer.exec('COMMIT');
    expect(readLedger(database.path, (ledger) => ledger.selfPayments().length)).toBe(0);
    writer.close();
  });

  it('writes nothing, whoever has it open', () => {
    const store = database.open();
    fillArticle(store);
    const before = fingerprint();
    expect(before[1]).not.toBe('absent');
    readLedger(database.path, everything);
    expect(fingerprint()).toEqual(before);
    store.close();
    const [closed] = fingerprint();
    readLedger(database.path, everything);
    expect(fingerprint()[0]).toBe(closed);
    // What it has left beside the file keeps nobody out.
    expect(database.open().ledger.books()).toHaveLength(3);
  });

  it('cannot write', () => {
    database.open().close();
    expect(() => {
      readLedger(database.path, (ledger) => {
        (ledger as ReturnType<typeof database.open>['ledger']).takeInSelfPayments({
          moves: [payment('a')],
          cursor: 1,
          last: true,
        });
      });
    }).toThrow(StoreError);
    expect(readLedger(database.path, (ledger) => ledger.selfPayments())).toEqual([]);
  });

  it('says so where there is no database', () => {
    expect(refusal(join(database.folder, 'none.db'))).toMatch(/^failed: .*none\.db: expected a file, it is absent/);
    mkdirSync(join(database.folder, 'folder.db'));
    expect(refusal(join(database.folder, 'folder.db'))).toMatch(/^failed: .*expected a file, got something else/);
    writeFileSync(database.path, '');
    expect(refusal()).toMatch(/^failed: .*expected schema \d+, got 0; start this version of the plugin/);
    writeFileSync(database.path, 'time,amount\n1,2\n');
    expect(refusal()).toMatch(/^corrupt: .*expected an SQLite file/);
    writeFileSync(database.path, Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(4096, 7)]));
    expect(refusal()).toMatch(/^corrupt: .*expected a sound SQLite file/);
    expect(existsSync(`${database.path}.lock`)).toBe(false);
  });

  it('says what to do where the log has no index and none can be made', () => {
    const store = database.open();
    fillArticle(store);
    const copy = join(database.folder, 'copy.db');
    for (const suffix of ['', '-wal']) copyFileSync(database.path + suffix, copy + suffix);
    store.close();
    // As in a folder where one may not write, which nothing keeps root from.
    symlinkSync(join(database.folder, 'none'), `${copy}-shm`);
    expect(refusal(copy)).toMatch(/^failed: .*copy\.db: expected to be allowed to write beside it.*run as its owner/);
  });

  it('refuses the database of another program, of a later and of an earlier version of us', () => {
    write('CREATE TABLE fee_changes (id INTEGER)');
    expect(refusal()).toMatch(/^foreign:/);
    const later = join(database.folder, 'later.db');
    database.open(later).close();
    const opened = openDatabase(later, { busyMs: 0 });
    opened.exec(`INSERT INTO migrations VALUES (${String(MIGRATIONS.length + 1)}, '9999-future')`);
    opened.close();
    expect(refusal(later)).toMatch(/^newer-schema: .*9999-future/);
    const earlier = join(database.folder, 'earlier.db');
    const old = openDatabase(earlier, { busyMs: 0 });
    migrate(old, earlier, MIGRATIONS.slice(0, 2));
    old.close();
    expect(refusal(earlier)).toMatch(/^failed: .*expected schema \d+, got 2; start this version of the plugin once/);
  });

  it('hands on what its reader throws', () => {
    database.open().close();
    expect(() =>
      readLedger(database.path, () => {
        throw new TypeError('mine');
      }),
    ).toThrow(TypeError);
  });
});

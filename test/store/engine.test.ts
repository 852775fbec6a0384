// Does a connection wait for locks as long as it was told to, on whichever SQLite this Node.js runs?
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/store/engine.ts';
import { temporaryDatabase } from './temporary.ts';

const database = temporaryDatabase();

describe('openDatabase', () => {
  it.each([
    [false, 5000],
    [true, 1234],
    [false, 0],
  ])('waits for locks as long as it is told to (read only: %s, %d ms)', (readOnly, busyMs) => {
    openDatabase(database.path, { busyMs: 0 }).close();
    const opened = openDatabase(database.path, { readOnly, busyMs });
    expect(opened.prepare('PRAGMA busy_timeout').get()).toEqual({ timeout: busyMs });
    opened.close();
  });

  it('leaves it to the first look to find that a file is no database', () => {
    writeFileSync(database.path, 'not a database at all, but long enough to look like something');
    const opened = openDatabase(database.path, { readOnly: true, busyMs: 1 });
    expect(() => opened.prepare('SELECT * FROM sqlite_schema').all()).toThrow(/not a database/);
    opened.close();
  });
});

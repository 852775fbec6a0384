// Does the database open only where it may, for its owner, once, and for its own node; and does it stay as it was if not?
import { fork, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeId, unixSec } from '../../src/core/units.ts';
import { StoreError } from '../../src/ports.ts';
import { openDatabase } from '../../src/store/engine.ts';
import { MIGRATIONS } from '../../src/store/migrate.ts';
import { expandPath, openStore } from '../../src/store/open.ts';
import { identity } from './fake-node.ts';
import { temporaryDatabase } from './temporary.ts';

const kindOf = (work: () => unknown): string => {
  try {
    work();
    return 'no error';
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return `${error.kind}: ${error.message}`;
  }
};
const NODE = nodeId(`02${'1'.repeat(64)}`);
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe('openStore', () => {
  const database = temporaryDatabase();
  const write = (sql: string): void => {
    const other = openDatabase(database.path, { busyMs: 0 });
    other.exec(sql);
    other.close();
  };

  it('makes files that only their owner can read', () => {
    const store = database.open();
    store.rememberChannels([identity(0)], unixSec(1));
    for (const suffix of ['', '-wal', '-shm', '.lock']) expect(modeOf(database.path + suffix)).toBe('600');
  });

  it('tightens a file that others could read', () => {
    database.open().close();
    chmodSync(database.path, 0o644);
    const store = database.open();
    store.setPaused(true);
    for (const suffix of ['', '-wal', '-shm']) expect(modeOf(database.path + suffix)).toBe('600');
  });

  it('is refused while another instance has it open, and free again once that is closed', () => {
    const store = database.open();
    expect(kindOf(() => database.open())).toMatch(/^in-use: database .*another instance/);
    store.setPaused(true);
    store.close();
    expect(database.open().paused()).toBe(true);
  });

  it('is refused also by the name of a link to it, or to its folder', () => {
    database.open();
    const [file, folder] = [join(database.folder, 'link.db'), join(database.folder, 'linked')];
    symlinkSync(database.path, file);
    symlinkSync(database.folder, folder);
    for (const path of [file, join(folder, basename(database.path))])
      expect(kindOf(() => database.open(path))).toMatch(/^in-use: /);
  });

  it('is had by the name of a link, where there is none yet in the linked folder too', () => {
    database.open().close();
    const [file, folder] = [join(database.folder, 'link.db'), join(database.folder, 'linked')];
    symlinkSync(database.path, file);
    symlinkSync(database.folder, folder);
    for (const path of [file, join(folder, 'new.db')]) database.open(path).setPaused(true);
    expect(existsSync(join(database.folder, 'new.db'))).toBe(true);
  });

  it.each(['deleted', 'moved away', 'another file'])('writes nothing more once it is gone: %s', (how) => {
    const store = database.open();
    store.setPaused(true);
    const away = join(database.folder, 'away.db');
    renameSync(database.path, away);
    if (how === 'deleted') rmSync(away);
    if (how === 'another file') writeFileSync(database.path, '');
    const resume = (): void => {
      store.setPaused(false);
    };
    expect(kindOf(resume)).toMatch(
      how === 'another file'
        ? /^failed: database .*another file is there/
        : /^failed: database .*deleted or moved away/,
    );
    expect(store.paused()).toBe(true);
    if (how === 'deleted') return;
    renameSync(away, database.path);
    resume();
    expect(store.paused()).toBe(false);
  });

  /** Another process that holds the database's lock, for so long or until it is killed. */
  async function hold(seconds = 3600): Promise<ChildProcess> {
    const holder = join(database.folder, 'holder.cjs');
    const engine = join(import.meta.dirname, '../../node_modules/@photostructure/sqlite');
    writeFileSync(
      holder,
      `let sqlite; try { sqlite = require('node:sqlite') } catch { sqlite = require(${JSON.stringify(engine)}) }
       globalThis.lock = new sqlite.DatabaseSync(process.argv[2] + '.lock');
       globalThis.lock.exec('BEGIN EXCLUSIVE');
       process.send('locked'); setTimeout(() => process.exit(), 1000 * process.argv[3]);`,
    );
    const child = fork(holder, [database.path, String(seconds)], { execArgv: [], silent: true });
    await new Promise((resolve) => child.once('message', resolve));
    return child;
  }

  it('is refused while another process has it open, and free again when that is killed', async () => {
    const child = await hold();
    expect(kindOf(() => database.open())).toMatch(/^in-use/);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    expect(database.open().paused()).toBe(false);
  });

  it('waits for a predecessor that is slow to close it, as on a busy disk after lightningd was killed', async () => {
    await hold(4);
    openStore(database.path).close();
    expect(database.open().paused()).toBe(false);
  });

  it('can be read by people while it is open', () => {
    const store = database.open();
    store.rememberChannels([identity(0)], unixSec(1));
    const reader = openDatabase(database.path, { readOnly: true, busyMs: 0 });
    expect(reader.prepare('SELECT count(*) AS n FROM channels').get()).toEqual({ n: 1 });
    expect(reader.prepare('SELECT * FROM forward_history').all()).toEqual([]);
    store.rememberChannels([identity(1)], unixSec(1));
    reader.close();
  });

  it('belongs to one node', () => {
    const store = database.open();
    store.claim(NODE);
    store.claim(NODE);
    expect(
      kindOf(() => {
        store.claim(nodeId(`03${'2'.repeat(64)}`));
      }),
    ).toMatch(/^wrong-node: .*0211.*revenue-ops-db-path/);
  });

  it.each([
    ['text', Buffer.from('not a database at all, but long enough to look like something'), 'corrupt'],
    ['a damaged header', Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(4096, 7)]), 'corrupt'],
  ])('refuses %s and leaves it untouched', (_, content, kind) => {
    writeFileSync(database.path, content);
    expect(kindOf(() => database.open())).toMatch(new RegExp(`^${kind}: database ${database.path}`));
    expect(readFileSync(database.path).equals(content)).toBe(true);
    expect(existsSync(`${database.path}-wal`)).toBe(false);
  });

  it("refuses another program's database, such as that of this plugin's predecessor", () => {
    write('CREATE TABLE fee_changes (id INTEGER, channel_id TEXT); INSERT INTO fee_changes VALUES (1, 2)');
    const before = readFileSync(database.path);
    expect(kindOf(() => database.open())).toMatch(/^foreign: .*move it away or set revenue-ops-db-path/);
    expect(readFileSync(database.path).equals(before)).toBe(true);
  });

  it('refuses the database of a later version', () => {
    database.open().close();
    write(`INSERT INTO migrations VALUES (${MIGRATIONS.length + 1}, '9999-future')`);
    const before = readFileSync(database.path);
    expect(kindOf(() => database.open())).toMatch(/^newer-schema: .*9999-future/);
    expect(readFileSync(database.path).equals(before)).toBe(true);
  });

  it('says which directory is absent', () => {
    expect(kindOf(() => database.open(join(database.folder, 'absent/x.db')))).toMatch(
      /^failed: database .*absent\/x\.db: .*absent is absent/,
    );
  });

  it('says that a directory is no file, and leaves nothing beside it', () => {
    const folder = join(database.folder, 'folder');
    mkdirSync(folder);
    expect(kindOf(() => database.open(folder))).toMatch(/^failed: .*expected a file/);
    expect(readdirSync(database.folder)).toEqual(['folder']);
  });

  it('keeps loops and the pause switch', () => {
    const store = database.open();
    expect(store.loop('flow')).toBeNull();
    const record = { lastRun: unixSec(5), lastOutcome: 'ok', consecutiveFailures: 0 };
    store.saveLoop('flow', record);
    store.saveLoop('flow', { ...record, consecutiveFailures: 2 });
    store.setPaused(true);
    store.close();
    const again = database.open();
    expect(again.loop('flow')).toEqual({ ...record, consecutiveFailures: 2 });
    expect(again.paused()).toBe(true);
    expect(again.facts()).toEqual({
      path: database.path,
      schemaVersion: MIGRATIONS.length,
      forwards: 0,
      oldestForward: null,
    });
  });
});

describe('expandPath', () => {
  it.each([
    ['~/a.db', join(homedir(), 'a.db')],
    ['~', homedir()],
    ['/a/b.db', '/a/b.db'],
    ['b.db', '/base/b.db'],
    ['~other/b.db', '/base/~other/b.db'],
  ])('%s', (given, expected) => {
    expect(expandPath(given, '/base')).toBe(expected);
  });
});

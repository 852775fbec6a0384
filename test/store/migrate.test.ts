// Does every schema that ever was become today's, with all that was in it, in whole steps?
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { unixSec } from '../../src/core/units.ts';
import { openDatabase, type Database } from '../../src/store/engine.ts';
import { migrate, MIGRATIONS, schemaVersion } from '../../src/store/migrate.ts';
import { NOW } from './fee-examples.ts';
import { guard, order, TERMS } from './rebalance-examples.ts';
import { temporaryDatabase } from './temporary.ts';

const A = 'a'.repeat(64);
const B = 'b'.repeat(64);
const HASH = 'c'.repeat(64);

/** What a database of each schema may hold, to be found again after migration. */
const CONTENTS: readonly string[] = [
  `INSERT INTO channel_names (id, name, channel_id) VALUES (1, '1x1x1', '${A}'), (2, '2x2x2', NULL);
   INSERT INTO forwards VALUES (1, 5, 1, 1001, 2, 1000, 1, NULL, 1700000000000000000, 1700000001000000000, 9);
   INSERT INTO flow_hours VALUES (472222, 2, 1, 0, 1, 1000, 1, 900, 0, 0, 0, 0);
   INSERT INTO flow_days VALUES (19675, 2, 1, 0, 1, 1000, 1, 80000, 0, 0, 0, 0);
   INSERT INTO channels VALUES ('${A}', 'p', 1000000, 0, 1700000000);
   INSERT INTO backfills VALUES (1, 0, 1600000000, 1);
   UPDATE intake SET created_cursor = 9, forwards = 1;`,
  `INSERT INTO fee_changes VALUES (1, 'c', 'p', 10, 20, 'why', 0, 1700000000);
   INSERT INTO rebalance_history VALUES (1, 'a', 'b', 1000, 10, NULL, 5, NULL, 'pending', NULL, 1700000000);
   INSERT INTO loops VALUES ('fees', 1700000000, 'ok', 0);
   INSERT INTO switches VALUES ('paused', 1);`,
  `UPDATE books_intake SET chain_cursor = 4, channel_cursor = 5;
   INSERT INTO chain_moves VALUES (1, '${A}', 'channel_open', 1, 9007199254740993, 0, 1700000000, 'x:0', NULL, 2, 'p');
   INSERT INTO gift_moves VALUES (2, '${A}', 'pushed', 0, 5, 1700000000);
   INSERT INTO payment_moves VALUES (3, '${A}', 0, 1001, 1, '${HASH}', 1700000000);
   INSERT INTO self_payments VALUES ('${HASH}', 0, '${A}', NULL, 1000, 1, 1700000000);
   INSERT INTO channel_books VALUES ('${A}', 'p', '1x1x1', 'local', 1700000000, 0, 1000000, 0, 150, 0, 0, 0, 0, 0, NULL,
     NULL, NULL, NULL, NULL, 'moves', NULL);
   INSERT INTO channel_splices VALUES ('${A}', 1, 1700000000, 500, 0, 7, 1);`,
  `INSERT INTO fee_states VALUES ('p', 1, '{"version":1}', NULL);
   INSERT INTO fee_decisions VALUES ('p', 1700000000, '{}', NULL, 'set');
   INSERT INTO fee_intents VALUES (1, '${A}', 'p', 10, 20, 'step', 0, 1700000000);
   INSERT INTO fee_holds VALUES ('p', 1900000000, 'revenue-set-fee');
   INSERT INTO fee_policies VALUES ('${A}', 'static', 100, NULL, NULL, 'sink_only', NULL, 1700000000);
   INSERT INTO clboss_tags VALUES ('p', 'lnfee');`,
  `INSERT INTO history_losses VALUES (0, 1600000000);`,
  `INSERT INTO rebalance_intents VALUES (1, 'r', 1, 'unknown', 'native', 0, '${A}', '1x1x1', 'p', '${B}', '2x2x2', 'q',
     1000000, 10001, 5000, -3, 1700000000, 1700000120, 1700000001, 7, 0, 0, NULL, 'timeout', 'pending');
   INSERT INTO rebalance_payments VALUES (1, '${HASH}', 1);
   INSERT INTO rebalance_failures VALUES ('from:${A}', 'no-route', 1.5, 1700000000, 1700003600);
   INSERT INTO rebalance_drivers VALUES ('native', 1700000000, 1.25, 0.5, 1e9, 12345, 60.5, 0);
   INSERT INTO rebalance_verdicts VALUES ('${A}', 'source', 1700000000, '{}');`,
  `INSERT INTO alerts VALUES ('loop-failing', 'fees', 'it fails', 1700000000, 1, NULL);`,
  `INSERT INTO python_forwards VALUES (7, 1600000000, 1);`,
];

type Rows = Readonly<Record<string, unknown>>[];

/** Every row of every table but the list of migrations. */
function contentsOf(opened: Database): Map<string, Rows> {
  const tables = opened.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'migrations'").all();
  return new Map(
    (tables as { name: string }[]).map(({ name }) => {
      const all = opened.prepare(`SELECT * FROM ${name} ORDER BY 1, 2`);
      all.setReadBigInts(true);
      return [name, all.all() as Rows];
    }),
  );
}

/** A released migration never changes: a new one adds a line here, and no line is ever altered. */
const FINGERPRINTS: readonly string[] = [
  '943e17de9efa5d85',
  '2446d0aa3d391297',
  '4fd2223c66f79311',
  '2394f4d15774afda',
  '052485d26a8fc651',
  '37cf4f08c1217a55',
  '0c403f310fc39f12',
  '3f286d5d0ca6529d',
  '81aa16eceaad3b16',
];

describe('migrations', () => {
  const database = temporaryDatabase();

  it.each(MIGRATIONS.map((_, i) => i + 1))('bring schema %i to the latest with its contents', (version) => {
    const old = openDatabase(database.path, { busyMs: 0 });
    migrate(old, database.path, MIGRATIONS.slice(0, version));
    for (const sql of CONTENTS.slice(0, version)) old.exec(sql);
    const before = contentsOf(old);
    expect([...before].filter(([, rows]) => rows.length === 0)).toEqual([]);
    old.close();

    const store = database.open();
    expect(store.facts()).toMatchObject({
      schemaVersion: MIGRATIONS.length,
      forwards: 1,
      oldestForward: 472222 * 3600,
    });
    expect(store.cursors()).toEqual({ created: 9, updated: 0 });
    expect(store.recentFeeChanges(5).length).toBe(version >= 2 ? 1 : 0);
    expect(store.recentRebalances(5).length).toBe(version >= 2 ? 1 : 0);
    store.close();
    const now = openDatabase(database.path, { readOnly: true, busyMs: 0 });
    expect(schemaVersion(now, database.path)).toBe(MIGRATIONS.length);
    const after = contentsOf(now);
    for (const [table, rows] of before) expect(after.get(table)).toMatchObject(rows);
    expect(now.prepare('PRAGMA foreign_key_check').all()).toEqual([]);
    expect(now.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    expect(now.prepare('SELECT in_channel, out_channel, status, received FROM forward_history').all()).toEqual([
      { in_channel: '1x1x1', out_channel: '2x2x2', status: 'settled', received: '2023-11-14 22:13:20' },
    ]);
    now.close();
    const next = database.open();
    expect(next.rebalances.reserve(unixSec(0), guard(order('next')), TERMS, NOW).ok).toBe(true);
    expect(next.recentRebalances(5).length).toBe(version >= 2 ? 2 : 1);
  });

  it.each([7, 8])(
    'of what schema %i took over from the original nothing is lost, and nothing is taken again',
    (version) => {
      const hour = (n: number): number => 1_764_547_200 + 3600 * n;
      const old = openDatabase(database.path, { busyMs: 0 });
      migrate(old, database.path, MIGRATIONS.slice(0, version));
      old.exec(`INSERT INTO backfills VALUES (1, 0, ${hour(20) + 100}, 1), (2, ${hour(10)}, ${hour(20)}, 1);
      INSERT INTO history_losses VALUES (0, ${hour(20) + 100}), (${hour(12)}, ${hour(13)}), (${hour(30)}, ${hour(31)});`);
      old.close();
      expect(database.open().historyLosses(unixSec(0))).toEqual([
        { from: 0, until: hour(10) },
        { from: hour(20), until: hour(20) + 100 },
        { from: hour(30), until: hour(31) },
      ]);
    },
  );

  it('what today takes over, and notes, cuts no loss short', () => {
    const hour = (n: number): number => 1_764_547_200 + 3600 * n;
    const old = openDatabase(database.path, { busyMs: 0 });
    migrate(old, database.path, MIGRATIONS.slice(0, 8));
    old.exec(`INSERT INTO backfills VALUES (2, ${hour(10)}, ${hour(20)}, 1);
      INSERT INTO python_forwards VALUES (1, ${hour(11)}, 2);
      INSERT INTO history_losses VALUES (${hour(12)}, ${hour(20)});`);
    old.close();
    expect(database.open().historyLosses(unixSec(0))).toEqual([{ from: hour(12), until: hour(20) }]);
  });

  it('takes back a step that fails, whole', () => {
    const broken = { name: '0003-broken', sql: 'CREATE TABLE half (a INTEGER) STRICT; SELECT nonsense' };
    const opened = openDatabase(database.path, { busyMs: 0 });
    expect(() => {
      migrate(opened, database.path, [...MIGRATIONS, broken]);
    }).toThrow(/nonsense/);
    expect(schemaVersion(opened, database.path)).toBe(MIGRATIONS.length);
    expect(opened.prepare("SELECT name FROM sqlite_schema WHERE name = 'half'").all()).toEqual([]);
    opened.close();
  });

  it('are known by their names: as many of another line are not taken for ours', () => {
    const opened = openDatabase(database.path, { busyMs: 0 });
    const other = { name: '0002-another', sql: 'CREATE TABLE another (a INTEGER) STRICT' };
    migrate(opened, database.path, [...MIGRATIONS.slice(0, 1), other]);
    expect(() => schemaVersion(opened, database.path)).toThrow(/got migration 0002-another which this version/);
    expect(() => {
      migrate(opened, database.path);
    }).toThrow(/0002-another/);
    opened.close();
  });

  it('are what they were when they were released', () => {
    expect(MIGRATIONS.map(({ sql }) => createHash('sha256').update(sql).digest('hex').slice(0, 16))).toEqual(
      FINGERPRINTS,
    );
  });

  it('give users the columns of the contract', () => {
    database.open().close();
    const opened = openDatabase(database.path, { readOnly: true, busyMs: 0 });
    const columns = (table: string) =>
      (opened.prepare(`PRAGMA table_info(${table})`).all() as { name: string }[]).map(({ name }) => name).join(', ');
    expect(columns('fee_changes')).toBe('id, channel_id, peer_id, old_fee_ppm, new_fee_ppm, reason, manual, timestamp');
    expect(columns('rebalance_history')).toBe(
      'id, from_channel, to_channel, amount_sats, max_fee_sats, actual_fee_sats, expected_profit_sats, actual_profit_sats, status, error_message, timestamp',
    );
    opened.close();
  });
});

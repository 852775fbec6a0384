// Does every schema that ever was become today's, with all that was in it, in whole steps?
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/store/engine.ts';
import { migrate, MIGRATIONS, schemaVersion } from '../../src/store/migrate.ts';
import { temporaryDatabase } from './temporary.ts';

/** What a database of each schema may hold, to be found again after migration. */
const CONTENTS: readonly string[] = [
  `INSERT INTO channel_names (id, name, channel_id) VALUES (1, '1x1x1', '${'a'.repeat(64)}'), (2, '2x2x2', NULL);
   INSERT INTO forwards VALUES (1, 5, 1, 1001, 2, 1000, 1, NULL, 1700000000000000000, 1700000001000000000, 9);
   INSERT INTO flow_hours VALUES (472222, 2, 1, 0, 1, 1000, 1, 900, 0, 0, 0, 0);
   UPDATE intake SET created_cursor = 9, forwards = 1;`,
  `INSERT INTO fee_changes VALUES (1, 'c', 'p', 10, 20, 'why', 0, 1700000000);
   INSERT INTO rebalance_history VALUES (1, 'a', 'b', 1000, 10, NULL, 5, NULL, 'pending', NULL, 1700000000);`,
];

/** A released migration never changes: a new one adds a line here, and no line is ever altered. */
const FINGERPRINTS: readonly string[] = [
  '943e17de9efa5d85',
  '2446d0aa3d391297',
  '4fd2223c66f79311',
  '2394f4d15774afda',
  '052485d26a8fc651',
  '37cf4f08c1217a55',
];

describe('migrations', () => {
  const database = temporaryDatabase();

  it.each(MIGRATIONS.map((_, i) => i + 1))('bring schema %i to the latest with its contents', (version) => {
    const old = openDatabase(database.path, { busyMs: 0 });
    migrate(old, database.path, MIGRATIONS.slice(0, version));
    for (const sql of CONTENTS.slice(0, version)) old.exec(sql);
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
    expect(now.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    expect(now.prepare('SELECT in_channel, out_channel, status, received FROM forward_history').all()).toEqual([
      { in_channel: '1x1x1', out_channel: '2x2x2', status: 'settled', received: '2023-11-14 22:13:20' },
    ]);
    now.close();
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

// How does what the Python original knew become part of our history, with nothing counted twice?
//
// - Forwards: only those that the node itself has not told of; see forwards.ts.
// - What was done (fee_changes, rebalance_history) gets ids below all of ours, because ids tell the order of writing.
// - Costs of rebalances count only where the node knows of no payment to ourselves like them, costs of openings only
//   where ours are guesses without a figure.
// Everything is one transaction, and taking over once more finds that all of it is there.
import { existsSync } from 'node:fs';
import { satsToMsat } from '../../core/units.ts';
import { StoreError, type Taken, type TakenOver } from '../../ports.ts';
import { ChannelNames } from '../channel-names.ts';
import type { Connection } from '../connection.ts';
import { IntakeStates, type IntakeState } from '../intake-state.ts';
import { opening, openConnection } from '../open.ts';
import { numberOrNull, textOf } from '../rows.ts';
import { PythonForwards } from './forwards.ts';
import { NodePayments, TAKEN_OVER } from './node-payments.ts';
import { readPython, type PythonHistory } from './source.ts';

/** A person waits for the answer: a plugin that is just stopping has this long, one that runs is named soon. */
const LOCK_WAIT_MS = 2000;

/**
 * @param python the original's database, which is only read
 * @param ours a database in which this plugin has written down the node's history at least once
 * @throws StoreError, and nothing is changed
 */
export function takeOverPython(python: string, ours: string): TakenOver {
  const history = opening(python, () => readPython(python));
  // Opening would make an empty one there, in which a later start of the plugin would begin anew.
  if (!existsSync(ours))
    throw new StoreError(
      'failed',
      `database ${ours}: expected the one of this plugin, it is absent; revenue-status says where the plugin keeps it`,
    );
  const { connection, close } = openConnection(ours, { lockWaitMs: LOCK_WAIT_MS });
  try {
    return connection.write('taking over from the Python plugin', () => new TakeOver(connection, ours).run(history));
  } finally {
    close();
  }
}

class TakeOver {
  readonly #connection: Connection;
  readonly #names: ChannelNames;
  readonly #state: IntakeState;
  /** Channel ids by short channel id or alias. */
  readonly #owners: ReadonlyMap<string, string>;

  constructor(connection: Connection, path: string) {
    this.#connection = connection;
    this.#names = new ChannelNames(connection);
    this.#state = new IntakeStates(connection).load();
    if (this.#state.gap.from === 0)
      throw new StoreError(
        'failed',
        `database ${path}: expected one that already holds what the node knows, got a new one; start the plugin once ` +
          'with it (revenue-ops-dry-run=true will do), wait until revenue-status shows a flow loop that has run, stop it, try again',
      );
    const named = connection.prepare('SELECT name, channel_id FROM channel_names WHERE channel_id IS NOT NULL').all();
    this.#owners = new Map(named.map((row) => [textOf(row, 'name'), textOf(row, 'channel_id')]));
  }

  run(history: PythonHistory): TakenOver {
    return {
      ...new PythonForwards(this.#connection, this.#names, this.#state).take(history),
      feeChanges: this.#feeChanges(history),
      rebalances: this.#rebalances(history),
      rebalanceCosts: this.#rebalanceCosts(history),
      openings: this.#openings(history),
      tags: this.#tags(history),
    };
  }

  #feeChanges({ feeChanges }: PythonHistory): Taken {
    const find = this.#connection.prepare(`
      SELECT 1 FROM fee_changes WHERE channel_id = ? AND timestamp = ? AND old_fee_ppm = ? AND new_fee_ppm = ?`);
    const add = this.#connection.prepare('INSERT INTO fee_changes VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    let id = this.#lowestId('fee_changes') - feeChanges.rows.length;
    return tally(feeChanges, (row) => {
      const channel = this.#owners.get(row.channel);
      if (channel === undefined || !isNodeId(row.peer)) return 'strange';
      if (find.get(channel, row.time, row.oldPpm, row.newPpm) !== undefined) return 'known';
      const reason = `python: ${row.reason}`;
      add.run(id++, channel, row.peer, row.oldPpm, row.newPpm, reason, row.manual ? 1 : 0, row.time);
      return 'taken';
    });
  }

  #rebalances({ rebalances }: PythonHistory): Taken {
    const find = this.#connection.prepare(`
      SELECT 1 FROM rebalance_history
      WHERE from_channel IN (?1, ?2) AND to_channel IN (?3, ?4) AND amount_sats = ?5 AND timestamp = ?6 AND id < 0`);
    const add = this.#connection.prepare('INSERT INTO rebalance_history VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    let id = this.#lowestId('rebalance_history') - rebalances.rows.length;
    return tally(rebalances, (row) => {
      // Shown to people and never reckoned with, so that a channel which nobody knows any more keeps its short id.
      const [from, to] = [this.#owners.get(row.from) ?? row.from, this.#owners.get(row.to) ?? row.to];
      // Kept under the short channel id where the node has told of the channel since.
      if (find.get(from, row.from, to, row.to, row.amountSats, row.time) !== undefined) return 'known';
      // What the original left pending had an end that it never learned.
      const status = row.status === 'pending' ? 'unknown' : row.status;
      const actual = [row.feeSats, row.expectedProfitSats, row.profitSats];
      add.run(id++, from, to, row.amountSats, row.maxFeeSats, ...actual, status, row.message, row.time);
      return 'taken';
    });
  }

  #rebalanceCosts({ rebalanceCosts }: PythonHistory): Taken {
    const find = this.#connection.prepare('SELECT 1 FROM self_payments WHERE payment_hash = ?');
    const add = this.#connection.prepare('INSERT INTO self_payments VALUES (?, 0, NULL, ?, ?, ?, ?)');
    const payments = new NodePayments(this.#connection);
    return tally(rebalanceCosts, (row) => {
      const channel = this.#owners.get(row.channel);
      if (channel === undefined) return 'strange';
      const hash = `${TAKEN_OVER}${row.id}`;
      if (find.get(hash) !== undefined) return 'known';
      const { time } = row;
      const [amount, fee] = [satsToMsat(row.amountSats), satsToMsat(row.costSats)];
      if (payments.claim({ channel, amount, fee, time })) return 'known';
      add.run(hash, channel, amount, fee, time);
      return 'taken';
    });
  }

  #openings({ openings }: PythonHistory): Taken {
    const find = this.#connection.prepare('SELECT 1 FROM channel_books WHERE channel_id = ?');
    const set = this.#connection.prepare(`
      UPDATE channel_books SET opening_fee_msat = ?2
      WHERE channel_id = ?1 AND opener = 'local' AND opening_fee_estimated = 1 AND opening_fee_msat = 0`);
    return tally(openings, (row) => {
      const channel = this.#owners.get(row.channel);
      if (channel === undefined || find.get(channel) === undefined) return 'strange';
      return Number(set.run(channel, satsToMsat(row.costSats)).changes) > 0 ? 'taken' : 'known';
    });
  }

  #tags({ tags }: PythonHistory): Taken {
    const add = this.#connection.prepare('INSERT OR IGNORE INTO clboss_tags VALUES (?, ?)');
    return tally(tags, ({ peer, tag }) => {
      if (!isNodeId(peer)) return 'strange';
      return Number(add.run(peer, tag).changes) > 0 ? 'taken' : 'known';
    });
  }

  #lowestId(table: 'fee_changes' | 'rebalance_history'): number {
    return Math.min(0, numberOrNull(this.#connection.prepare(`SELECT min(id) AS id FROM ${table}`).get(), 'id') ?? 0);
  }
}

const isNodeId = (text: string): boolean => /^0[23][0-9a-f]{64}$/.test(text);

function tally<T>(
  { rows, bad }: { readonly rows: readonly T[]; readonly bad: number },
  take: (row: T) => 'taken' | 'known' | 'strange',
): Taken {
  const sums = { taken: 0, known: 0, strange: 0, bad };
  for (const row of rows) sums[take(row)]++;
  return sums;
}

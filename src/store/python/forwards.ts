// Which forwards of the original has nobody told us of?
//
// Those of the times that the node could not tell of: before the first hour that its list or its accounts know, and where
// history is written off since. Of what is later than the last catch-up nobody can say it yet. Each is noted when taken,
// for its row may be pruned: the next copy of the file brings only what is new. They become rollups with sources of their
// own, as a backfill's do, so that no later backfill counts that time again, and rows with HTLC ids that no node gives.
import type { Forward } from '../../core/forward.ts';
import { rollupEntries } from '../../core/flow/rollup.ts';
import { SECONDS_PER_HOUR, type Msat, type UnixNs } from '../../core/units.ts';
import type { TakenOver } from '../../ports.ts';
import type { ChannelNames } from '../channel-names.ts';
import type { Connection } from '../connection.ts';
import { ForwardRows, STATUS_CODE, toNs } from '../forward-rows.ts';
import { IntakeStates, type IntakeState } from '../intake-state.ts';
import { RollupBatch, Rollups } from '../rollups.ts';
import { bigintOf, numberOf, numberOrNull } from '../rows.ts';
import type { PythonForward, PythonHistory } from './source.ts';

/** Below the ids that very old nodes' forwards have here, which are their created indexes negated. */
const HTLC_ID_BELOW = -(2n ** 40n);

/** Unix seconds [from, until). */
interface Span {
  readonly from: number;
  readonly until: number;
}

export class PythonForwards {
  readonly #connection: Connection;
  readonly #names: ChannelNames;
  readonly #state: IntakeState;

  constructor(connection: Connection, names: ChannelNames, state: IntakeState) {
    this.#connection = connection;
    this.#names = names;
    this.#state = state;
  }

  /** Only within a write. */
  take({
    forwards: { rows, bad },
    until,
  }: PythonHistory): Pick<TakenOver, 'before' | 'readUntil' | 'unread' | 'forwards'> {
    const before = this.#knownFrom();
    const readUntil = this.#state.gap.from;
    const read = rows.filter(({ time }) => time < readUntil);
    let taken = 0;
    for (const span of [{ from: 0, until: before }, ...this.#lostSince(before)]) taken += this.#takeWithin(span, read);
    const first = rows.reduce((least, { time }) => Math.min(least, time), until);
    this.#noLongerLost({ from: first - (first % SECONDS_PER_HOUR), until });
    return {
      before,
      readUntil,
      unread: rows.length - read.length,
      forwards: { taken, known: read.length - taken, strange: 0, bad },
    };
  }

  /**
   * The first hour of which we know a settlement from the node. A failed forward says nothing of those: autoclean deletes
   * each kind at an age of its own, and the original kept settled ones only.
   */
  #knownFrom(): number {
    const row = this.#connection
      .prepare(
        `SELECT min(hour) AS hour FROM flow_hours
        WHERE settled_count > 0 AND (source = 0 OR source IN (SELECT id FROM backfills WHERE complete = 1))
          AND source NOT IN (SELECT source FROM python_forwards)`,
      )
      .get();
    const hour = numberOrNull(row, 'hour');
    return hour === null ? this.#state.gap.from : hour * SECONDS_PER_HOUR;
  }

  #lostSince(time: number): Span[] {
    return this.#connection
      .prepare('SELECT max(from_time, ?1) AS from_time, until_time FROM history_losses WHERE until_time > ?1')
      .all(time)
      .map(toSpan);
  }

  /** Returns how many. */
  #takeWithin(span: Span, forwards: readonly PythonForward[]): number {
    const find = this.#connection.prepare('SELECT 1 FROM python_forwards WHERE id = ? AND timestamp = ?');
    const told = this.#toldWithin(span);
    const untold = forwards.filter(
      (row) => row.time >= span.from && row.time < span.until && find.get(row.id, row.time) === undefined && !told(row),
    );
    if (untold.length === 0) return 0;
    const first = untold.reduce((least, { time }) => Math.min(least, time), span.until);
    const from = Math.max(span.from, first - (first % SECONDS_PER_HOUR));
    const source = numberOf(
      this.#connection
        .prepare('INSERT INTO backfills (from_time, until_time, complete) VALUES (?, ?, 1) RETURNING id')
        .get(from, span.until),
      'id',
    );
    const note = this.#connection.prepare('INSERT INTO python_forwards VALUES (?, ?, ?)');
    const rows = new ForwardRows(this.#connection);
    const batch = new RollupBatch();
    for (const row of untold) {
      const forward = toForward(row);
      const [inName, outName] = [this.#names.idOf(row.inChannel), this.#names.idOf(row.outChannel)];
      if (rows.insert(forward, { in: inName, out: outName })) this.#state.forwards++;
      for (const entry of rollupEntries(forward)) batch.add(entry, entry.direction === 'in' ? inName : outName);
      note.run(row.id, row.time, source);
    }
    new Rollups(this.#connection).add(batch, source);
    new IntakeStates(this.#connection).save(this.#state);
    return untold.length;
  }

  /**
   * Whether the node told of this one after all: at the edges of what is lost it may have. They are told by their
   * figures, and each of the node's stands for one of the original's.
   */
  #toldWithin({ from, until }: Span): (row: PythonForward) => boolean {
    const figures = (inName: number, outName: number | null, inMsat: bigint, outMsat: bigint): string =>
      `${inName} ${outName ?? ''} ${inMsat} ${outMsat}`;
    const told = new Map<string, number>();
    const settled = this.#connection.prepare(`
      SELECT in_name, out_name, in_msat, out_msat FROM forwards
      WHERE status <> ${STATUS_CODE.offered} AND status = ${STATUS_CODE.settled} AND out_msat IS NOT NULL
        AND coalesce(resolved_ns, received_ns) >= ?1 AND coalesce(resolved_ns, received_ns) < ?2
        AND in_htlc_id > ${HTLC_ID_BELOW}`);
    for (const row of settled.all(toNs(from), toNs(until))) {
      const [inName, outName] = [numberOf(row, 'in_name'), numberOrNull(row, 'out_name')];
      const key = figures(inName, outName, bigintOf(row, 'in_msat'), bigintOf(row, 'out_msat'));
      told.set(key, (told.get(key) ?? 0) + 1);
    }
    return ({ inChannel, outChannel, inMsat, outMsat }) => {
      const key = figures(this.#names.idOf(inChannel), this.#names.idOf(outChannel), inMsat, outMsat);
      const left = told.get(key) ?? 0;
      told.set(key, left - 1);
      return left > 0;
    };
  }

  /** Of a time that was written off, what the file does not tell of remains lost. */
  #noLongerLost({ from, until }: Span): void {
    if (from >= until) return;
    const lose = this.#connection.prepare('INSERT INTO history_losses VALUES (?, ?)');
    const touched = this.#connection
      .prepare('DELETE FROM history_losses WHERE from_time < ?2 AND until_time > ?1 RETURNING *')
      .all(from, until);
    for (const loss of touched.map(toSpan)) {
      if (loss.from < from) lose.run(loss.from, from);
      if (loss.until > until) lose.run(until, loss.until);
    }
  }
}

const toSpan = (row: unknown): Span => ({ from: numberOf(row, 'from_time'), until: numberOf(row, 'until_time') });

/** The original kept settled forwards only, and one time of each. */
function toForward(row: PythonForward): Forward {
  const at = toNs(row.time) as UnixNs;
  return {
    // As if met long ago: pruned with the others of its age.
    createdIndex: 0,
    updatedIndex: null,
    inChannel: row.inChannel,
    inHtlcId: HTLC_ID_BELOW - BigInt(row.id),
    inMsat: row.inMsat as Msat,
    outChannel: row.outChannel,
    outMsat: row.outMsat as Msat,
    feeMsat: row.feeMsat as Msat,
    status: 'settled',
    failcode: null,
    receivedNs: at,
    resolvedNs: at,
  };
}

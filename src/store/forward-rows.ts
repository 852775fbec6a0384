// How is a forward kept as a row? The table `forwards`, keyed by incoming channel and HTLC id.
import type { Forward, ForwardStatus } from '../core/forward.ts';
import type { Msat, UnixSec } from '../core/units.ts';
import type { Connection } from './connection.ts';
import type { SqlValue, Statement } from './engine.ts';
import { bigintOf, numberOf, numberOrNull } from './rows.ts';

/** Column values of `status`. */
export const STATUS_CODE: Readonly<Record<ForwardStatus, number>> = {
  offered: 0,
  settled: 1,
  failed: 2,
  local_failed: 3,
};
const NS_PER_SEC = 1_000_000_000n;

export const toNs = (time: UnixSec | number): bigint => BigInt(time) * NS_PER_SEC;

/** The channels of a forward as integers. */
export interface ForwardNames {
  readonly in: number;
  readonly out: number | null;
}

export interface KnownForward {
  readonly inFlight: boolean;
  readonly createdIndex: number | null;
}

/** A settled forward as the accounts see it. */
export interface SettledRow {
  readonly inName: number;
  readonly outName: number | null;
  readonly inMsat: Msat;
  readonly outMsat: Msat;
  readonly feeMsat: Msat;
  /** Unix seconds. */
  readonly settled: number;
}

export class ForwardRows {
  readonly #insert: Statement;
  readonly #find: Statement;
  readonly #end: Statement;
  readonly #number: Statement;
  readonly #prune: Statement;
  readonly #settled: Statement;

  constructor(connection: Connection) {
    this.#insert = connection.prepare(
      'INSERT INTO forwards VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    );
    this.#find = connection.prepare('SELECT status, created_index FROM forwards WHERE in_name = ? AND in_htlc_id = ?');
    this.#end = connection.prepare(`
      UPDATE forwards SET status = ?3, in_msat = ?4, out_name = coalesce(?5, out_name), out_msat = coalesce(?6, out_msat),
        fee_msat = coalesce(?7, fee_msat), failcode = ?8, received_ns = ?9, resolved_ns = ?10,
        created_index = coalesce(created_index, ?11)
      WHERE in_name = ?1 AND in_htlc_id = ?2`);
    this.#number = connection.prepare('UPDATE forwards SET created_index = ?3 WHERE in_name = ?1 AND in_htlc_id = ?2');
    this.#prune = connection.prepare(`
      DELETE FROM forwards WHERE (in_name, in_htlc_id) IN (
        SELECT in_name, in_htlc_id FROM forwards
        WHERE status <> 0 AND coalesce(resolved_ns, received_ns) < ?1 AND created_index <= ?2
        LIMIT ?3)`);
    this.#settled = connection.prepare(`
      SELECT in_name, out_name, in_msat, out_msat, fee_msat, resolved_ns / 1000000000 AS settled FROM forwards
      WHERE status <> 0 AND coalesce(resolved_ns, received_ns) >= ?1 AND coalesce(resolved_ns, received_ns) < ?2
        AND status = ${STATUS_CODE.settled} AND out_msat IS NOT NULL AND fee_msat IS NOT NULL
      ORDER BY coalesce(resolved_ns, received_ns)`);
  }

  /** False when there is one of that key already. */
  insert(forward: Forward, names: ForwardNames): boolean {
    return Number(this.#insert.run(...columns(forward, names)).changes) === 1;
  }

  find(inName: number, htlcId: bigint): KnownForward | null {
    const row = this.#find.get(inName, htlcId);
    if (row === undefined) return null;
    return {
      inFlight: numberOf(row, 'status') === STATUS_CODE.offered,
      createdIndex: numberOrNull(row, 'created_index'),
    };
  }

  /** Gives a known forward its end. */
  end(forward: Forward, names: ForwardNames): void {
    this.#end.run(...columns(forward, names));
  }

  /** Gives a forward known from a notification the index it was created with. */
  number(inName: number, htlcId: bigint, createdIndex: number): void {
    this.#number.run(inName, htlcId, createdIndex);
  }

  /** Deletes at most `limit` rows ended before that time whose index is at most `created`. Returns how many. */
  prune(before: UnixSec, created: number, limit: number): number {
    return Number(this.#prune.run(toNs(before), created, limit).changes);
  }

  /** Forwards settled in [from, until), oldest first. */
  settled(from: UnixSec, until: UnixSec): SettledRow[] {
    return this.#settled.all(toNs(from), toNs(until)).map((row) => ({
      inName: numberOf(row, 'in_name'),
      outName: numberOrNull(row, 'out_name'),
      inMsat: bigintOf(row, 'in_msat') as Msat,
      outMsat: bigintOf(row, 'out_msat') as Msat,
      feeMsat: bigintOf(row, 'fee_msat') as Msat,
      settled: numberOf(row, 'settled'),
    }));
  }
}

const columns = (forward: Forward, names: ForwardNames): SqlValue[] => [
  names.in,
  forward.inHtlcId,
  STATUS_CODE[forward.status],
  forward.inMsat,
  names.out,
  forward.outMsat,
  forward.feeMsat,
  forward.failcode,
  forward.receivedNs,
  forward.resolvedNs,
  forward.createdIndex,
];

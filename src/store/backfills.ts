// How does history come from the node's accounts where its forwards are gone, without counting one twice?
//
// A gap [from, until) is bounded by `until`, the first settlement that listing taught us after `from`. lightningd writes
// a forward as settled when the preimage arrives and the routed moves when the HTLCs are removed, a moment later: a move
// is never older than its forward. So a move before `until` belongs to a forward settled before `until`, which listing
// has not taught us. It can still be one known from before (settled just before `from`, its HTLC removed just after) or
// from a notification. Those are told by their figures: each settlement known in the last day before `from` and in the
// gap itself claims the first move after it of the same channel, direction, amount and fee, and what is claimed is not
// counted. Moves before `from` are read for that alone; those of a span that was itself filled from moves claim nothing,
// because their forwards are not among the known. What may be lost are the moves stamped after `until` of forwards
// settled before it, a matter of the seconds that a removal takes.
import { SECONDS_PER_DAY, unixSec, type ChannelId, type Msat, type UnixSec } from '../core/units.ts';
import type { Direction } from '../core/flow/rollup.ts';
import type { HistoryLoss, RoutedMove } from '../ports.ts';
import type { ChannelNames } from './channel-names.ts';
import type { Connection } from './connection.ts';
import type { Statement } from './engine.ts';
import type { ForwardRows, SettledRow } from './forward-rows.ts';
import { numberOf } from './rows.ts';
import { RollupBatch, type Rollups } from './rollups.ts';

/**
 * How long after its settlement a forward may still be booked: while the peer is away and cannot confirm the removal.
 * A day is 144 blocks, more than the CLTV delta of common nodes (34 to 144), at whose end the channel is closed instead.
 */
const BOOKED_WITHIN = SECONDS_PER_DAY;

interface Filling {
  readonly id: number;
  readonly from: UnixSec;
  readonly until: UnixSec;
  /** Spans filled before, whose moves belong to no forward we know. */
  readonly filled: readonly (readonly [from: number, until: number])[];
  /** When forwards that we know settled, oldest first, whose moves are still to come; by their figures. */
  readonly known: Map<string, number[]>;
  /** Whether any move was not claimed. */
  counted: boolean;
}

const figures = (channel: ChannelId, direction: Direction, amount: Msat, fee: Msat): string =>
  `${channel} ${direction} ${amount} ${fee}`;

export class Backfills {
  readonly #names: ChannelNames;
  readonly #rows: ForwardRows;
  readonly #rollups: Rollups;
  readonly #unfinished: Statement;
  readonly #delete: Statement;
  readonly #add: Statement;
  readonly #complete: Statement;
  readonly #filled: Statement;
  readonly #lose: Statement;
  readonly #losses: Statement;
  #filling: Filling | null = null;

  constructor(connection: Connection, names: ChannelNames, rows: ForwardRows, rollups: Rollups) {
    this.#names = names;
    this.#rows = rows;
    this.#rollups = rollups;
    this.#unfinished = connection.prepare('SELECT id FROM backfills WHERE complete = 0');
    this.#delete = connection.prepare('DELETE FROM backfills WHERE id = ?');
    this.#add = connection.prepare(
      'INSERT INTO backfills (from_time, until_time, complete) VALUES (?, ?, 0) RETURNING id',
    );
    this.#filled = connection.prepare(
      'SELECT from_time, until_time FROM backfills WHERE complete = 1 AND until_time > ?',
    );
    this.#lose = connection.prepare('INSERT INTO history_losses VALUES (?, ?)');
    this.#losses = connection.prepare('SELECT * FROM history_losses WHERE until_time > ? ORDER BY from_time');
    this.#complete = connection.prepare('UPDATE backfills SET complete = 1 WHERE id = ?');
  }

  /** Only within a write. Returns the time from which moves are wanted. */
  begin(from: UnixSec, until: UnixSec): UnixSec {
    for (const row of this.#unfinished.all()) {
      const id = numberOf(row, 'id');
      this.#rollups.drop(id);
      this.#delete.run(id);
    }
    const wanted = unixSec(Math.max(0, from - BOOKED_WITHIN));
    const id = numberOf(this.#add.get(from, until), 'id');
    const filled = this.#filled
      .all(wanted)
      .map((row) => [numberOf(row, 'from_time'), numberOf(row, 'until_time')] as const);
    this.#filling = { id, from, until, filled, known: this.#known(wanted, until), counted: false };
    return wanted;
  }

  /** Only within a write. @throws Error when begin was not called. */
  add(moves: readonly RoutedMove[]): void {
    const filling = this.#filling;
    if (filling === null) throw new Error('routed moves were given without a span to fill');
    const batch = new RollupBatch();
    for (const move of moves) {
      if (move.creditMsat > 0n) this.#addSide(filling, batch, move, 'in', move.creditMsat);
      if (move.debitMsat > 0n) this.#addSide(filling, batch, move, 'out', move.debitMsat);
    }
    this.#rollups.add(batch, filling.id);
  }

  /** What was filled counts from now on; returns whether that is anything. Only within a write. */
  complete(): boolean {
    const filling = this.#filling;
    if (filling === null) return false;
    this.#complete.run(filling.id);
    this.#filling = null;
    return filling.counted;
  }

  /** Only within a write. */
  lose({ from, until }: HistoryLoss): void {
    this.#lose.run(from, until);
  }

  losses(since: UnixSec): HistoryLoss[] {
    return this.#losses
      .all(since)
      .map((row) => ({ from: unixSec(numberOf(row, 'from_time')), until: unixSec(numberOf(row, 'until_time')) }));
  }

  #addSide(filling: Filling, batch: RollupBatch, move: RoutedMove, direction: Direction, amount: Msat): void {
    const { time } = move;
    if (time >= filling.until || filling.filled.some(([from, until]) => time >= from && time < until)) return;
    const settlements = filling.known.get(figures(move.channelId, direction, amount, move.feeMsat));
    const oldest = settlements?.[0];
    if (oldest !== undefined && oldest <= time) {
      settlements?.shift();
      return;
    }
    if (time < filling.from) return;
    const name = this.#names.idOfChannel(move.channelId);
    filling.counted = true;
    batch.add({ direction, time, kind: 'settled', amount, fee: move.feeMsat }, name);
  }

  #known(from: UnixSec, until: UnixSec): Map<string, number[]> {
    const owners = this.#names.owners();
    const known = new Map<string, number[]>();
    const note = (name: number | null, direction: Direction, amount: Msat, { feeMsat, settled }: SettledRow): void => {
      const owner = name === null ? undefined : owners.get(name);
      if (owner === undefined) return;
      const key = figures(owner, direction, amount, feeMsat);
      const times = known.get(key);
      if (times) times.push(settled);
      else known.set(key, [settled]);
    };
    for (const row of this.#rows.settled(from, until)) {
      note(row.inName, 'in', row.inMsat, row);
      note(row.outName, 'out', row.outMsat, row);
    }
    return known;
  }
}

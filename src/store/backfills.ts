// How does history come from the node's accounts where its forwards are gone, without counting one twice?
//
// A gap [from, until) is bounded by `until`, the first settlement that listing taught us after `from`. lightningd writes
// a forward as settled when the preimage arrives and the routed moves when the HTLCs are removed, a moment later: a move
// is never older than its forward. So a move before `until` belongs to a forward settled before `until`, which listing
// has not taught us. It can still be one known from before: settled just before `from`, its HTLC removed just after; or
// known from a notification. Those are told by their figures: each known settlement of the last day before `from` and of
// the gap itself cancels one move of the same channel, direction, amount and fee. Nothing can count twice; what may be
// lost is a move stamped after `until` of a forward settled before it, a matter of the seconds a removal takes.
import { SECONDS_PER_DAY, unixSec, type ChannelId, type Msat, type UnixSec } from '../core/units.ts';
import type { Direction } from '../core/flow/rollup.ts';
import type { RoutedMove } from '../ports.ts';
import type { ChannelNames } from './channel-names.ts';
import type { Connection } from './connection.ts';
import type { Statement } from './engine.ts';
import type { ForwardRows } from './forward-rows.ts';
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
  /** Moves that belong to forwards we know: how many are still to come, by their figures. */
  readonly known: Map<string, number>;
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
    this.#filling = { id: numberOf(this.#add.get(from, until), 'id'), from, until, known: this.#known(wanted, until) };
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

  /** What was filled counts from now on. Only within a write. */
  complete(): void {
    if (this.#filling !== null) this.#complete.run(this.#filling.id);
    this.#filling = null;
  }

  #addSide(filling: Filling, batch: RollupBatch, move: RoutedMove, direction: Direction, amount: Msat): void {
    const key = figures(move.channelId, direction, amount, move.feeMsat);
    const known = filling.known.get(key) ?? 0;
    if (known > 0) {
      filling.known.set(key, known - 1);
      return;
    }
    if (move.time < filling.from || move.time >= filling.until) return;
    const name = this.#names.idOfChannel(move.channelId);
    batch.add({ direction, time: move.time, kind: 'settled', amount, fee: move.feeMsat }, name);
  }

  #known(from: UnixSec, until: UnixSec): Map<string, number> {
    const owners = this.#names.owners();
    const known = new Map<string, number>();
    const count = (name: number | null, direction: Direction, amount: Msat, fee: Msat): void => {
      const owner = name === null ? undefined : owners.get(name);
      if (owner === undefined) return;
      const key = figures(owner, direction, amount, fee);
      known.set(key, (known.get(key) ?? 0) + 1);
    };
    for (const row of this.#rows.settled(from, until)) {
      count(row.inName, 'in', row.inMsat, row.feeMsat);
      count(row.outName, 'out', row.outMsat, row.feeMsat);
    }
    return known;
  }
}

// Which peers' fees are we asked to leave alone, until when and by whom?
//
// The hold of an order of which nobody knows yet whether it was done is kept beside the peer's own, under the id of the
// channel: it becomes the peer's once the order is done, and one that came to nothing leaves the peer's as it was.
import { nodeId, unixSec, type ChannelId, type NodeId, type UnixSec } from '../core/units.ts';
import type { FeeHold } from '../ports.ts';
import type { Connection } from './connection.ts';
import type { Statement } from './engine.ts';
import { numberOf, textOf } from './rows.ts';

export class FeeHolds {
  readonly #inForce: Statement;
  readonly #save: Statement;
  readonly #lift: Statement;
  readonly #take: Statement;

  constructor(connection: Connection) {
    this.#inForce = connection.prepare(`
      SELECT coalesce(i.peer_id, h.peer_id) AS peer_id, h.until_time, h.asked_by
      FROM fee_holds h LEFT JOIN fee_intents i ON i.channel_id = h.peer_id
      WHERE h.until_time > ? ORDER BY h.until_time`);
    this.#save = connection.prepare('INSERT OR REPLACE INTO fee_holds VALUES (?, ?, ?)');
    this.#lift = connection.prepare('DELETE FROM fee_holds WHERE peer_id = ?');
    this.#take = connection.prepare('DELETE FROM fee_holds WHERE peer_id = ? RETURNING *');
  }

  /** Those that end after `now`: of two for one peer, its own and an order's of unknown end, the one that ends later. */
  inForce(now: UnixSec): Map<NodeId, FeeHold> {
    return new Map(this.#inForce.all(now).map((row) => [nodeId(textOf(row, 'peer_id')), toHold(row)]));
  }

  /** Replaces the peer's; null lifts it. Only within a write. */
  save(peer: NodeId, hold: FeeHold | null): void {
    if (hold === null) this.#lift.run(peer);
    else this.#save.run(peer, hold.until, hold.by);
  }

  /** The hold of an order that is about to be given; null is to lift the peer's. Only within a write. */
  saveOrdered(channel: ChannelId, hold: FeeHold | null): void {
    this.#save.run(channel, hold?.until ?? LIFTS, hold?.by ?? '');
  }

  /** Ends what `saveOrdered` began, where it did: what we set of ourselves holds nothing. Only within a write. */
  endOrdered(channel: ChannelId, peer: NodeId, end: 'done' | 'dropped'): void {
    const row = this.#take.get(channel);
    if (row === undefined || end === 'dropped') return;
    this.save(peer, numberOf(row, 'until_time') === LIFTS ? null : toHold(row));
  }
}

/** Ends before any time: an order without a hold. */
const LIFTS = 0;

const toHold = (row: unknown): FeeHold => ({
  until: unixSec(numberOf(row, 'until_time')),
  by: textOf(row, 'asked_by'),
});

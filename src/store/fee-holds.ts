// Which peers' fees are we asked to leave alone, until when and by whom?
import { nodeId, unixSec, type NodeId, type UnixSec } from '../core/units.ts';
import type { FeeHold } from '../ports.ts';
import type { Connection } from './connection.ts';
import type { Statement } from './engine.ts';
import { numberOf, textOf } from './rows.ts';

export class FeeHolds {
  readonly #inForce: Statement;
  readonly #save: Statement;
  readonly #lift: Statement;

  constructor(connection: Connection) {
    this.#inForce = connection.prepare('SELECT * FROM fee_holds WHERE until_time > ?');
    this.#save = connection.prepare('INSERT OR REPLACE INTO fee_holds VALUES (?, ?, ?)');
    this.#lift = connection.prepare('DELETE FROM fee_holds WHERE peer_id = ?');
  }

  /** Those that end after `now`. */
  inForce(now: UnixSec): Map<NodeId, FeeHold> {
    return new Map(
      this.#inForce
        .all(now)
        .map((row) => [
          nodeId(textOf(row, 'peer_id')),
          { until: unixSec(numberOf(row, 'until_time')), by: textOf(row, 'asked_by') },
        ]),
    );
  }

  /** Replaces the peer's; null lifts it. Only within a write. */
  save(peer: NodeId, hold: FeeHold | null): void {
    if (hold === null) this.#lift.run(peer);
    else this.#save.run(peer, hold.until, hold.by);
  }
}

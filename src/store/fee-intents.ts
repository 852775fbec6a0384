// Which fees are about to be set, or were when we stopped? At most one per channel.
import { channelId, nodeId, ppm, unixSec, type ChannelId } from '../core/units.ts';
import { StoreError, type FeeIntent } from '../ports.ts';
import type { Connection } from './connection.ts';
import type { Statement } from './engine.ts';
import { numberOf, textOf } from './rows.ts';

export class FeeIntents {
  readonly #add: Statement;
  readonly #all: Statement;
  readonly #take: Statement;

  constructor(connection: Connection) {
    this.#add = connection.prepare(`
      INSERT INTO fee_intents (channel_id, peer_id, old_fee_ppm, new_fee_ppm, reason, manual, timestamp)
      VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`);
    this.#all = connection.prepare('SELECT * FROM fee_intents ORDER BY id');
    this.#take = connection.prepare('DELETE FROM fee_intents WHERE channel_id = ? RETURNING *');
  }

  /**
   * Only within a write.
   * @throws StoreError where the channel has an open one: replaced, nobody would know any more whether it was done.
   */
  add({ channelId, peerId, oldFeePpm, newFeePpm, reason, manual, at }: FeeIntent): void {
    const added = this.#add.run(channelId, peerId, oldFeePpm, newFeePpm, reason, manual ? 1 : 0, at);
    if (Number(added.changes) === 0)
      throw new StoreError(
        'failed',
        `database: intending a fee for channel ${channelId}: expected no open intent, got one whose end is not known; settle it first`,
      );
  }

  /** In the order in which they were made. */
  all(): FeeIntent[] {
    return this.#all.all().map(toIntent);
  }

  /** Takes the channel's intent out. Only within a write. @throws StoreError where there is none. */
  take(channel: ChannelId): FeeIntent {
    const row = this.#take.get(channel);
    if (row === undefined)
      throw new StoreError('failed', `database: settling channel ${channel}: expected an open intent, got none`);
    return toIntent(row);
  }
}

const toIntent = (row: unknown): FeeIntent => ({
  channelId: channelId(textOf(row, 'channel_id')),
  peerId: nodeId(textOf(row, 'peer_id')),
  oldFeePpm: ppm(numberOf(row, 'old_fee_ppm')),
  newFeePpm: ppm(numberOf(row, 'new_fee_ppm')),
  reason: textOf(row, 'reason'),
  manual: numberOf(row, 'manual') === 1,
  at: unixSec(numberOf(row, 'timestamp')),
});

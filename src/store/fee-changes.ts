// Which fees were set, would have been set, or were changed by others? The table fee_changes, which users query too.
import type { PastChange } from '../core/fee/types.ts';
import { channelId, nodeId, ppm, unixSec, type ChannelId, type NodeId, type Ppm, type UnixSec } from '../core/units.ts';
import { DRY_RUN_REASON, EXTERNAL_REASON, type FeeChangeRecord, type FeeIntent } from '../ports.ts';
import { toFeeChange } from './action-records.ts';
import type { Connection } from './connection.ts';
import type { Statement } from './engine.ts';
import { numberOf, textOf, textOrNull } from './rows.ts';

const IS_DRY_RUN = `reason GLOB '${DRY_RUN_REASON}*'`;

/** Channels of which there are rows, by one step of an index each: to go through all rows of years takes seconds. */
export const CHANGED = `
  WITH RECURSIVE changed (channel) AS (
    SELECT min(channel_id) FROM fee_changes
    UNION ALL
    SELECT (SELECT min(channel_id) FROM fee_changes WHERE channel_id > channel) FROM changed WHERE channel IS NOT NULL)`;

/** A channel has one peer for life. */
export const PRICED_PEERS = `${CHANGED}
  SELECT DISTINCT (
    SELECT peer_id FROM fee_changes
    WHERE channel_id = channel AND reason <> '${EXTERNAL_REASON}' AND NOT ${IS_DRY_RUN} LIMIT 1) AS peer_id
  FROM changed WHERE channel IS NOT NULL`;

/** ?1: since. */
export const IN_FORCE_SINCE = `${CHANGED}
  SELECT channel_id, old_fee_ppm, new_fee_ppm, timestamp FROM fee_changes
  WHERE NOT ${IS_DRY_RUN} AND id IN (
    SELECT id FROM fee_changes WHERE timestamp >= ?1
    UNION ALL SELECT (
      SELECT id FROM fee_changes WHERE channel_id = channel AND timestamp < ?1 AND NOT ${IS_DRY_RUN}
      ORDER BY timestamp DESC, id DESC LIMIT 1)
    FROM changed WHERE channel IS NOT NULL)
  ORDER BY timestamp, id`;

const toPastChange = (row: unknown): PastChange => ({
  channelId: channelId(textOf(row, 'channel_id')),
  at: unixSec(numberOf(row, 'timestamp')),
  fromPpm: ppm(numberOf(row, 'old_fee_ppm')),
  toPpm: ppm(numberOf(row, 'new_fee_ppm')),
});

export class FeeChanges {
  readonly #add: Statement;
  readonly #since: Statement;
  readonly #inForceSince: Statement;
  readonly #of: Statement;
  readonly #dryRuns: Statement;
  readonly #priced: Statement;
  // Every cycle asks for these two, of all rows that ever were. Nobody but us writes, so they are read once and kept up.
  #knownDryRuns: Map<ChannelId, Ppm> | null = null;
  #knownPriced: Set<NodeId> | null = null;

  constructor(connection: Connection) {
    connection.onRollback(() => {
      this.#knownDryRuns = null;
      this.#knownPriced = null;
    });
    this.#add = connection.prepare(`
      INSERT INTO fee_changes (channel_id, peer_id, old_fee_ppm, new_fee_ppm, reason, manual, timestamp)
      VALUES (?, ?, ?, ?, ?, ?, ?)`);
    this.#since = connection.prepare(`
      SELECT channel_id, old_fee_ppm, new_fee_ppm, timestamp FROM fee_changes
      WHERE timestamp >= ? AND NOT ${IS_DRY_RUN} ORDER BY timestamp, id`);
    this.#inForceSince = connection.prepare(IN_FORCE_SINCE);
    this.#of = connection.prepare(
      'SELECT * FROM fee_changes WHERE channel_id = ? ORDER BY timestamp DESC, id DESC LIMIT ?',
    );
    // By id, the order in which they were written down: the node's clock may have been set back.
    this.#dryRuns = connection.prepare(`
      SELECT channel_id, new_fee_ppm FROM fee_changes
      WHERE id IN (SELECT max(id) FROM fee_changes GROUP BY channel_id) AND ${IS_DRY_RUN}`);
    this.#priced = connection.prepare(PRICED_PEERS);
  }

  /** Only within a write. */
  add({ channelId, peerId, oldFeePpm, newFeePpm, reason, manual, at }: FeeIntent): void {
    this.#add.run(channelId, peerId, oldFeePpm, newFeePpm, reason, manual ? 1 : 0, at);
    if (reason.startsWith(DRY_RUN_REASON)) this.#knownDryRuns?.set(channelId, newFeePpm);
    else {
      this.#knownDryRuns?.delete(channelId);
      if (reason !== EXTERNAL_REASON) this.#knownPriced?.add(peerId);
    }
  }

  /** Published ones, by whomever, at that time or later; oldest first. */
  since(at: UnixSec): PastChange[] {
    return this.#since.all(at).map(toPastChange);
  }

  /** Likewise, with the last one of each channel before. */
  inForceSince(at: UnixSec): PastChange[] {
    return this.#inForceSince.all(at).map(toPastChange);
  }

  /** All rows of the channel, newest first. */
  of(channel: ChannelId, limit: number): FeeChangeRecord[] {
    return this.#of.all(channel, limit).map(toFeeChange);
  }

  /** Channels of which the newest row is a dry run, and its fee. */
  dryRuns(): ReadonlyMap<ChannelId, Ppm> {
    return (this.#knownDryRuns ??= new Map(
      this.#dryRuns.all().map((row) => [channelId(textOf(row, 'channel_id')), ppm(numberOf(row, 'new_fee_ppm'))]),
    ));
  }

  /** Peers of the channels whose fees we have set, of ourselves or by order. */
  pricedPeers(): ReadonlySet<NodeId> {
    return (this.#knownPriced ??= new Set(
      this.#priced.all().flatMap((row) => {
        const peer = textOrNull(row, 'peer_id');
        return peer === null ? [] : [nodeId(peer)];
      }),
    ));
  }
}

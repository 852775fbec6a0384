// What do the tables tell of a node's past, for a backtest? Read at one moment, writing nothing.
import {
  assemble,
  spanOf,
  type Bounds,
  type Records,
  type RecordedForward,
  type Span,
} from '../core/backtest/assemble.ts';
import type { History } from '../core/backtest/history.ts';
import { channelId, nodeId, unixSec } from '../core/units.ts';
import { ChannelDays } from './channel-days.ts';
import { ChannelNames } from './channel-names.ts';
import type { Connection } from './connection.ts';
import { FeeChanges } from './fee-changes.ts';
import { STATUS_CODE, toNs } from './forward-rows.ts';
import { IntakeStates } from './intake-state.ts';
import { Outflows } from './outflows.ts';
import { numberOf, numberOrNull, textOf, textOrNull } from './rows.ts';
import { SqliteLedger } from './sqlite-ledger.ts';

const FIRST_LOOK = `
  SELECT min(at) AS at FROM (SELECT min(first_seen) AS at FROM channels UNION ALL SELECT min(timestamp) FROM fee_changes)`;

/** By both channels, which every name has that the node could tell. Demand came when a payment did, not when it ended. */
const SETTLED = `
  SELECT i.channel_id AS in_channel, o.channel_id AS out_channel, out_msat, fee_msat, received_ns / 1000000000 AS at
  FROM forwards CROSS JOIN channel_names i ON i.id = in_name CROSS JOIN channel_names o ON o.id = out_name
  WHERE status <> ${STATUS_CODE.offered} AND status = ${STATUS_CODE.settled}
    AND coalesce(resolved_ns, received_ns) >= ?1 AND coalesce(resolved_ns, received_ns) < ?2
    AND received_ns >= ?1 AND out_msat IS NOT NULL AND fee_msat IS NOT NULL
    AND i.channel_id IS NOT NULL AND o.channel_id IS NOT NULL
  ORDER BY received_ns`;

const ATTEMPTS = `
  SELECT coalesce(sum(state = 'settled'), 0) AS succeeded, coalesce(sum(state = 'failed'), 0) AS failed
  FROM rebalance_intents WHERE ended_at >= ?1 AND ended_at < ?2 AND dispatched_at IS NOT NULL`;

/**
 * @param since, until Unix seconds; null for as much as there is, up to some months
 * @throws HistoryError where the records cover nothing of it; StoreError
 */
export function readPast(connection: Connection, since: number | null, until: number | null): History {
  const what = 'reading the past';
  const span = spanOf(
    connection.read(what, () => boundsOf(connection)),
    since,
    until,
  );
  return assemble(
    connection.read(what, () => recordsOf(connection, span)),
    span,
  );
}

function boundsOf(connection: Connection): Bounds {
  const state = new IntakeStates(connection).load();
  const firstLook = numberOrNull(connection.prepare(FIRST_LOOK).get(), 'at');
  return {
    feesKnownSince: firstLook ?? Infinity,
    forwardsSince: new Outflows(connection).since(state),
    knownUntil: state.gap.from,
  };
}

function recordsOf(connection: Connection, span: Span): Records {
  const names = new ChannelNames(connection);
  const ledger = new SqliteLedger(connection, new ChannelDays(connection, names));
  const times = [toNs(span.from), toNs(span.until)] as const;
  const attempts = connection.prepare(ATTEMPTS).get(span.from, span.until);
  return {
    channels: connection
      .prepare('SELECT channel_id, peer_id, capacity_msat FROM channels ORDER BY first_seen, channel_id')
      .all()
      .map((row) => {
        const peer = textOrNull(row, 'peer_id');
        return {
          channelId: channelId(textOf(row, 'channel_id')),
          peerId: peer === null ? null : nodeId(peer),
          capacityMsat: numberOf(row, 'capacity_msat'),
        };
      }),
    forwards: connection
      .prepare(SETTLED)
      .all(...times)
      .map(toForward),
    changes: new FeeChanges(connection).inForceSince(unixSec(span.from)),
    books: ledger.books(),
    days: ledger.days(),
    selfPayments: ledger.selfPayments(),
    attempts: { succeeded: numberOf(attempts, 'succeeded'), failed: numberOf(attempts, 'failed') },
  };
}

const toForward = (row: unknown): RecordedForward => ({
  at: numberOf(row, 'at'),
  from: channelId(textOf(row, 'in_channel')),
  to: channelId(textOf(row, 'out_channel')),
  amountMsat: numberOf(row, 'out_msat'),
  feeMsat: numberOf(row, 'fee_msat'),
});

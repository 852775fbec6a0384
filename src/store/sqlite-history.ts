// How is what was done and decided read back in pages? Over the tables of others, writing nothing.
import { channelId, dayStart, msat, nodeId, unixSec, type Msat, type UnixSec } from '../core/units.ts';
import {
  DRY_RUN_REASON,
  EXTERNAL_REASON,
  type ActionFilter,
  type DecisionLine,
  type ForwardMark,
  type HistoryReader,
  type ListedFeeChange,
  type ListedForward,
  type ListedRebalance,
  type SpendingDay,
  type VerdictLine,
} from '../ports.ts';
import { toFeeChange, toRebalance } from './action-records.ts';
import type { Connection } from './connection.ts';
import type { SqlValue, Statement } from './engine.ts';
import { CHANGED } from './fee-changes.ts';
import { STATUS_CODE, toNs } from './forward-rows.ts';
import { bigintOf, choiceOf, numberOf, numberOrNull, realOf, textOf, textOrNull } from './rows.ts';

const FEE_ACTOR = `CASE
  WHEN reason = '${EXTERNAL_REASON}' THEN 'other'
  WHEN reason GLOB '${DRY_RUN_REASON}*' THEN 'dry-run'
  WHEN manual = 1 THEN 'hand' ELSE 'us' END`;
const REBALANCE_ACTOR = `CASE
  WHEN h.status = 'dry-run' THEN 'dry-run' WHEN i.manual = 1 THEN 'hand' ELSE 'us' END`;

const ACTORS = ['us', 'hand', 'other', 'dry-run'] as const;
const ROLES = ['destination', 'source'] as const;
const ENDS = ['settled', 'failed', 'local_failed'] as const;

/** The filter's parameters, by number: 1 from, 2 until, 3 subjects as JSON, 4 by, 5 text, 6 and 7 the row before, 8 limit. */
const FEE_CHANGES = `
  SELECT *, ${FEE_ACTOR} AS by FROM fee_changes
  WHERE timestamp >= ?1 AND timestamp < ?2
    AND (?4 IS NULL OR ${FEE_ACTOR} = ?4)
    AND (?5 IS NULL OR instr(lower(reason), ?5) > 0)
    AND (?6 IS NULL OR timestamp < ?6 OR (timestamp = ?6 AND id < ?7))`;
const NEWEST = 'ORDER BY timestamp DESC, id DESC LIMIT ?8';
const ALL_FEE_CHANGES = `${FEE_CHANGES} AND ?3 IS NULL ${NEWEST}`;
/** Through the rows of their channels alone, a peer's being those whose rows name it. */
export const FEE_CHANGES_OF = `${CHANGED}
  ${FEE_CHANGES} AND channel_id IN (
    SELECT channel FROM changed WHERE channel IN (SELECT value FROM json_each(?3))
      OR (SELECT peer_id FROM fee_changes WHERE channel_id = channel LIMIT 1) IN (SELECT value FROM json_each(?3)))
  ${NEWEST}`;

const REBALANCES = `
  SELECT h.*, i.driver, i.moved_msat, i.fee_msat, i.ended_at, ${REBALANCE_ACTOR} AS by,
    (SELECT payment_hash FROM rebalance_payments p WHERE p.intent = i.seq ORDER BY p.id DESC LIMIT 1) AS payment_hash
  FROM rebalance_history h LEFT JOIN rebalance_intents i ON i.history_id = h.id
  WHERE h.timestamp >= ?1 AND h.timestamp < ?2
    AND (?3 IS NULL OR h.from_channel IN (SELECT value FROM json_each(?3))
      OR h.to_channel IN (SELECT value FROM json_each(?3)) OR i.from_peer_id IN (SELECT value FROM json_each(?3))
      OR i.to_peer_id IN (SELECT value FROM json_each(?3)))
    AND (?4 IS NULL OR ${REBALANCE_ACTOR} = ?4)
    AND (?5 IS NULL OR instr(lower(h.status || ' ' || coalesce(h.error_message, '') || ' ' || coalesce(i.failure, '')), ?5) > 0)
    AND (?6 IS NULL OR h.timestamp < ?6 OR (h.timestamp = ?6 AND h.id < ?7))
  ORDER BY h.timestamp DESC, h.id DESC LIMIT ?8`;

/** What only another version can read is left out. */
const DECISIONS = `
  SELECT peer_id, timestamp, outcome, json_extract(decision, '$.reason') AS reason,
    CASE WHEN json_valid(price) THEN CAST(json_extract(price, '$.price') AS REAL) END AS price
  FROM fee_decisions WHERE json_valid(decision) AND json_extract(decision, '$.reason') IS NOT NULL`;

const VERDICTS = `
  SELECT channel_id, role, timestamp, json_extract(verdict, '$.reason') AS reason,
    json_extract(verdict, '$.shortfall.unit') AS unit,
    CAST(json_extract(verdict, '$.shortfall.needed') AS REAL) AS needed,
    CAST(json_extract(verdict, '$.shortfall.available') AS REAL) AS available,
    json_extract(verdict, iif(role = 'destination', '$.pairs[0].from', '$.pairs[0].to')) AS partner,
    json_extract(verdict, '$.pairs[0].reason') AS partner_reason,
    json_extract(verdict, '$.pairs[0].evaluation.amountMsat') AS amount,
    CAST(json_extract(verdict, '$.pairs[0].evaluation.spreadPpm') AS REAL) AS spread,
    json_extract(verdict, '$.pairs[0].evaluation.expectedFeeMsat') AS fee,
    json_extract(verdict, '$.pairs[0].evaluation.expectedProfitMsat') AS profit
  FROM rebalance_verdicts WHERE json_valid(verdict) AND json_extract(verdict, '$.reason') IS NOT NULL
  ORDER BY channel_id, role`;

// Below 0 are those that were taken over from the Python plugin: no order of ours is behind them.
const SPENDING = `
  SELECT ended / 86400 AS day, sum(fee) AS fee, sum(moved) AS moved,
    sum(state = 'settled') AS succeeded, sum(state = 'failed') AS failed
  FROM (
    SELECT ended_at AS ended, fee_msat AS fee, moved_msat AS moved, state
    FROM rebalance_intents WHERE ended_at >= ?1
    UNION ALL
    SELECT timestamp, 1000 * coalesce(actual_fee_sats, 0), iif(status = 'success', 1000 * amount_sats, 0),
      iif(status = 'success', 'settled', status)
    FROM rebalance_history WHERE id < 0 AND status IN ('success', 'failed') AND timestamp >= ?1)
  GROUP BY day ORDER BY day`;

const ENDED = 'coalesce(f.resolved_ns, f.received_ns)';
const FORWARDS = `
  SELECT f.*, ${ENDED} AS ended, i.name AS in_channel, coalesce(i.channel_id, i.name) AS in_channel_id,
    o.name AS out_channel, coalesce(o.channel_id, o.name) AS out_channel_id
  FROM forwards f JOIN channel_names i ON i.id = f.in_name LEFT JOIN channel_names o ON o.id = f.out_name
  WHERE f.status <> 0 AND ${ENDED} >= ?1 AND ${ENDED} < ?2
    AND (?3 IS NULL OR ${ENDED} > ?3 OR (f.in_name, f.in_htlc_id) > (?4, ?5))
  ORDER BY ${ENDED}, f.in_name, f.in_htlc_id LIMIT ?6`;

export class SqliteHistory implements HistoryReader {
  readonly #connection: Connection;
  readonly #statements: Readonly<
    Record<'feeChanges' | 'feeChangesOf' | 'rebalances' | 'decisions' | 'verdicts' | 'spending' | 'forwards', Statement>
  >;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#statements = {
      feeChanges: connection.prepare(ALL_FEE_CHANGES),
      feeChangesOf: connection.prepare(FEE_CHANGES_OF),
      rebalances: connection.prepare(REBALANCES),
      decisions: connection.prepare(DECISIONS),
      verdicts: connection.prepare(VERDICTS),
      spending: connection.prepare(SPENDING),
      forwards: connection.prepare(FORWARDS),
    };
  }

  feeChanges(filter: ActionFilter, limit: number): ListedFeeChange[] {
    const statement = filter.subjects === null ? this.#statements.feeChanges : this.#statements.feeChangesOf;
    return this.#read('reading changes of fees', () =>
      statement.all(...valuesOf(filter), limit).map((row) => ({
        ...toFeeChange(row),
        id: numberOf(row, 'id'),
        by: choiceOf(row, 'by', ACTORS),
      })),
    );
  }

  rebalances(filter: ActionFilter, limit: number): ListedRebalance[] {
    return this.#read('reading rebalances', () =>
      this.#statements.rebalances.all(...valuesOf(filter), limit).map(toListedRebalance),
    );
  }

  decisions(): DecisionLine[] {
    return this.#read('reading decisions', () =>
      this.#statements.decisions.all().map((row) => ({
        peerId: nodeId(textOf(row, 'peer_id')),
        at: unixSec(numberOf(row, 'timestamp')),
        reason: textOf(row, 'reason'),
        outcome: textOf(row, 'outcome'),
        price: realOrNull(row, 'price'),
      })),
    );
  }

  verdicts(): VerdictLine[] {
    return this.#read('reading verdicts', () => this.#statements.verdicts.all().map(toVerdict));
  }

  spendingDays(since: UnixSec): SpendingDay[] {
    return this.#read('reading what rebalancing cost', () =>
      this.#statements.spending.all(since).map((row) => ({
        day: dayStart(numberOf(row, 'day')),
        feeMsat: bigintOf(row, 'fee') as Msat,
        movedMsat: bigintOf(row, 'moved') as Msat,
        succeeded: numberOf(row, 'succeeded'),
        failed: numberOf(row, 'failed'),
      })),
    );
  }

  forwards(from: UnixSec, until: UnixSec, after: ForwardMark | null, limit: number) {
    return this.#read('reading forwards', () => {
      const start = after === null ? toNs(from) : after.endedNs;
      const mark: SqlValue[] = after === null ? [null, null, null] : [after.endedNs, after.name, after.htlcId];
      const rows = this.#statements.forwards.all(start, toNs(until), ...mark, limit);
      const last = rows.at(-1);
      return { rows: rows.map(toForward), next: rows.length < limit || last === undefined ? null : markOf(last) };
    });
  }

  #read<T>(what: string, work: () => T): T {
    return this.#connection.read(what, work);
  }
}

const valuesOf = ({ from, until, subjects, by, text, before }: ActionFilter): SqlValue[] => [
  from,
  until,
  subjects === null ? null : JSON.stringify(subjects),
  by,
  text === null ? null : text.toLowerCase(),
  before === null ? null : before.time,
  before === null ? null : before.id,
];

const isThere = (row: unknown, name: string): boolean => (row as Readonly<Record<string, unknown>>)[name] !== null;
const realOrNull = (row: unknown, name: string): number | null => (isThere(row, name) ? realOf(row, name) : null);
const msatOrNull = (row: unknown, name: string): Msat | null =>
  isThere(row, name) ? (bigintOf(row, name) as Msat) : null;

const toListedRebalance = (row: unknown): ListedRebalance => {
  const endedAt = numberOrNull(row, 'ended_at');
  return {
    ...toRebalance(row),
    id: numberOf(row, 'id'),
    by: choiceOf(row, 'by', ACTORS),
    endedAt: endedAt === null ? null : unixSec(endedAt),
    paymentHash: textOrNull(row, 'payment_hash'),
  };
};

function toVerdict(row: unknown): VerdictLine {
  const unit = textOrNull(row, 'unit');
  const partner = textOrNull(row, 'partner');
  const amount = textOrNull(row, 'amount');
  return {
    channelId: channelId(textOf(row, 'channel_id')),
    role: choiceOf(row, 'role', ROLES),
    at: unixSec(numberOf(row, 'timestamp')),
    reason: textOf(row, 'reason'),
    shortfall: unit === null ? null : { unit, needed: realOf(row, 'needed'), available: realOf(row, 'available') },
    best:
      partner === null
        ? null
        : {
            partner,
            reason: textOf(row, 'partner_reason'),
            evaluation:
              amount === null
                ? null
                : {
                    amountMsat: msat(BigInt(amount)),
                    spreadPpm: realOf(row, 'spread'),
                    expectedFeeMsat: msat(BigInt(textOf(row, 'fee'))),
                    expectedProfitMsat: msat(BigInt(textOf(row, 'profit'))),
                  },
          },
  };
}

const markOf = (row: unknown): ForwardMark => ({
  endedNs: bigintOf(row, 'ended'),
  name: numberOf(row, 'in_name'),
  htlcId: bigintOf(row, 'in_htlc_id'),
});

function toForward(row: unknown): ListedForward {
  const status = numberOf(row, 'status');
  const resolved = msatOrNull(row, 'resolved_ns');
  return {
    inChannel: textOf(row, 'in_channel'),
    inChannelId: textOf(row, 'in_channel_id'),
    inHtlcId: bigintOf(row, 'in_htlc_id'),
    outChannel: textOrNull(row, 'out_channel'),
    outChannelId: textOrNull(row, 'out_channel_id'),
    status: ENDS.find((end) => STATUS_CODE[end] === status) ?? 'failed',
    inMsat: bigintOf(row, 'in_msat') as Msat,
    outMsat: msatOrNull(row, 'out_msat'),
    feeMsat: msatOrNull(row, 'fee_msat'),
    failcode: numberOrNull(row, 'failcode'),
    receivedNs: bigintOf(row, 'received_ns'),
    resolvedNs: resolved,
  };
}

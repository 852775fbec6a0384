// What does lightningd say about a forwarded payment? Written by hand, not with combinators: it reads millions of rows.
import { DecodeError } from '../cln/decode.ts';
import { UNKNOWN_NEXT_PEER, type Forward, type ForwardStatus } from '../core/forward.ts';
import type { Msat, Scid, UnixNs } from '../core/units.ts';
import { amount, nanoseconds, shortChannelId } from './values.ts';

type Row = Readonly<Record<string, unknown>>;

const STATUSES: ReadonlySet<unknown> = new Set<ForwardStatus>(['offered', 'settled', 'failed', 'local_failed']);

/** Absent and null alike: lightningd omits, older plugins in between may write null. */
const missing = (value: unknown): value is undefined | null => value === undefined || value === null;

/** A lightningd index, 1 or more. Also guards the sums of indexes we make. */
function indexOf(row: Row, field: string): number | null {
  const value = row[field];
  if (missing(value)) return null;
  if (!Number.isSafeInteger(value) || (value as number) < 1)
    throw new DecodeError(field, 'an integer of 1 or more', value);
  return value as number;
}

const amountOrNull = (row: Row, field: string): Msat | null => (missing(row[field]) ? null : amount(row[field], field));
const timeOrNull = (row: Row, field: string): UnixNs | null =>
  missing(row[field]) ? null : nanoseconds(row[field], field);

/**
 * The HTLC id; rows written before v22.11 have none, so minus their created index stands in, or (before v23.11, where
 * there is no index either) minus the time of arrival.
 */
function htlcId(row: Row, createdIndex: number | null, receivedNs: UnixNs): bigint {
  const value = row['in_htlc_id'];
  if (missing(value)) return createdIndex === null ? -BigInt(receivedNs) : -BigInt(createdIndex);
  if (!Number.isSafeInteger(value) || (value as number) < 0)
    throw new DecodeError('in_htlc_id', 'an integer >= 0', value);
  return BigInt(value as number);
}

function failcodeOf(row: Row): number | null {
  const value = row['failcode'];
  if (missing(value)) return null;
  if (!Number.isSafeInteger(value) || (value as number) < 0)
    throw new DecodeError('failcode', 'an integer >= 0', value);
  return value as number;
}

/** Null too where the sender asked for a channel that never was: any number of such names can be made up. */
function outChannelOf(row: Row, failcode: number | null): Scid | null {
  const value = row['out_channel'];
  return missing(value) || failcode === UNKNOWN_NEXT_PEER ? null : shortChannelId(value, 'out_channel');
}

/**
 * One row of listforwards, or the inner object of a forward_event.
 * @throws DecodeError naming the field, when one that we use is not what it must be; fields we do not use are ignored.
 */
export function decodeForward(value: unknown): Forward {
  if (typeof value !== 'object' || value === null) throw new DecodeError('', 'a forward', value);
  const row = value as Row;
  const status = row['status'];
  if (!STATUSES.has(status)) throw new DecodeError('status', 'offered, settled, failed or local_failed', status);
  const createdIndex = indexOf(row, 'created_index');
  const receivedNs = nanoseconds(row['received_time'], 'received_time');
  const failcode = failcodeOf(row);
  return {
    createdIndex,
    updatedIndex: indexOf(row, 'updated_index'),
    inChannel: shortChannelId(row['in_channel'], 'in_channel'),
    inHtlcId: htlcId(row, createdIndex, receivedNs),
    inMsat: amount(row['in_msat'], 'in_msat'),
    outChannel: outChannelOf(row, failcode),
    outMsat: amountOrNull(row, 'out_msat'),
    feeMsat: amountOrNull(row, 'fee_msat'),
    status: status as ForwardStatus,
    failcode,
    receivedNs,
    resolvedNs: timeOrNull(row, 'resolved_time'),
  };
}

/** The rows of a listforwards reply. @throws DecodeError naming row and field. */
export function decodeForwards(reply: unknown): Forward[] {
  const rows = typeof reply === 'object' && reply !== null ? (reply as Row)['forwards'] : undefined;
  if (!Array.isArray(rows)) throw new DecodeError('listforwards.forwards', 'an array', rows);
  const list: readonly unknown[] = rows;
  return list.map((row, position) => {
    try {
      return decodeForward(row);
    } catch (error) {
      throw error instanceof DecodeError
        ? new DecodeError(`listforwards.forwards[${String(position)}].${error.path}`, error.expected, error.got)
        : error;
    }
  });
}

// What has been forwarded? The node's table of forwards with its created and updated indexes, and the notifications.
import type { ForwardStatus } from '../../core/forward.ts';
import { addMsat } from '../../core/units.ts';
import { paymentHashOf, preimageOf } from './identity.ts';
import type { Sim } from './sim.ts';
import { wire } from './sim.ts';
import type { ForwardRow } from './state.ts';
import { versionNumber } from './versions.ts';

/** BOLT 4 failure codes that our own node answers with. */
export const FAILURES: Readonly<Record<number, string>> = {
  4103: 'WIRE_TEMPORARY_CHANNEL_FAILURE',
  4108: 'WIRE_FEE_INSUFFICIENT',
  4109: 'WIRE_INCORRECT_CLTV_EXPIRY',
  16394: 'WIRE_UNKNOWN_NEXT_PEER',
};

export const forwardKey = (row: Pick<ForwardRow, 'inChannel' | 'inHtlcId'>): string =>
  `${row.inChannel}/${row.inHtlcId}`;

/** Inserts a row under the next created index; in flight or already failed locally. */
export function createForward(
  sim: Sim,
  fields: Omit<ForwardRow, 'createdIndex' | 'updatedIndex' | 'resolvedAt'>,
): ForwardRow {
  const { forwards } = sim.state;
  const createdIndex = sim.bump('forwards', 'created', waitDetails(fields));
  const row: ForwardRow = { ...fields, createdIndex, updatedIndex: null, resolvedAt: null };
  forwards.byCreated[createdIndex - 1] = row;
  if (row.status === 'offered') forwards.offered.set(forwardKey(row), row);
  notifyForward(sim, row, { created_index: createdIndex });
  return row;
}

/** Ends a row that was offered; it gets an updated index, settled and failed ones the time. */
export function updateForward(
  sim: Sim,
  row: ForwardRow,
  status: Exclude<ForwardStatus, 'offered'>,
  failcode?: number,
): void {
  const { forwards } = sim.state;
  row.status = status;
  if (status === 'local_failed') row.failcode = failcode ?? null;
  else row.resolvedAt = sim.preciseSeconds();
  row.updatedIndex = sim.bump('forwards', 'updated', waitDetails(row));
  forwards.byUpdated[row.updatedIndex - 1] = row;
  forwards.offered.delete(forwardKey(row));
  if (status === 'settled' && row.feeMsat !== null)
    sim.state.feesCollected = addMsat(sim.state.feesCollected, row.feeMsat);
  notifyForward(sim, row, { updated_index: row.updatedIndex });
}

/** Leaves a hole; the indexes are never used again. */
export function deleteForward(sim: Sim, row: ForwardRow): void {
  const { forwards } = sim.state;
  forwards.byCreated[row.createdIndex - 1] = null;
  if (row.updatedIndex !== null) forwards.byUpdated[row.updatedIndex - 1] = null;
  sim.bump('forwards', 'deleted', waitDetails(row));
}

export function* allForwards(sim: Sim): Iterable<ForwardRow> {
  for (const row of sim.state.forwards.byCreated) if (row) yield row;
}

/** Rows with an index >= start in order of that index. Rows never updated count as updated index 0, as in its table. */
export function* forwardsFrom(sim: Sim, by: 'created' | 'updated', start: number): Iterable<ForwardRow> {
  const { byCreated, byUpdated } = sim.state.forwards;
  if (by === 'updated' && start <= 0) for (const row of byCreated) if (row?.updatedIndex === null) yield row;
  const rows = by === 'created' ? byCreated : byUpdated;
  for (let i = Math.max(0, start - 1); i < rows.length; i++) {
    const row = rows[i];
    if (row) yield row;
  }
}

/** A row as listforwards and forward_event print it; the caller says which indexes lead. */
export function forwardFields(
  row: ForwardRow,
  lead: object,
  options: { readonly outHtlc: boolean; readonly tail?: object },
) {
  const out = row.outMsat === null ? {} : { out_msat: wire(row.outMsat), fee_msat: wire(row.feeMsat ?? row.outMsat) };
  return {
    ...lead,
    in_channel: row.inChannel,
    in_htlc_id: row.inHtlcId,
    ...(row.outChannel === null ? {} : { out_channel: row.outChannel }),
    ...(options.outHtlc && row.outHtlcId !== null ? { out_htlc_id: row.outHtlcId } : {}),
    in_msat: wire(row.inMsat),
    ...out,
    status: row.status,
    ...(row.failcode === null ? {} : { failcode: row.failcode, failreason: FAILURES[row.failcode] ?? 'WIRE_INVALID' }),
    style: 'tlv',
    received_time: row.receivedAt,
    ...(row.resolvedAt === null ? {} : { resolved_time: row.resolvedAt }),
    ...options.tail,
  };
}

function notifyForward(sim: Sim, row: ForwardRow, index: object): void {
  sim.notify('forward_event', () => {
    const version = versionNumber(sim.state.config.version);
    const lead = { ...(version >= 2311 ? index : {}), payment_hash: paymentHashOf(sim.seed, row.payment) };
    const reveals = row.status === 'settled' && version >= 2604;
    return forwardFields(row, lead, {
      outHtlc: false,
      tail: reveals ? { preimage: preimageOf(sim.seed, row.payment) } : {},
    });
  });
}

const waitDetails = (row: Pick<ForwardRow, 'status' | 'inChannel' | 'inHtlcId' | 'inMsat' | 'outChannel'>) => ({
  status: row.status,
  in_channel: row.inChannel,
  in_htlc_id: row.inHtlcId,
  in_msat: wire(row.inMsat),
  ...(row.outChannel === null ? {} : { out_channel: row.outChannel }),
});

// What has been forwarded? The node's table of forwards with its created and updated indexes, and the notifications.
import type { ForwardStatus } from '../../core/forward.ts';
import { addMsat } from '../../core/units.ts';
import { paymentHashOf, preimageOf } from './identity.ts';
import type { Sim } from './sim.ts';
import { wire } from './sim.ts';
import type { ForwardRow } from './records.ts';
import { SINCE, versionNumber } from './versions.ts';

/** BOLT 4 failure codes that our own node answers with. */
export const FAILURES: Readonly<Record<number, string>> = {
  4103: 'WIRE_TEMPORARY_CHANNEL_FAILURE',
  4108: 'WIRE_FEE_INSUFFICIENT',
  4109: 'WIRE_INCORRECT_CLTV_EXPIRY',
  16394: 'WIRE_UNKNOWN_NEXT_PEER',
};

export const forwardKey = (row: Pick<ForwardRow, 'inChannel' | 'inHtlcId'>): string =>
  `${row.inChannel}/${row.inHtlcId}`;

/** The created index that the next row must bear. */
export const nextForwardIndex = (sim: Sim): number => sim.state.indexes.forwards.created + 1;

/** Inserts a row, in flight or already failed locally, under the index it bears. */
export function createForward(sim: Sim, row: ForwardRow): void {
  const { forwards } = sim.state;
  sim.bump('forwards', 'created', () => waitDetails(row));
  forwards.byCreated[row.createdIndex - 1] = row;
  if (row.status === 'offered') forwards.offered.set(forwardKey(row), row);
  notifyForward(sim, row, { created_index: row.createdIndex });
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
  row.updatedIndex = sim.bump('forwards', 'updated', () => waitDetails(row));
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
  sim.bump('forwards', 'deleted', () => waitDetails(row));
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

/**
 * A row as listforwards and forward_event print it; the caller says what leads. Built member by member: pages of
 * thousands pass here, and spreading costs ten times as much.
 */
export function forwardFields(
  row: ForwardRow,
  lead: Record<string, unknown>,
  withOutHtlc: boolean,
): Record<string, unknown> {
  const fields = lead;
  fields['in_channel'] = row.inChannel;
  fields['in_htlc_id'] = row.inHtlcId;
  if (row.outChannel !== null) fields['out_channel'] = row.outChannel;
  if (withOutHtlc && row.outHtlcId !== null) fields['out_htlc_id'] = row.outHtlcId;
  fields['in_msat'] = wire(row.inMsat);
  if (row.outMsat !== null) fields['out_msat'] = wire(row.outMsat);
  if (row.feeMsat !== null) fields['fee_msat'] = wire(row.feeMsat);
  fields['status'] = row.status;
  if (row.failcode !== null) {
    fields['failcode'] = row.failcode;
    fields['failreason'] = FAILURES[row.failcode] ?? 'WIRE_INVALID';
  }
  fields['style'] = 'tlv';
  fields['received_time'] = row.receivedAt;
  if (row.resolvedAt !== null) fields['resolved_time'] = row.resolvedAt;
  return fields;
}

/** The same with both indexes, as pages need it. */
export function indexedForward(row: ForwardRow): Record<string, unknown> {
  const lead: Record<string, unknown> = { created_index: row.createdIndex };
  if (row.updatedIndex !== null) lead['updated_index'] = row.updatedIndex;
  return forwardFields(row, lead, true);
}

function notifyForward(sim: Sim, row: ForwardRow, index: object): void {
  sim.notify('forward_event', () => {
    const version = versionNumber(sim.state.config.version);
    const indexes = version >= SINCE.forwardIndexes ? index : {};
    const lead: Record<string, unknown> = { ...indexes, payment_hash: paymentHashOf(sim.seed, row.payment) };
    const fields = forwardFields(row, lead, false);
    if (row.status === 'settled' && version >= SINCE.preimage) fields['preimage'] = preimageOf(sim.seed, row.payment);
    return fields;
  });
}

const waitDetails = (row: ForwardRow) => ({
  status: row.status,
  in_channel: row.inChannel,
  in_htlc_id: row.inHtlcId,
  in_msat: wire(row.inMsat),
  ...(row.outChannel === null ? {} : { out_channel: row.outChannel }),
});

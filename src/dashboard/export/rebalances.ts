// What does the file of rebalances say of each?
import { inNames, type NameOf } from '../../app/channel-names.ts';
import type { ActionFilter, Before, Store } from '../../ports.ts';
import type { CsvValue } from './csv.ts';
import type { Span } from './span.ts';
import { isoOf, PAGE, satsOrNull } from './values.ts';

export const REBALANCE_COLUMNS = [
  'date',
  'ended',
  'status',
  'from_channel',
  'to_channel',
  'amount_sats',
  'moved_sats',
  'fee_sats',
  'moved_msat',
  'fee_msat',
  'max_fee_sats',
  'expected_profit_sats',
  'driver',
  'by',
  'payment_hash',
  'message',
] as const;

/** Newest first, as people look for them. */
export function* rebalancePages({ history }: Store, { from, until }: Span, nameOf: NameOf): Generator<CsvValue[][]> {
  const filter: Omit<ActionFilter, 'before'> = { from, until, subjects: null, by: null, text: null };
  for (let before: Before | null = null; ;) {
    const rows = history.rebalances({ ...filter, before }, PAGE);
    yield rows.map((row) => [
      isoOf(row.timestamp),
      row.endedAt === null ? null : isoOf(row.endedAt),
      row.status,
      nameOf(row.fromChannel),
      nameOf(row.toChannel),
      row.amountSats,
      satsOrNull(row.movedMsat),
      satsOrNull(row.feeMsat),
      row.movedMsat,
      row.feeMsat,
      row.maxFeeSats,
      row.expectedProfitSats,
      row.driver,
      row.by,
      row.paymentHash,
      row.errorMessage === null ? null : inNames(row.errorMessage, nameOf),
    ]);
    const last = rows.at(-1);
    if (rows.length < PAGE || last === undefined) return;
    before = { time: last.timestamp, id: last.id };
  }
}

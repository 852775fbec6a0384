// What does the file of forwards say of each?
import { msatToSats } from '../../core/units.ts';
import type { ForwardMark, Store } from '../../ports.ts';
import type { CsvValue } from './csv.ts';
import type { Span } from './span.ts';
import { isoOfNs, PAGE, satsOrNull } from './values.ts';

export const FORWARD_COLUMNS = [
  'date',
  'status',
  'in_channel',
  'out_channel',
  'in_sats',
  'out_sats',
  'fee_sats',
  'in_msat',
  'out_msat',
  'fee_msat',
  'received',
  'in_htlc_id',
  'failcode',
] as const;

export function* forwardPages({ history }: Store, { from, until }: Span): Generator<CsvValue[][]> {
  let after: ForwardMark | null = null;
  do {
    const page = history.forwards(from, until, after, PAGE);
    yield page.rows.map((row) => [
      isoOfNs(row.resolvedNs ?? row.receivedNs),
      row.status,
      row.inChannel,
      row.outChannel,
      msatToSats(row.inMsat),
      satsOrNull(row.outMsat),
      satsOrNull(row.feeMsat),
      row.inMsat,
      row.outMsat,
      row.feeMsat,
      isoOfNs(row.receivedNs),
      row.inHtlcId,
      row.failcode,
    ]);
    after = page.next;
  } while (after !== null);
}

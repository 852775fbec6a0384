// Which files can be had, with which columns?
import type { ExportName } from '../api.ts';
import type { Readings } from '../readings.ts';
import { CASH_FLOW_COLUMNS, cashFlowPages } from './cash-flows.ts';
import { csvStream } from './csv.ts';
import { FORWARD_COLUMNS, forwardPages } from './forwards.ts';
import { REBALANCE_COLUMNS, rebalancePages } from './rebalances.ts';
import { spanIn } from './span.ts';

/** The columns of each file. docs/dashboard.md says what they mean. */
export const EXPORT_COLUMNS = {
  forwards: FORWARD_COLUMNS,
  rebalances: REBALANCE_COLUMNS,
  cashflows: CASH_FLOW_COLUMNS,
} as const satisfies Record<ExportName, readonly string[]>;

/** The file, read and written piece by piece. @throws Refusal, CommandError */
export async function exportOf(
  name: ExportName,
  query: Readonly<Record<string, string>>,
  readings: Readings,
): Promise<ReadableStream<Uint8Array>> {
  const span = spanIn(query);
  const gathered = await readings.profits();
  const { store } = readings.context;
  const nameOf = readings.nameOf(gathered);
  switch (name) {
    case 'forwards':
      return csvStream(EXPORT_COLUMNS.forwards, forwardPages(store, span));
    case 'rebalances':
      return csvStream(EXPORT_COLUMNS.rebalances, rebalancePages(store, span, nameOf));
    case 'cashflows':
      return csvStream(EXPORT_COLUMNS.cashflows, cashFlowPages(gathered.channels, span));
  }
}

// What do people call the lines of a statement and the bars of a waterfall?
import type { WaterfallBar } from './waterfall.ts';

export const LABELS: Readonly<Record<WaterfallBar['label'], string>> = {
  capital: 'Capital locked',
  opening_fee: 'Opening fee',
  push: 'Pushed balance',
  lease_fee: 'Lease fees',
  splice_fee: 'Splice fees',
  routing_fee: 'Routing fees',
  rebalance_fee: 'Rebalance fees',
  closing_fee: 'Closing fee',
  amount_at_closing: 'Amount at closing',
};

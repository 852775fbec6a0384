// What of a bank's payments would a sender send through the node at once? What fits, as in markets that are drawn.
import { LARGEST_SHARE } from '../basics.ts';
import type { DemandBank } from '../scenario.ts';

/**
 * The graph knew the node's capacities, but no balances: a payment that fills a whole channel found its way there. Its
 * sender splits it, and the rest goes elsewhere.
 */
export function withPartsThatFit(bank: DemandBank): DemandBank {
  const { from, to, amountSats } = bank.payments;
  const capacity = (channel: number | undefined): number => bank.channels[channel ?? -1]?.capacitySats ?? Infinity;
  const largest = (row: number): number => LARGEST_SHARE * Math.min(capacity(from[row]), capacity(to[row]));
  return {
    ...bank,
    payments: {
      ...bank.payments,
      amountSats: amountSats.map((sats, row) => Math.max(1, Math.min(sats, Math.floor(largest(row))))),
    },
  };
}

// Which fee does every peer get now, and why? The only function of this folder that a cycle calls.
import type { FeeInput, FeeOutcome } from './types.ts';

/**
 * Decides the fees of all peers. Pure: the same input gives the same output, whatever the order of units or channels;
 * never reads a clock or a random source. `next` is to be saved before the decisions are acted upon: a fee counts as
 * live only once the node reports it, so that a failed or dry-run set teaches nothing.
 */
export function decideFees(input: FeeInput): FeeOutcome {
  return { decisions: [], next: input.states, prices: new Map() };
}

// Does a channel drain, fill, or hold its balance?
import { ratio, subMsat, type Msat } from '../units.ts';

/** `source` drains (more leaves by it than enters), `sink` fills. */
export type FlowState = 'source' | 'sink' | 'balanced';

/** (out - in) / capacity over the window; 0 for a channel without capacity. */
export const flowRatio = (outMsat: Msat, inMsat: Msat, capacity: Msat): number =>
  ratio(subMsat(outMsat, inMsat), capacity);

/**
 * Beyond a net flow of half the capacity a channel is no longer balanced (design 1); exactly half still is. Compared in
 * integers, so that no rounding of the quotient decides.
 */
export function classify(outMsat: Msat, inMsat: Msat, capacity: Msat): FlowState {
  const net = outMsat - inMsat;
  if (2n * net > capacity && net > 0n) return 'source';
  if (-2n * net > capacity && net < 0n) return 'sink';
  return 'balanced';
}

// Does the seed take a channel for a source or a sink? (python-original 1.2)
import type { FlowState } from '../../../core/flow/classify.ts';

/** Where nothing was forwarded it guesses by the share on our side. */
const GUESS = { source: 0.3, sink: 0.7 } as const;
const THRESHOLD = 0.5;

/** @param netMsat out less in over its window of 7 days; null where there was nothing at all */
export function seedFlowState(netMsat: number | null, capacityMsat: number, share: number): FlowState {
  if (netMsat === null) return share < GUESS.source ? 'source' : share > GUESS.sink ? 'sink' : 'balanced';
  const net = netMsat / capacityMsat;
  return net > THRESHOLD ? 'source' : net < -THRESHOLD ? 'sink' : 'balanced';
}

// How long is a payment under way?
import type { ForwardRow } from './records.ts';
import type { Sim } from './sim.ts';

/** Settling takes seconds; one in a hundred hangs for minutes. */
const MEAN_SETTLE_MS = 4000;
const MEAN_STUCK_MS = 180_000;
const STUCK = 0.01;

export function scheduleResolve(sim: Sim, { inChannel, inHtlcId }: ForwardRow, settles: boolean): void {
  const { random } = sim;
  const delay = random.exponential(random.chance(STUCK) ? MEAN_STUCK_MS : MEAN_SETTLE_MS);
  sim.schedule(sim.state.now + delay, { kind: 'resolve', inChannel, inHtlcId, settles });
}

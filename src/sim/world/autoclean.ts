// Which old forwards does the node forget? What lightningd's autoclean does when the operator has set ages.
import { deleteForward } from './forward-log.ts';
import type { Sim } from './sim.ts';

/** autoclean-cycle's default. */
const CYCLE_MS = 3_600_000;

export function scheduleAutoclean(sim: Sim): void {
  const { succeededForwardsAge, failedForwardsAge } = sim.state.config.autoclean;
  if (succeededForwardsAge > 0 || failedForwardsAge > 0) sim.schedule(sim.state.now + CYCLE_MS, { kind: 'autoclean' });
}

export function autoclean(sim: Sim): void {
  const { succeededForwardsAge, failedForwardsAge } = sim.state.config.autoclean;
  const { cleaned } = sim.state;
  const now = sim.seconds();
  for (const row of sim.state.forwards.byCreated) {
    if (!row || row.status === 'offered') continue;
    const age = now - (row.resolvedAt ?? row.receivedAt);
    const kind = row.status === 'settled' ? 'succeededForwards' : 'failedForwards';
    const limit = kind === 'succeededForwards' ? succeededForwardsAge : failedForwardsAge;
    if (limit === 0 || age <= limit) continue;
    deleteForward(sim, row);
    cleaned[kind]++;
  }
  scheduleAutoclean(sim);
}

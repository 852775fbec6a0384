// What should the rollups of a history be? Added up the simplest way there is, to compare the store with.
import type { Forward } from '../../src/core/forward.ts';
import type { ChannelFlow } from '../../src/core/flow/analyze.ts';
import { NO_FLOW, rollupEntries, type FlowTotals } from '../../src/core/flow/rollup.ts';
import { addMsat, hourOf, unixSec, type ChannelId } from '../../src/core/units.ts';
import { idOf } from './fake-node.ts';

type Flows = ReadonlyMap<ChannelId, Pick<ChannelFlow, 'in' | 'out'>>;

/** Sums per channel of what ended in the hours from that of `from` to that of `to`. */
export function fold(history: readonly Forward[], from = 0, to = 4_000_000_000): Flows {
  const flows = new Map<ChannelId, Record<'in' | 'out', FlowTotals>>();
  for (const forward of history)
    for (const { channel, direction, time, kind, amount, fee } of rollupEntries(forward)) {
      const hour = hourOf(time);
      if (hour < hourOf(unixSec(from)) || hour > hourOf(unixSec(to))) continue;
      const id = idOf(Number(channel.split('x')[0]) - 100);
      const flow = flows.get(id) ?? { in: NO_FLOW, out: NO_FLOW };
      flows.set(id, flow);
      const t = flow[direction];
      if (kind === 'settled')
        flow[direction] = {
          ...t,
          settledCount: t.settledCount + 1,
          settledMsat: addMsat(t.settledMsat, amount),
          feeMsat: addMsat(t.feeMsat, fee),
        };
      else if (kind === 'failed')
        flow[direction] = { ...t, failedCount: t.failedCount + 1, failedMsat: addMsat(t.failedMsat, amount) };
      else flow[direction] = { ...t, unmetCount: t.unmetCount + 1, unmetMsat: addMsat(t.unmetMsat, amount) };
    }
  return flows;
}

/** Without the source, in a fixed order, comparable. */
export const plain = (flows: Flows): unknown[] =>
  [...flows].map(([id, flow]) => ({ id, in: flow.in, out: flow.out })).sort((a, b) => a.id.localeCompare(b.id));

/** What settled only: all that a node's accounts can tell. */
export const settledOnly = (history: readonly Forward[]): Forward[] => history.filter((f) => f.status === 'settled');

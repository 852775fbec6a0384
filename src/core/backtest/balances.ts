// Where was our money at each hour? Told from what moved it: nobody keeps balances.
import type { History } from './history.ts';

export const STEP_SECONDS = 3600;
/** lightningd's reserve: neither side may spend that share of the capacity. */
const RESERVE = 0.01;

export interface Balances {
  readonly steps: number;
  /** Our balance of each channel at the history's beginning, msat. */
  readonly start: Float64Array;
  /** What could leave by a channel at the beginning of each step, msat; by step, then channel. */
  readonly spendable: Float64Array;
  /** What could come in by it. */
  readonly receivable: Float64Array;
}

interface Change {
  readonly at: number;
  readonly channel: number;
  readonly byMsat: number;
}

/**
 * The start that is known is believed as far as no balance falls below zero or rises above the capacity; one that is
 * unknown lies in the middle of those possible. Where none is possible, something moved it that we do not know of (the
 * node's own payments): the balance then stays at the bound that it would have crossed.
 */
export function balancesOf(history: History): Balances {
  const { channels, from, until } = history;
  const changes = changesOf(history);
  const { lowest, highest } = extremes(changes, channels.length);
  const start = Float64Array.from(channels, ({ capacityMsat, startMsat }, k) => {
    const least = RESERVE * capacityMsat - (lowest[k] ?? 0);
    const most = (1 - RESERVE) * capacityMsat - (highest[k] ?? 0);
    if (least > most) return startMsat ?? capacityMsat / 2;
    return Math.min(most, Math.max(least, startMsat ?? (least + most) / 2));
  });
  const steps = Math.ceil((until - from) / STEP_SECONDS);
  const spendable = new Float64Array(steps * channels.length);
  const receivable = new Float64Array(steps * channels.length);
  const local = Float64Array.from(start);
  let next = 0;
  for (let step = 0; step < steps; step++) {
    const at = from + step * STEP_SECONDS;
    for (let change = changes[next]; change !== undefined && change.at < at; change = changes[++next]) {
      const { channel, byMsat } = change;
      const capacity = channels[channel]?.capacityMsat ?? 0;
      local[channel] = Math.min(capacity, Math.max(0, (local[channel] ?? 0) + byMsat));
    }
    channels.forEach((channel, k) => {
      const { capacityMsat } = channel;
      if (at < channel.from || at >= channel.until) return;
      spendable[step * channels.length + k] = Math.max(0, (local[k] ?? 0) - RESERVE * capacityMsat);
      receivable[step * channels.length + k] = Math.max(0, (1 - RESERVE) * capacityMsat - (local[k] ?? 0));
    });
  }
  return { steps, start, spendable, receivable };
}

/** Ascending by time. */
function changesOf({ forwards, circles }: History): Change[] {
  const changes: Change[] = [];
  for (const { at, from, to, amountMsat, feeMsat } of forwards)
    changes.push({ at, channel: to, byMsat: -amountMsat }, { at, channel: from, byMsat: amountMsat + feeMsat });
  for (const { at, from, to, amountMsat, feeMsat } of circles)
    changes.push({ at, channel: from, byMsat: -amountMsat - feeMsat }, { at, channel: to, byMsat: amountMsat });
  return changes.sort((a, b) => a.at - b.at);
}

/** Furthest from the start that each balance ever was. */
function extremes(changes: readonly Change[], count: number) {
  const sums = new Float64Array(count);
  const lowest = new Float64Array(count);
  const highest = new Float64Array(count);
  for (const { channel, byMsat } of changes) {
    const sum = (sums[channel] ?? 0) + byMsat;
    sums[channel] = sum;
    lowest[channel] = Math.min(lowest[channel] ?? 0, sum);
    highest[channel] = Math.max(highest[channel] ?? 0, sum);
  }
  return { lowest, highest };
}

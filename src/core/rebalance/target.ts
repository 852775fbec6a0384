// How much of a channel is to be ours?
import type { FlowState } from '../flow/classify.ts';

/** Share of the capacity that is to be ours (design 6.3), percent. */
const TARGET_PERCENT: Readonly<Record<FlowState, number>> = { source: 85, balanced: 50, sink: 15 };
/** A sink fills by itself; below this share it cannot even serve a payment of usual size. */
const CRITICAL_PERCENT = 5;
/** SOURCE first: what drains earns (design 6.3). */
export const RANK: Readonly<Record<FlowState, number>> = { source: 0, balanced: 1, sink: 2 };

/** Exact: no channel holds a hundredth of 2^53 msat. */
const percentOf = (capacity: number, percent: number): number => Math.floor((capacity * percent) / 100);

/**
 * Msat of a capacity in msat. What is balanced within the window may still drain, slowly: the more so the nearer its target
 * is to that of a SOURCE (ADR 0011). One that only fills is not emptied below the half for that.
 * @param lean where what passed through it in the last weeks went: -1 all in, 1 all out (traffic.ts)
 */
export function targetOf(capacity: number, flow: FlowState, lean: number): number {
  const { source, balanced } = TARGET_PERCENT;
  return percentOf(
    capacity,
    flow === 'balanced' ? balanced + (source - balanced) * Math.max(0, lean) : TARGET_PERCENT[flow],
  );
}

/** Below this even a sink is filled; msat of a capacity in msat. */
export const criticalOf = (capacity: number): number => percentOf(capacity, CRITICAL_PERCENT);

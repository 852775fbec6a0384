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

/** Msat of a capacity in msat. */
export const targetOf = (capacity: number, flow: FlowState): number => percentOf(capacity, TARGET_PERCENT[flow]);

/** Below this even a sink is filled; msat of a capacity in msat. */
export const criticalOf = (capacity: number): number => percentOf(capacity, CRITICAL_PERCENT);

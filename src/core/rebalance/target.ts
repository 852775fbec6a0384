// How much of a channel is to be ours?
import type { FlowState } from '../flow/classify.ts';
import { msat, type Msat } from '../units.ts';
import type { PlanChannel } from './plan-types.ts';

/** Share of the capacity that is to be ours (design 6.3), percent. */
const TARGET_PERCENT: Readonly<Record<FlowState, bigint>> = { source: 85n, balanced: 50n, sink: 15n };
/** A sink fills by itself; below this share it cannot even serve a payment of usual size. */
const CRITICAL_PERCENT = 5n;
/** SOURCE first: what drains earns (design 6.3). */
export const RANK: Readonly<Record<FlowState, number>> = { source: 0, balanced: 1, sink: 2 };

const percentOf = (capacity: Msat, percent: bigint): Msat => msat((capacity * percent) / 100n);

export const targetOf = ({ view, flow }: PlanChannel): Msat => percentOf(view.capacity, TARGET_PERCENT[flow]);

/** Below this even a sink is filled. */
export const criticalOf = ({ view }: PlanChannel): Msat => percentOf(view.capacity, CRITICAL_PERCENT);

// What does a node earn that never touches its fees?
import type { FeeTool } from '../engine/run.ts';

/** Leaves every channel at the fee it started with. */
export const staticFee = (): FeeTool => ({ name: 'static', wake: () => undefined });

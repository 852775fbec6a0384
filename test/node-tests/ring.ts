// What does a test of rebalancing need of a node? A ring: our node R, then A, B, C, and back to R by two channels of C's.
import type { OrderEnd } from '../../src/core/rebalance/types.ts';
import type { Call } from './calls.ts';
import type { PluginParts } from './harness.ts';
import type { Json, Params } from './rpc.ts';

/** Sats; `ours` is the share of R, or of the one who stands first. */
export const RING = {
  out: { between: ['R', 'A'], capacity: 2_000_000, ours: 2_000_000 },
  ab: { between: ['A', 'B'], capacity: 3_000_000, ours: 3_000_000 },
  // Less than R can send: nobody but B knows.
  bc: { between: ['B', 'C'], capacity: 3_000_000, ours: 1_400_000 },
  back: { between: ['C', 'R'], capacity: 1_500_000, ours: 1_500_000 },
  // Less than `back`, by which C delivers in its stead where the fees are the same.
  parallel: { between: ['C', 'R'], capacity: 800_000, ours: 800_000 },
} as const;

/** Charged at every hop by all but R, msat and ppm. */
export const HOP_FEE = { baseMsat: 1, ppm: 100 };

export interface Ring extends PluginParts {
  readonly kind: 'simulated' | 'real';
  /** Seconds of R's in one of ours: a time limit of the plugin's is to leave a busy machine as much time on any ring. */
  readonly speed: number;
  /** R's lightning directory. */
  readonly lightningDir: string;
  /** R's. */
  readonly socketPath: string;
  readonly ends: Readonly<Record<'out' | 'back' | 'parallel', OrderEnd>>;
  call(method: string, params?: Params): Promise<Json>;
  /** What B takes toward C, and the most he passes on at once, from now on; R knows it. */
  setB(terms: { readonly ppm?: number; readonly htlcMaxMsat?: number }): Promise<void>;
  /** What C takes toward R by one of the two channels from now on, and R knows it. */
  setFeeOfC(channel: 'back' | 'parallel', ppm: number): Promise<void>;
  /** From now on B keeps what it is to pass on. */
  hold(): Promise<void>;
  /** What B has kept goes on, or fails. */
  release(how: 'pass' | 'refuse'): Promise<void>;
  /** C is gone until `restore`. */
  cutC(): Promise<void>;
  restoreC(): Promise<void>;
  /** Sends so many payments of so many sats from A over R to C, out by `back`. @throws when one fails. */
  forward(sats: number, times: number): Promise<void>;
  /** Stops R and starts it again, so many seconds later for its plugins; those that were started by hand do not come back. */
  restart(later?: number): Promise<void>;
  /** SIGKILL, and a new start, likewise. */
  crash(): Promise<void>;
  /** What the plugin has called that might have changed something, in order; of a real R with the recorder. */
  stateChangingCalls(): Promise<Call[]>;
  stop(): Promise<void>;
}

// Where does a peer's best fee probably lie, before its own traffic has said much? (W7)
import type { Optimum, RivalFees } from './types.ts';

/** Capacity-weighted median of mainnet, February 2026 (quant 2). */
const MAINNET_LN_PPM = Math.log(250);
/** Mid-sized nodes charge sd 2.3 (in ln) around their median; fees that earn spread less (quant 3.3). */
const MAINNET_SD = 1.4;
/** Spread between the channels of one node, assumed until it is measured. */
const NODE_SD = 0.9;
/** Never believed to be narrower: a node's peers differ at least by this. */
const NODE_SD_MIN = 0.5;
/**
 * What others charge tells the scale, not our optimum: as far as medians of surveys lie from it in the market model, which
 * is no nearer than one node's own channels to each other.
 */
const RIVAL_SD = 0.9;

const precision = (sd: number): number => 1 / (sd * sd);

/**
 * What the other peers of the node teach, and what is known of the network.
 * @param own the one of these that is the peer's own, which is left out
 */
export function pooledPrior(known: readonly Optimum[], own: Optimum | null = null): Optimum {
  let weight = precision(MAINNET_SD);
  let sum = weight * MAINNET_LN_PPM;
  let others = 0;
  for (const one of known) {
    if (one === own) continue;
    const w = 1 / (one.sd * one.sd + NODE_SD * NODE_SD);
    weight += w;
    sum += w * one.lnPpm;
    others++;
  }
  const mean = sum / weight;
  // Four channels' worth of the assumed spread, then what each estimate has it. Estimates are drawn towards the mean, as
  // they began with it, so that their own errors are added to how far apart they lie (Dempster, Laird and Rubin 1977).
  let squares = 4 * NODE_SD * NODE_SD;
  for (const one of known) {
    if (one === own) continue;
    const away = one.lnPpm - mean;
    squares += away * away + one.sd * one.sd;
  }
  const spread = Math.max(NODE_SD_MIN ** 2, squares / (4 + others));
  return { lnPpm: mean, sd: Math.sqrt(spread + 1 / weight) };
}

/** The pooled prior of each peer of a node, made once: most cycles, none of them has learned anything. */
export class Pool {
  readonly #known: readonly Optimum[];
  readonly #priors = new Map<Optimum | null, Optimum>();

  constructor(known: readonly Optimum[]) {
    this.#known = known;
  }

  isOf(known: readonly Optimum[]): boolean {
    return known.length === this.#known.length && known.every((one, i) => one === this.#known[i]);
  }

  /** @param own see pooledPrior */
  without(own: Optimum | null): Optimum {
    let prior = this.#priors.get(own);
    if (prior === undefined) {
      prior = pooledPrior(this.#known, own);
      this.#priors.set(own, prior);
    }
    return prior;
  }
}

/** The pooled prior and what others charge towards the same peer. */
export function priorFor(pooled: Optimum, rivals: RivalFees | null): Optimum {
  if (rivals === null || rivals.channels === 0 || rivals.p50 < 1) return pooled;
  const a = precision(pooled.sd);
  const b = precision(RIVAL_SD);
  return { lnPpm: (a * pooled.lnPpm + b * Math.log(rivals.p50)) / (a + b), sd: Math.sqrt(1 / (a + b)) };
}

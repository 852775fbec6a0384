// How is one sender lucky? Numbers derived from the attempt alone, so that no tool's fees change another sender's luck.

/** Uniform in [0, 1); `which` tells apart the questions asked of the same luck (splitmix32's finaliser). */
export function fraction(luck: number, which: number): number {
  let z = (luck + Math.imul(which, 0x9e3779b9)) >>> 0;
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return ((z ^ (z >>> 16)) >>> 0) / 4294967296;
}

/** Seconds until a share of the network had a channel_update, measured 2025-09-26 (quant 2); the first is assumed. */
const ARRIVAL: readonly (readonly [share: number, seconds: number])[] = [
  [0, 20],
  [0.05, 49],
  [0.25, 122],
  [0.5, 182],
  [0.75, 247],
  [0.95, 356],
  [1, 1402],
];
/** After this everyone knows. */
export const SLOWEST_GOSSIP = 1402;

/** Seconds by which this sender's view of our policy is old: between the measured quantiles geometrically. */
export function gossipDelay(luck: number): number {
  const share = fraction(luck, 1);
  for (let i = 1; i < ARRIVAL.length; i++) {
    const [high, late] = ARRIVAL[i] ?? [1, SLOWEST_GOSSIP];
    if (share > high) continue;
    const [low, early] = ARRIVAL[i - 1] ?? [0, SLOWEST_GOSSIP];
    return early * (late / early) ** ((share - low) / (high - low));
  }
  return SLOWEST_GOSSIP;
}

/** Of senders told that their fee is too low, those who try again with the new one (quant 4.3). */
export const paysTheNewFee = (luck: number): boolean => fraction(luck, 2) < 0.9;
/** Of senders told that liquidity is short, those who try half of it (quant 4.3). */
export const splits = (luck: number): boolean => fraction(luck, 3) < 0.5;

/** HTLCs that somebody holds end within these, evenly in ln: half an hour to a day (quant 4.2: hours). */
const STUCK_SECONDS = { least: 1800, most: 24 * 3600 } as const;

/** @param luck uniform in [0, 1) */
export const stuckSeconds = (luck: number): number =>
  STUCK_SECONDS.least * (STUCK_SECONDS.most / STUCK_SECONDS.least) ** luck;

/** Seconds until a forward settles or fails: a lognormal, or hours where somebody holds it. */
export function secondsUnderWay(
  { medianSeconds, sigma, stuckShare }: { medianSeconds: number; sigma: number; stuckShare: number },
  luck: number,
): number {
  if (fraction(luck, 5) < stuckShare) return stuckSeconds(fraction(luck, 6));
  // Box and Muller.
  const normal = Math.sqrt(-2 * Math.log(1 - fraction(luck, 6))) * Math.cos(2 * Math.PI * fraction(luck, 7));
  return medianSeconds * Math.exp(sigma * normal);
}

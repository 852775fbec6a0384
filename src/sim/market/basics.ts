// What does everything in a market agree on? Its clock, its names for numbers, and where chance comes from.
import { SECONDS_PER_DAY } from '../../core/units.ts';
import { SeededRandom, seedState } from '../world/random.ts';

export const DAY = SECONDS_PER_DAY;
/** Fee of the network as a whole: the median of mainnet weighted by capacity, ppm (quant 2, 2026-02-03). */
export const MAINNET_MEDIAN_PPM = 250;
/** When a drawn market begins, and a Monday by which weekdays are told: 2026-01-05 00:00 UTC. */
export const MARKET_START = 1_767_571_200;
/** Share of the capacity that neither side may spend: lightningd's reserve. */
export const RESERVE = 0.01;
/** A payment never fills more than this of the smaller channel: senders split what is larger (quant prototype). */
export const LARGEST_SHARE = 0.4;
/** Where payments to the only channel of a node come from. */
export const OUTSIDE = -1;

/** Each kind of chance has its own stream, so that more of one never changes another. */
export const stream = (seed: number, name: string): SeededRandom => {
  let hash = seed >>> 0;
  for (const letter of name) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193) >>> 0;
  return new SeededRandom(seedState(hash ^ Math.imul(seed, 0x9e3779b1)));
};

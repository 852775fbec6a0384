// As how many forwards does one of so many sats count?
import { msat, type Msat } from '../units.ts';

/**
 * A smaller forward counts for as much of one as it moves of this: one sender can make thousands of tiny ones, so that it
 * takes as many sats to make a price look good by them as by one of this size. Left out altogether, a stream of small
 * payments would look like silence (suits-seed-published). And small payments bear higher rates than large ones, which
 * earn most: counted alike, 1000 ppm look as good as 190 where they bring a fifth (the graph's demand, docs/economics.md).
 * 10,000 sats, half the median of measured traffic (sigma 1.6): counts say 12 % less than if each was one, with 20,000
 * 21 % less, which earned less wherever amount and rate have nothing to do with each other.
 */
const COUNTED_MSAT: Msat = msat(10_000_000n);

/**
 * Where a forward came in it counts by its sats, up to this: prices in the long run rest on how many sats come in where, and in
 * the graph's demand a few large payments bring most of them. Without a bound a handful of them would be all that is known
 * of a quiet peer: where amounts tell nothing (S1) that cost 0.018 of what could be earned, 100,000 sats 0.007, this 0.002
 * (docs/economics.md).
 */
const SOURCED_MSAT: Msat = msat(50_000_000n);

/** How forwards are counted. */
export interface Counting {
  /** A forward of less counts as that part of one. */
  readonly wholeMsat: Msat;
  /** Where it came in, one counts as often as it holds `wholeMsat`, up to this. */
  readonly sourcedMsat: Msat;
}

export const COUNTING: Counting = { wholeMsat: COUNTED_MSAT, sourcedMsat: SOURCED_MSAT };

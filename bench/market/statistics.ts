// How sure is a figure that comes from a few seeds? Bootstrap intervals over seeds, the same draws for all that is compared.
import { mean, quantileSorted, sampleWithReplacement } from 'simple-statistics';
import { SeededRandom, seedState } from '../../src/sim/world/random.ts';

/** A figure and its 95 % interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Enough for the ends of the interval to be off by a few percent of its length (Efron and Tibshirani 1993, 13.3). */
const RESAMPLES = 1000;
const SEED = 20_251_107;

/** Draws of seeds, by how many there are: what is compared is resampled alike. */
const drawn = new Map<number, readonly (readonly number[])[]>();

function drawsOf(count: number): readonly (readonly number[])[] {
  const known = drawn.get(count);
  if (known !== undefined) return known;
  const random = new SeededRandom(seedState(SEED + count));
  const indices = Array.from({ length: count }, (_, i) => i);
  const draws = Array.from({ length: RESAMPLES }, () => sampleWithReplacement(indices, count, () => random.next()));
  drawn.set(count, draws);
  return draws;
}

/**
 * One seed tells nothing of what another would have said.
 * @param figure of the seeds with these indices
 */
export function estimate(count: number, figure: (indices: readonly number[]) => number): Estimate {
  const value = figure(Array.from({ length: count }, (_, i) => i));
  if (count === 1) return exact(value);
  const resampled = drawsOf(count)
    .map(figure)
    .filter((x) => !Number.isNaN(x))
    .sort((a, b) => a - b);
  if (resampled.length === 0) return exact(value);
  return { value, low: quantileSorted(resampled, 0.025), high: quantileSorted(resampled, 0.975) };
}

/** Sum over sum: no seed of little income decides. */
export const ratioOfSums = (above: readonly number[], below: readonly number[]): Estimate =>
  estimate(above.length, (indices) => sumOf(above, indices) / sumOf(below, indices));

export const meanOf = (values: readonly number[]): Estimate =>
  estimate(values.length, (indices) => sumOf(values, indices) / indices.length);

const sumOf = (values: readonly number[], indices: readonly number[]): number =>
  indices.reduce((sum, i) => sum + (values[i] ?? NaN), 0);

/** Without an interval: the ends of a scale have none. */
export const exact = (value: number): Estimate => ({ value, low: NaN, high: NaN });

/** NaN of nothing. */
export const average = (values: readonly number[]): number => (values.length === 0 ? NaN : mean([...values]));

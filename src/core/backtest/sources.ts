// Where do payments that leave by a channel come in? Each pair's share, shrunk to what the two channels do in general.
import type { FeeSpan } from './exposure.ts';
import { gamma, type Uniform } from '../chance.ts';

/** A pair's own counts weigh as much as the general pattern once that pattern would have brought so many. */
const PAIR_COUNT = 2;
/** Of the general pattern, which is found by turns; it settles within a few. */
const ROUNDS = 25;
/** So that a channel by which nothing ever came in is still possible. */
const LEAST_COUNT = 0.5;

export interface Sources {
  /** Gamma posterior of each pair's rate: shape and mean, `[to][from]`; means add up to 1 for each `to`. */
  readonly mean: readonly Float64Array[];
  readonly shape: readonly Float64Array[];
}

export function sourcesOf(spans: readonly (readonly FeeSpan[])[]): Sources {
  const count = spans.length;
  const total = (pick: (span: FeeSpan) => Float64Array) =>
    spans.map((own) => {
      const sums = new Float64Array(count);
      for (const span of own) pick(span).forEach((value, i) => (sums[i] = (sums[i] ?? 0) + value));
      return sums;
    });
  const seen = total(({ forwards }) => forwards);
  const hours = total((span) => span.hours);
  const { row, column } = pattern(seen, hours);
  const mean = seen.map(() => new Float64Array(count));
  const shape = seen.map(() => new Float64Array(count));
  seen.forEach((counts, to) => {
    let sum = 0;
    counts.forEach((n, from) => {
      if (from === to) return;
      const general = row[from] ?? 0;
      const expected = general * (column[to] ?? 0) * (hours[to]?.[from] ?? 0);
      const each = (general * (PAIR_COUNT + n)) / (PAIR_COUNT + expected);
      sum += each;
      const [means, shapes] = [mean[to], shape[to]];
      if (means) means[from] = each;
      if (shapes) shapes[from] = PAIR_COUNT + n;
    });
    mean[to]?.forEach((value, from, all) => (all[from] = sum > 0 ? value / sum : 0));
  });
  return { mean, shape };
}

/** Rates as a product of what comes in by one and what leaves by the other, given when either could. */
function pattern(seen: readonly Float64Array[], hours: readonly Float64Array[]) {
  const count = seen.length;
  const row = new Float64Array(count).fill(1 / count);
  const column = new Float64Array(count);
  for (let round = 0; round < ROUNDS; round++) {
    for (let to = 0; to < count; to++) {
      let n = 0;
      let time = 0;
      for (let from = 0; from < count; from++) {
        n += seen[to]?.[from] ?? 0;
        time += (row[from] ?? 0) * (hours[to]?.[from] ?? 0);
      }
      column[to] = time > 0 ? n / time : 0;
    }
    let sum = 0;
    for (let from = 0; from < count; from++) {
      let n = LEAST_COUNT;
      let time = 0;
      for (let to = 0; to < count; to++) {
        n += seen[to]?.[from] ?? 0;
        time += (column[to] ?? 0) * (hours[to]?.[from] ?? 0);
      }
      row[from] = time > 0 ? n / time : 0;
      sum += row[from] ?? 0;
    }
    for (let from = 0; from < count; from++) row[from] = (row[from] ?? 0) / sum;
  }
  return { row, column };
}

/** One draw of the shares, `[to][from]`, each adding up to 1. */
export function drawSources({ mean, shape }: Sources, uniform: Uniform): Float64Array[] {
  return mean.map((means, to) => {
    const drawn = means.map((each, from) => {
      const k = shape[to]?.[from] ?? 0;
      return each > 0 ? (each * gamma(k, uniform)) / k : 0;
    });
    const sum = drawn.reduce((a, b) => a + b, 0);
    return sum > 0 ? drawn.map((each) => each / sum) : drawn;
  });
}

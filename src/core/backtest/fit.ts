// Which demand does a history make likely? Everything that draws of the market are made from.
import { addToCells, lnFeeOf } from '../fee/cells.ts';
import { pooledPrior } from '../fee/prior.ts';
import type { Cells } from '../fee/types.ts';
import { resampled, type Amounts, type DrawAmount } from './amounts.ts';
import { balancesOf } from './balances.ts';
import type { Uniform } from '../chance.ts';
import { exposureOf, type FeeSpan } from './exposure.ts';
import { requireEnough, type History } from './history.ts';
import { believe, drawDemand, rateAt, type Belief, type Demand } from './hypotheses.ts';
import { evidenceOf, type Evidence } from './identification.ts';
import { drawRefill, refillOf, type DrawnRefill, type Refill } from './refill.ts';
import { seasonOf, type Season } from './season.ts';
import { drawSources, sourcesOf, type Sources } from './sources.ts';

export interface Fit {
  readonly history: History;
  readonly season: Season;
  /** Our balances at the beginning, msat. */
  readonly startMsat: readonly number[];
  readonly amounts: Amounts;
  readonly sources: Sources;
  readonly beliefs: readonly Belief[];
  readonly refill: Refill;
  /** How well each channel's own prices tell its demand. */
  readonly evidence: readonly Evidence[];
  /** Variance of weekly counts over what chance alone would make it; at least 1. */
  readonly dispersion: number;
}

/** @throws HistoryError where there is too little of it */
export function fitHistory(history: History): Fit {
  requireEnough(history);
  const season = seasonOf(history);
  const balances = balancesOf(history);
  const { spans, amounts } = exposureOf(history, balances, season);
  const sources = sourcesOf(spans);
  const seen = spans.map((own, to) => own.map((span) => seenIn(span, sources.mean[to])));
  const first = believeAll(seen, 1);
  const dispersion = dispersionOf(seen, first);
  const beliefs = dispersion > 1 ? believeAll(seen, dispersion) : first;
  return {
    history,
    season,
    startMsat: [...balances.start],
    amounts,
    sources,
    beliefs,
    refill: refillOf(
      history,
      beliefs.map(({ optimum }) => optimum.lnPpm),
    ),
    evidence: seen.map((own) => evidenceOf(cellsOf(own, dispersion))),
    dispersion,
  };
}

interface Seen {
  readonly week: number;
  readonly cell: number;
  readonly forwards: number;
  readonly hours: number;
}

/** All sources together, each for its share of the payments. */
function seenIn({ week, cell, forwards, hours }: FeeSpan, share: Float64Array | undefined): Seen {
  let count = 0;
  let time = 0;
  forwards.forEach((n, from) => {
    count += n;
    time += (hours[from] ?? 0) * (share?.[from] ?? 0);
  });
  return { week, cell, forwards: count, hours: time };
}

/** Counts that scatter more than by chance tell so much less. */
const cellsOf = (seen: readonly Seen[], dispersion: number): Cells =>
  seen.reduce<Cells>(
    (cells, { cell, forwards, hours }) =>
      addToCells(cells, Math.exp(lnFeeOf(cell)), forwards / dispersion, hours / dispersion),
    [],
  );

/** Each channel by itself first; then with what the others have taught of this node (quant 5.4 W7). */
function believeAll(seen: readonly (readonly Seen[])[], dispersion: number): Belief[] {
  const cells = seen.map((own) => cellsOf(own, dispersion));
  const sum = (what: 'forwards' | 'hours'): number =>
    seen.reduce((all, own) => all + own.reduce((total, each) => total + each[what], 0), 0);
  const hours = sum('hours');
  // Twice what came: some would have paid less than was asked.
  const perHour = hours > 0 ? (2 * sum('forwards')) / hours : 0;
  const alone = cells.map((own) => believe(own, pooledPrior([]), perHour));
  return cells.map((own, k) => {
    const others = alone.flatMap(({ optimum }, i) => (i === k ? [] : [optimum]));
    return believe(own, pooledPrior(others), perHour);
  });
}

/** Below so many expected, a week's count says nothing of scatter. */
const LEAST_EXPECTED = 2;
/** Median of the square of a standard normal. */
const MEDIAN_SQUARE = 0.455;

/** By the median, so that a channel of which something is misunderstood does not make all others unknown. */
function dispersionOf(seen: readonly (readonly Seen[])[], beliefs: readonly Belief[]): number {
  const squares = seen.flatMap((own, k) => {
    const belief = beliefs[k];
    if (belief === undefined) return [];
    const weeks = new Map<number, { seen: number; expected: number }>();
    for (const { week, cell, forwards, hours } of own) {
      const sums = weeks.get(week) ?? { seen: 0, expected: 0 };
      sums.seen += forwards;
      sums.expected += hours * rateAt(belief, cell);
      weeks.set(week, sums);
    }
    const judged = [...weeks.values()].filter(({ expected }) => expected >= LEAST_EXPECTED);
    // The rate was fitted to the same weeks.
    const freedom = 1 - 1 / Math.max(2, judged.length);
    return judged.map(({ seen: count, expected }) => (count - expected) ** 2 / expected / freedom);
  });
  squares.sort((a, b) => a - b);
  return Math.max(1, (squares[Math.floor(squares.length / 2)] ?? 0) / MEDIAN_SQUARE);
}

/** A market that the history may have come from. */
export interface DrawnMarket {
  readonly demands: readonly Demand[];
  /** `[to][from]`, each row adding up to 1. */
  readonly sources: readonly Float64Array[];
  readonly amount: DrawAmount;
  readonly refill: DrawnRefill;
}

export function drawMarket(fit: Fit, uniform: Uniform): DrawnMarket {
  const demands = fit.beliefs.map((belief) => drawDemand(belief, uniform));
  return {
    demands,
    sources: drawSources(fit.sources, uniform),
    amount: resampled(fit.amounts, uniform),
    refill: drawRefill(
      fit.refill,
      demands.map(({ scalePpm }) => scalePpm),
      uniform,
    ),
  };
}

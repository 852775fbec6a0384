// Since when has demand been what it is? Bayesian online change-point detection (Adams and MacKay 2007), over a few runs.
//
// Each run holds that demand has been the same since it began, and counts what was seen since. How likely each window was
// to each tells how likely it is that the last change was when it began. What is expected is the mean over all of them.
import { SECONDS_PER_DAY, type UnixSec } from '../units.ts';
import { discountCells, mergeCells } from './cells.ts';
import {
  evidenceOf,
  lnLikelihood,
  NOTHING,
  posterior,
  weigh,
  type Before,
  type Evidence,
  type Posterior,
  type Weighed,
} from './demand-family.ts';
import type { Cells, Optimum, Run } from './types.ts';

/** Days between two changes, as far as is known of no peer: S4 has 45, calm markets none. */
const DAYS_BETWEEN = 90;
/** Days in which half of a run is forgotten: there is drift too. */
const HALF_LIFE_DAYS = 90;
const MOST_RUNS = 4;
/** A change moves the best fee by this (sd in ln), as far as the spread of peers goes (S4's 0.7). */
const CHANGE_SD = 0.7;
/**
 * How surely the forwards an hour at the best fee stay what they were: sd 0.58 in ln. With 8 (sd 0.35) S4 earned 0.007 to 0.017
 * less, and elsewhere as much within what seeds differ (docs/economics.md).
 */
const RATE_SURENESS = 3;
/** How much what is believed of any peer counts after a change: demand that has moved does not return there (S4). */
const PULL = 0.2;
/**
 * Two days differ by weekday and by who happens to come, as so many forwards do by chance: by about three tenths. More are
 * weekends and bursts taken for changes (S5 with 30, docs/economics.md), fewer are changes found late (S4).
 */
const MOST_FORWARDS_A_DAY = 12;
/** Runs less likely than this are not asked. */
const NEGLIGIBLE = 1e-3;

export interface Belief {
  readonly runs: readonly Run[];
  /** Expected forwards an hour at each cell's fee, up to that cell. */
  readonly ratesUpTo: (last: number) => readonly number[];
  readonly optimum: Optimum;
  /** How likely it is that nothing has changed since the likeliest run began. */
  readonly likeliest: Run;
  readonly chance: number;
}

export const firstRun = (since: UnixSec, cells: Cells): Run => ({ since, cells, before: null, lnWeight: 0 });

const beforeOf = ({ before }: Run, prior: Optimum): Before =>
  before ?? { lnPpm: prior.lnPpm, sd: prior.sd, rate: null };

/** What a change would leave of what was believed: about the same rate at another best fee. */
function afterChange({ optimum, lnRateAtBest }: Posterior, prior: Optimum): Before {
  const moved = 1 / (optimum.sd ** 2 + CHANGE_SD ** 2);
  const usual = PULL / prior.sd ** 2;
  return {
    lnPpm: (moved * optimum.lnPpm + usual * prior.lnPpm) / (moved + usual),
    sd: Math.sqrt(1 / (moved + usual)),
    rate: { perHour: Math.exp(lnRateAtBest), sureness: RATE_SURENESS },
  };
}

const lnSum = (lns: readonly number[]): number => {
  const most = Math.max(...lns);
  return most + Math.log(lns.reduce((sum, ln) => sum + Math.exp(ln - most), 0));
};

/** A run with the window taken in. */
interface Considered {
  readonly run: Run;
  /** With all that the window holds: asked only of runs that count. */
  readonly weighed: () => Weighed;
}

/** How likely `news` was together with what had been seen, if it counts so many times; and all of both, weighed. */
function withNews(
  seen: Evidence,
  news: Evidence,
  times: number,
  before: Before,
): { readonly lnLikelihood: number; readonly weighed: () => Weighed } {
  const counted = weigh(before, seen, news, times);
  const weighed = (): Weighed => (times === 1 ? counted : weigh(before, seen, news));
  return { lnLikelihood: lnLikelihood(counted), weighed };
}

/** Takes a window in that has lasted from `since` to `until`. */
export function believe(
  runs: readonly Run[],
  window: Cells,
  { since, until }: { readonly since: UnixSec; readonly until: UnixSec },
  prior: Optimum,
): Belief {
  // A second at least: of a clock that was set back since, ln would make chances that are no numbers.
  const days = Math.max(1, until - since) / SECONDS_PER_DAY;
  const news = evidenceOf(window);
  const times = Math.min(1, (MOST_FORWARDS_A_DAY * Math.max(1, days)) / Math.max(1, news.forwards));
  const aged = runs.map((run) => {
    const cells = discountCells(run.cells, days, HALF_LIFE_DAYS);
    const seen = evidenceOf(cells);
    const before = beforeOf(run, prior);
    return { run, cells, seen, before, weighed: weigh(before, seen) };
  });
  const top = aged.reduce((best, one) => (one.run.lnWeight > best.run.lnWeight ? one : best));
  const fresh = afterChange(posterior(top.weighed), prior);
  const change = Math.min(0.5, days / DAYS_BETWEEN);
  const all = lnSum(runs.map(({ lnWeight }) => lnWeight));
  const next = aged.map(({ run, cells, seen, before, weighed }): Considered => {
    const taken = withNews(seen, news, times, before);
    const lnWeight = run.lnWeight + Math.log(1 - change) + (taken.lnLikelihood - lnLikelihood(weighed));
    return {
      run: { since: run.since, before: run.before, cells: mergeCells(cells, window), lnWeight },
      weighed: taken.weighed,
    };
  });
  // Before anything was seen nothing can have changed.
  if (top.cells.length > 0) {
    const taken = withNews(NOTHING, news, times, fresh);
    const lnWeight = all + Math.log(change) + (taken.lnLikelihood - lnLikelihood(weigh(fresh, NOTHING)));
    next.push({ run: { since, before: fresh, cells: window, lnWeight }, weighed: taken.weighed });
  }
  if (next.length > MOST_RUNS) {
    const least = next.reduce((low, one) => (one.run.lnWeight < low.run.lnWeight ? one : low));
    next.splice(next.indexOf(least), 1);
  }
  const sum = lnSum(next.map(({ run }) => run.lnWeight));
  let first = 0;
  let second = 0;
  let asked = 0;
  const parts: { readonly weight: number; readonly belief: Posterior }[] = [];
  for (const { run, weighed } of next) {
    const weight = Math.exp(run.lnWeight - sum);
    if (weight < NEGLIGIBLE) continue;
    const belief = posterior(weighed());
    const { lnPpm, sd } = belief.optimum;
    asked += weight;
    first += weight * lnPpm;
    second += weight * (lnPpm * lnPpm + sd * sd);
    parts.push({ weight, belief });
  }
  const mean = first / asked;
  const kept = next.map(({ run }): Run => ({ ...run, lnWeight: run.lnWeight - sum }));
  const likeliest = kept.reduce((best, run) => (run.lnWeight > best.lnWeight ? run : best));
  return {
    runs: kept,
    ratesUpTo(last) {
      const rates = new Array<number>(last + 1).fill(0);
      for (const { weight, belief } of parts) {
        const theirs = belief.ratesUpTo(last);
        for (let cell = 0; cell <= last; cell++)
          rates[cell] = (rates[cell] as number) + (weight / asked) * (theirs[cell] as number);
      }
      return rates;
    },
    optimum: { lnPpm: mean, sd: Math.sqrt(Math.max(0, second / asked - mean * mean)) },
    likeliest,
    chance: Math.exp(likeliest.lnWeight),
  };
}

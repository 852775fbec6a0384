// At which log-rates above zero is the net present value zero? All of them, each proved and none passed over.
//
// With x = ln(1 + rate), the net present value is the exponential sum N(x) = P(x) - M(x), where P = sum of p_i e^(-x t_i)
// are the discounted inflows and M the outflows, t_i >= 0 in years: the rates (-1, inf) become the whole line, and N is
// smooth and cannot overflow for x >= 0.
//
// What is solved is g(x) = ln(P/M). It has the roots of N, does not depend on the scale of the flows, and is nearly
// linear (exactly so for two flows), where N itself falls off like an exponential:
// 1. Its slope is T_M - T_P, the mean times of the outflows and inflows weighted with their present values. Both mean
//    times decrease as x grows (their derivatives are minus variances), hence on [a, b] the slope lies between
//    T_M(b) - T_P(a) and T_M(a) - T_P(b). If these have one sign, g is monotone there, and its signs at a and b say
//    whether it has a root: exactly one or none. If g cannot reach zero with such a slope, there is none. Else bisect.
//    No root is assumed and none missed, however many there are.
// 2. Each root is refined by Newton's method, kept in its bracket by bisection: three or four steps.
import { discountFactors } from './discount.ts';
import { SECONDS_PER_YEAR, type Series } from './series.ts';

export interface Roots {
  /** Ascending, within (0, limit]. */
  readonly roots: readonly number[];
  /** Whether there is a root above the limit as well. */
  readonly beyond: boolean;
}

/** Two roots closer than this in log-rate are not told apart from a touching that is no root. */
const RESOLUTION = 1e-9;
/** Terms that the search for several roots may visit before it settles for what it has: about a second. */
const MOST_TERMS = 5e7;
/** Enough to bisect down to the root nearest zero all the same. */
const FEWEST_PROBES = 50;
/** Newton doubles the correct digits at each step: a step this small leaves an error below a double's own. */
const LAST_STEP = 1e-10;
/** Bisection alone needs about 63 halvings from the widest bracket to neighbouring doubles. */
const MOST_STEPS = 128;
/** The logarithm of two sums of blocks is off by less; a root is where it is clearly above on one side and below on the other. */
const ROUNDING = 1e-14;
/** Terms are summed in blocks, so that the rounding of a million terms stays near that of a thousand. */
const BLOCK = 1024;

/**
 * All x in (0, limit] at which the series' net present value is zero; the series' total must not be zero.
 * `unique` tells that one root above zero is already proved to be the only one, which spares the search.
 */
export function rootsAbove(series: Series, limit: number, unique: boolean): Roots {
  const factors = new Float64Array(series.values.length);
  const probeAt = (x: number): Probe => {
    discountFactors(series, x, factors);
    return weigh(series, factors, x);
  };
  const atZero = probeAt(0);
  if (unique) {
    const root = refine(probeAt, atZero, limit);
    return root < limit * (1 - LAST_STEP) ? { roots: [root], beyond: false } : { roots: [], beyond: true };
  }
  const atLimit = probeAt(limit);
  const probesLeft = Math.max(FEWEST_PROBES, MOST_TERMS / series.values.length);
  const search: Search = { probeAt, probesLeft, last: atZero, brackets: [] };
  isolate(search, atZero, atLimit);
  return {
    roots: search.brackets.map(({ low, high }) => refine(probeAt, low, high)),
    // At the largest rates the first flow outweighs all others.
    beyond: Math.sign(atLimit.value) !== Math.sign(series.values[0] as number),
  };
}

/** What one pass at a log-rate tells. */
interface Probe {
  readonly x: number;
  /** g(x) = ln(inflow / outflow); infinite where the later of the two sides has become too small for a double. */
  readonly value: number;
  readonly inflow: number;
  readonly outflow: number;
  /** Mean times in years, weighted with present values; 0, their lower bound, where nothing is left to weigh. */
  readonly inflowTime: number;
  readonly outflowTime: number;
}

function weigh({ seconds, values }: Series, factors: Float64Array, x: number): Probe {
  let inflow = 0;
  let outflow = 0;
  let inflowMoment = 0;
  let outflowMoment = 0;
  for (let begin = 0; begin < values.length; begin += BLOCK) {
    const end = Math.min(begin + BLOCK, values.length);
    let plus = 0;
    let minus = 0;
    let plusMoment = 0;
    let minusMoment = 0;
    for (let i = begin; i < end; i++) {
      const value = (values[i] as number) * (factors[i] as number);
      if (value > 0) {
        plus += value;
        plusMoment += value * (seconds[i] as number);
      } else {
        minus -= value;
        minusMoment -= value * (seconds[i] as number);
      }
    }
    inflow += plus;
    outflow += minus;
    inflowMoment += plusMoment;
    outflowMoment += minusMoment;
  }
  return {
    x,
    value: Math.log(inflow / outflow),
    inflow,
    outflow,
    inflowTime: inflow > 0 ? inflowMoment / inflow / SECONDS_PER_YEAR : 0,
    outflowTime: outflow > 0 ? outflowMoment / outflow / SECONDS_PER_YEAR : 0,
  };
}

interface Search {
  readonly probeAt: (x: number) => Probe;
  probesLeft: number;
  /** The last probe whose sign is no rounding. */
  last: Probe;
  /** Each holds one root, or an odd number that lies too close to be told apart. */
  readonly brackets: { readonly low: Probe; readonly high: number }[];
}

/** Nearest zero first, so that a search cut short has the root that is wanted. */
function isolate(search: Search, low: Probe, high: Probe): void {
  const monotone = slopeFloor(low, high) >= 0 || slopeCeiling(low, high) <= 0;
  if (monotone || high.x - low.x <= RESOLUTION || search.probesLeft <= 0 || rootless(low, high)) {
    step(search, high);
    return;
  }
  search.probesLeft--;
  const middle = search.probeAt((low.x + high.x) / 2);
  isolate(search, low, middle);
  isolate(search, middle, high);
}

/** Between two probes with clear and different signs is a root, whatever the rounding close to it. */
function step(search: Search, to: Probe): void {
  if (Math.abs(to.value) <= ROUNDING) return;
  if (search.last.value * to.value < 0) search.brackets.push({ low: search.last, high: to.x });
  search.last = to;
}

const slopeFloor = (low: Probe, high: Probe): number => high.outflowTime - low.inflowTime;
const slopeCeiling = (low: Probe, high: Probe): number => low.outflowTime - high.inflowTime;

/** Whether it is proved that there is no root between: both sides decrease, and the slope of g has bounds. */
function rootless(low: Probe, high: Probe): boolean {
  const width = high.x - low.x;
  return (
    high.inflow > low.outflow ||
    high.outflow > low.inflow ||
    (low.value > 0 && low.value + width * slopeFloor(low, high) > 0) ||
    (low.value < 0 && low.value + width * slopeCeiling(low, high) < 0)
  );
}

/** The root between `bracket` and `end`, where g has the other sign; `end` itself where it has not. */
function refine(probeAt: (x: number) => Probe, bracket: Probe, end: number): number {
  let low = bracket.x;
  let high = end;
  let at = bracket;
  let lastStep = high - low;
  for (let i = 0; i < MOST_STEPS; i++) {
    if (Math.sign(at.value) === Math.sign(bracket.value)) low = at.x;
    else high = at.x;
    const newton = at.x - at.value / (at.outflowTime - at.inflowTime);
    const step = Math.abs(newton - at.x);
    if (step <= LAST_STEP * Math.max(1, at.x)) return Math.min(Math.max(newton, low), high);
    // Bisects also where the slope is 0 or the value infinite, so that Newton's step is no number.
    const next = newton >= low && newton <= high && step <= lastStep / 2 ? newton : (low + high) / 2;
    lastStep = Math.abs(next - at.x);
    at = probeAt(next);
  }
  return at.x;
}

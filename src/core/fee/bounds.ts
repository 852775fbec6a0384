// Between which fees may we move? One order of precedence:
//
//   1. economic floor   what opening, closing and bought liquidity cost, times the class multiplier
//   2. min, max         the operator's options; max beats the economic floor
//   3. policy           the operator's word for this peer; its bounds beat 1 and 2, and a static fee beats all
//
// Each later rule is applied to the result of the ones before and the clamp to it is the last arithmetic there is.
// Example: the search wants 40 ppm. Liquidity bought lately for 300 ppm gives a floor of 330; max-fee-ppm is 5000: 330.
// With a policy max_ppm of 200 it is 200: the operator may sell at a loss. With a static policy of 0 it is 0.
import { FEE_MULTIPLIERS } from '../profit/classify.ts';
import type { FeeBoundRule } from '../reasons.ts';
import { msatToFloat, ppm, type Ppm } from '../units.ts';
import type { FeeConfig, UnitEconomics, UnitPolicy } from './types.ts';

/** Days over which opening and closing are to be earned back: channels of mid-sized nodes live about a year. */
const LIFE_DAYS = 365;
/**
 * Share of the capacity that a channel in use moves a day: what it is expected to earn its cost back on. 0.05 kept small
 * channels above fees at which they would have been used, so that the floor never fell (suits-feeadjuster).
 */
const DAILY_TURNOVER = 0.25;
/** Bought liquidity is to be sold at this above what it cost. */
const LOT_MARGIN = 0.1;
/** The price once paid is sunk: in so many days half of the lot floor is given up, so that it cannot pin a fee for good. */
const LOT_HALF_LIFE_DAYS = 15;

/** 100 x 1.1 is a little more than 110 in floating point, and no ppm more is meant. */
const ROUNDING = 1e-6;

export interface Bounds {
  readonly lower: Ppm;
  readonly upper: Ppm;
  /** What the lower bound is made of, for the explanation. */
  readonly chainFloor: number;
  readonly lotFloor: number;
  readonly multiplier: number;
  readonly lowerRule: FeeBoundRule;
  readonly upperRule: FeeBoundRule;
}

/** Multiplier of a class; 1 where the class is not known. */
export const multiplierOf = (economics: UnitEconomics | null): number =>
  economics === null ? 1 : FEE_MULTIPLIERS[economics.profitClass];

/**
 * @param capacitySats of all public channels to the peer, > 0
 * @param dailySats measured outflow; only ever lowers the floor, so that silence cannot raise it
 */
export function boundsFor(
  config: FeeConfig,
  policy: UnitPolicy,
  economics: UnitEconomics | null,
  capacitySats: number,
  dailySats: number,
): Bounds {
  const volumeSats = LIFE_DAYS * Math.max(dailySats, config.targetFlowSats, DAILY_TURNOVER * capacitySats);
  const multiplier = multiplierOf(economics);
  const chainFloor =
    economics === null || volumeSats <= 0 ? 0 : (msatToFloat(economics.chainCostMsat) / 1000 / volumeSats) * 1e6;
  const lots = economics?.lots ?? null;
  const lotFloor =
    lots === null || lots.remainingMsat <= 0n
      ? 0
      : lots.costPpm * (1 + LOT_MARGIN) * 0.5 ** (lots.ageDays / LOT_HALF_LIFE_DAYS);
  const economicFloor = Math.max(chainFloor, lotFloor) * multiplier;

  let lower = Math.max(1, Math.ceil(economicFloor - ROUNDING));
  let lowerRule: FeeBoundRule = 'economic-floor';
  let upper = config.maxPpm;
  let upperRule: FeeBoundRule = 'min-max';
  if (config.minPpm >= lower) [lower, lowerRule] = [Math.max(1, config.minPpm), 'min-max'];
  if (lower > upper) [lower, lowerRule] = [upper, 'min-max'];
  if (policy.minPpm !== null) [lower, lowerRule] = [policy.minPpm, 'policy'];
  if (policy.maxPpm !== null) [upper, upperRule] = [policy.maxPpm, 'policy'];
  // A policy that names one side moves the other out of its way.
  if (lower > upper && upperRule === 'policy') [lower, lowerRule] = [upper, 'policy'];
  else if (lower > upper) [upper, upperRule] = [lower, 'policy'];
  return { lower: ppm(lower), upper: ppm(upper), chainFloor, lotFloor, multiplier, lowerRule, upperRule };
}

/** The last arithmetic there is: a whole ppm within the bounds. */
export const clampFee = (feePpm: number, bounds: Bounds): Ppm =>
  ppm(Math.max(bounds.lower, Math.min(bounds.upper, Math.round(feePpm))));

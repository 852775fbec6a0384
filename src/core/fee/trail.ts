// How is the arithmetic of one peer's fee told? Each step with its numbers, in the words of FEE_STEPS.
import type { Ppm } from '../units.ts';
import type { UnitPrices } from './bid-price.ts';
import type { Bounds } from './bounds.ts';
import { totals } from './cells.ts';
import { leftOf, type Evidence, type LearnStep } from './learning.ts';
import { feeFor } from './markup.ts';
import { dailySatsOf } from './observe.ts';
import type { Prepared } from './prepare.ts';
import type { TrailStep } from './types.ts';

/** Takes the next step down. */
export type Tell = (step: TrailStep['step'], values: TrailStep['values']) => void;

/** What is known of the peer, and what liquidity is worth here and where its forwards come in. */
export function tellInputs(tell: Tell, prepared: Prepared, prices: UnitPrices): void {
  const { unit, channels, share, capacitySats, live, state } = prepared;
  const { observation, hold, policy } = unit;
  tell('inputs', {
    live_ppm: live.ppm,
    last_ppm: live.lastPpm,
    channels: channels.length,
    capacity_sats: capacitySats,
    local_share: share,
    forwards: observation?.forwards ?? null,
    exposure_hours: observation?.exposureHours ?? null,
    unmet: observation?.unmet ?? null,
    strategy: policy.strategy,
    held_until: hold?.until ?? null,
    held_by: hold?.by ?? null,
    profit_class: unit.economics?.profitClass ?? null,
    rivals_p50_ppm: unit.rivals?.p50 ?? null,
  });
  for (const { channelId, fromPpm, toPpm } of live.foreign)
    tell('external-change', { channel: channelId, from_ppm: fromPpm, to_ppm: toPpm });
  const { forwards, hours } = totals(state.memory);
  tell('demand', {
    forwards,
    hours,
    daily_sats: dailySatsOf(state),
    half_life_days: state.halfLifeDays,
    prior_ppm: Math.exp(prices.prior.lnPpm),
    prior_sd: prices.prior.sd,
    usual_forwards_day: prices.prior.lnRate === null ? null : 24 * Math.exp(prices.prior.lnRate),
  });
  tell('own-bid', { ...prices.own });
  tell('source-bid', { price: prices.source, difference: prices.own.price - prices.source });
}

interface Target {
  readonly bidDifference: number;
  readonly multiplier: number;
  readonly target: number;
}

/** Where the search stands, and the fee that follows from it. */
export function tellSearch(
  tell: Tell,
  { unit, state: { learner } }: Prepared,
  { evidence, compared, lnMarkup }: LearnStep,
  { bidDifference, multiplier, target }: Target,
): void {
  const markup = feeFor(lnMarkup, bidDifference) - bidDifference;
  tell('markup', {
    algorithm: learner.kind,
    at_rest_ppm: Math.exp(lnMarkup),
    markup_ppm: markup,
    direction: learner.direction,
    step: learner.kind === 'hill-climb' ? learner.step : null,
  });
  tell('window', {
    since: learner.window.since,
    forwards: evidence.forwards,
    hours: evidence.hours,
    unmet: learner.window.unmet,
    because: evidence.because,
    likelihood_ratio: evidence.likelihoodRatio ?? null,
    suspect_up: evidence.suspicion?.up ?? null,
    suspect_down: evidence.suspicion?.down ?? null,
  });
  if (compared !== null) tell('compare', compared);
  const multiplied = multiplier * markup;
  tell('multiplier', {
    profit_class: unit.economics?.profitClass ?? null,
    multiplier,
    markup_ppm: markup,
    multiplied_ppm: multiplied,
  });
  tell('target', { bid_difference: bidDifference, markup_ppm: multiplied, target_ppm: target });
}

export function tellBounds(tell: Tell, bounds: Bounds, target: number, wanted: Ppm): void {
  tell('floor', {
    chain_ppm: bounds.chainFloor,
    lots_ppm: bounds.lotFloor,
    multiplier: bounds.multiplier,
  });
  tell('clamp', {
    target_ppm: target,
    lower_ppm: bounds.lower,
    lower_rule: bounds.lowerRule,
    upper_ppm: bounds.upper,
    upper_rule: bounds.upperRule,
    wanted_ppm: wanted,
  });
}

/** What is missing for the next step of the search, and the targets from which bid prices alone would be published. */
export function wouldChange(evidence: Evidence, ppm: number, band: number): TrailStep['values'] {
  const { forwards, hours, needs, closed } = evidence;
  const left = leftOf(evidence);
  return {
    forwards_missing: closed ? 0 : Math.max(0, needs.forwards - forwards),
    hours_missing: closed ? 0 : Math.max(0, needs.hours - hours),
    least_hours_missing: closed ? 0 : left.hours,
    clock_hours_missing: closed ? 0 : left.clock,
    target_at_most_ppm: (ppm + 1) * Math.exp(-band) - 1,
    target_at_least_ppm: (ppm + 1) * Math.exp(band) - 1,
  };
}

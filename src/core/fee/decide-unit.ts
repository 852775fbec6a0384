// Which fee does one peer get, why, and by which arithmetic?
import type { FeeReason } from '../reasons.ts';
import { SECONDS_PER_DAY, type Ppm, type UnixSec } from '../units.ts';
import { totals } from './cells.ts';
import { boundsFor, clampFee, multiplierOf, type Bounds } from './bounds.ts';
import { stepLearner } from './learner.ts';
import { leftOf, type Evidence, type LearnContext, type LearnStep } from './learning.ts';
import { leadAgainst } from './lead.ts';
import { feeFor, lnMarkupFor } from './markup.ts';
import { commit, dailySatsOf, DRAIN_SHARE, lostShare } from './observe.ts';
import { changesToday, deadband, refusal, withinStride } from './pacing.ts';
import { isHeld, livePpmOf, rebase, type Prepared } from './prepare.ts';
import { withChanges } from './state.ts';
import type { BidPrice, FeeConfig, FeeDecision, LearnerMove, Prior, TrailStep, UnitState } from './types.ts';

export interface UnitPrices {
  readonly prior: Prior;
  readonly own: BidPrice;
  /** Mean bid price of where its forwards come in. */
  readonly source: number;
}

export interface UnitOutcome {
  readonly decision: FeeDecision;
  readonly state: UnitState;
}

/** A held learner's window goes to memory this often, so that it does not grow old. */
const HELD_WINDOW_SECONDS = SECONDS_PER_DAY;
/** A position within so much (in ln) of where the live fee puts it is left alone. */
const SAME_POSITION = 0.02;

/** Takes the next step of the arithmetic down; null where nobody wants to know. */
type Tell = ((step: TrailStep['step'], values: TrailStep['values']) => void) | null;

/** Who says that the fee is not for the search to move; null when nobody does. */
function heldBy({ unit, channels, state }: Prepared, now: UnixSec): FeeReason | null {
  const { policy } = unit;
  if (isHeld(unit, now)) return 'held-by-hand';
  if (policy.strategy === 'passive') return 'passive';
  if (policy.strategy === 'static') return 'static';
  if (channels.some(({ feePpm }) => feePpm === 0) && !((policy.minPpm ?? 0) > 0)) return 'zero-by-choice';
  if (state.externalUntil > now) return 'external-change';
  if (unit.observation === null) return 'no-observation';
  return channels.some(({ connected }) => connected) ? null : 'disconnected';
}

/**
 * While the fee is not ours to move, the position follows it, so that the search will start from there.
 * @param multiplier of the class, which comes upon the position: what somebody has set is not to be multiplied
 */
function follow({ state, live }: Prepared, bidDifference: number, multiplier: number, now: UnixSec): UnitState {
  const ppm = live.ppm ?? live.lastPpm;
  // Fees that differ and that nobody has set, as of a channel just opened, say nothing of a price.
  if (ppm === null) return state;
  const lnMarkup = lnMarkupFor(ppm, bidDifference) - Math.log(multiplier);
  const moved = Math.abs(lnMarkup - state.learner.lnMarkup) > SAME_POSITION;
  return moved || now - state.learner.window.since >= HELD_WINDOW_SECONDS ? rebase(state, lnMarkup, now) : state;
}

function describe(prepared: Prepared, prices: UnitPrices, tell: NonNullable<Tell>): void {
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
function describeSearch(
  { unit, state: { learner } }: Prepared,
  { evidence, compared }: LearnStep,
  lnMarkup: number,
  { bidDifference, multiplier, target }: Target,
  tell: NonNullable<Tell>,
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

function describeBounds(bounds: Bounds, target: number, wanted: Ppm, tell: NonNullable<Tell>): void {
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
function wouldChange(evidence: Evidence, ppm: number, band: number): TrailStep['values'] {
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

/** Decides one peer; `prices` are of the same cycle. With `untold` the trail stays empty. */
export function decideUnit(
  given: Prepared,
  prices: UnitPrices,
  config: FeeConfig,
  now: UnixSec,
  untold: boolean,
): UnitOutcome {
  const bidDifference = prices.own.price - prices.source;
  const { unit, channels, live, share } = given;
  const multiplier = multiplierOf(unit.economics);
  // An order by hand without a hold: the search goes on from that fee.
  const ordered = live.superseded && live.foreign.length === 0;
  const prepared = ordered ? { ...given, state: follow(given, bidDifference, multiplier, now) } : given;
  const { state } = prepared;
  const trail: TrailStep[] = [];
  const tell: Tell = untold ? null : (step, values) => trail.push({ step, values });
  if (tell !== null) describe(prepared, prices, tell);
  const base = { peerId: unit.peerId, foreign: live.foreign, trail };
  const dailySats = dailySatsOf(state);
  const bounds = boundsFor(config, unit.policy, unit.economics, prepared.capacitySats, dailySats);
  const draining = lostShare(state.levels, share) >= DRAIN_SHARE;
  const recent = unit.recentChanges;

  const holder = heldBy(prepared, now);
  if (holder !== null && holder !== 'static') {
    const held =
      holder === 'no-observation' || holder === 'disconnected'
        ? state
        : follow(prepared, bidDifference, multiplier, now);
    tell?.('would-change', { until: holder === 'external-change' ? state.externalUntil : null });
    return { decision: { ...base, kind: 'hold', reason: holder, wantedPpm: null }, state: held };
  }

  const livePpm = livePpmOf(prepared);
  const publish = (wanted: Ppm, reason: FeeReason, must: boolean, move: LearnerMove | null): UnitOutcome => {
    // A drain is a reason to raise, and to raise only.
    const hurried = draining && wanted > livePpm;
    const refused = refusal(channels, wanted, { now, recent, draining: hurried, must, searching: move !== null });
    tell?.('pacing', {
      draining: hurried,
      must,
      refused,
      changes_24h: changesToday(recent, now),
      deadband: deadband(recent, now, move !== null),
    });
    if (refused !== null) {
      // Nothing needs publishing, so the learner is where it wants to be; a paced one waits with its window closed.
      const settled = move !== null && (refused === 'no-change' || refused === 'deadband');
      const next = settled ? commit(state, move, now) : state;
      const { peerId, foreign } = base;
      const decision: FeeDecision = { peerId, foreign, trail, kind: 'hold', reason: refused, wantedPpm: wanted };
      return { decision, state: next.proposal === null ? next : withChanges(next, { proposal: null }) };
    }
    const changes = channels
      .filter(({ feePpm }) => feePpm !== wanted)
      .map(({ channelId, feePpm }) => ({ channelId, fromPpm: feePpm }));
    return {
      decision: { ...base, kind: 'set', reason, ppm: wanted, changes },
      state: withChanges(state, { proposal: { ppm: wanted, move } }),
    };
  };

  if (holder === 'static' && unit.policy.staticPpm !== null) {
    const followed = { ...prepared, state: follow(prepared, bidDifference, multiplier, now) };
    const outcome = publish(unit.policy.staticPpm, 'static', true, null);
    return { ...outcome, state: { ...followed.state, proposal: outcome.state.proposal } };
  }

  const led = leadAgainst(unit, { bidDifference, bounds, livePpm, now });
  if (led !== null) {
    tell?.('lead', led.values);
    if (led.holds === null) return publish(led.ppm, 'lead', true, null);
    // Near enough is not enough where the channels differ: they are priced as one.
    if (live.ppm === null && led.ppm !== null) return publish(led.ppm, 'lead', true, null);
    const { peerId, foreign } = base;
    const decision: FeeDecision = { peerId, foreign, trail, kind: 'hold', reason: led.holds, wantedPpm: led.ppm };
    // What leading asks is nobody's order: the class counts from there on.
    return { decision, state: follow(prepared, bidDifference, 1, now) };
  }

  const context: LearnContext = {
    now,
    window: config.window,
    targetFlowSats: config.targetFlowSats,
    dailySats,
    bidDifference,
    prior: prices.prior,
    memory: state.memory,
    halfLifeDays: state.halfLifeDays,
    lnMin: Math.log(Math.max(1, bounds.lower)),
    lnMax: Math.log(Math.max(1, bounds.upper)),
  };
  const step = stepLearner(state.learner, context);
  const { lnMarkup } = step;
  const target = feeFor(lnMarkup + Math.log(bounds.multiplier), bidDifference);
  const next = draining && target > livePpm ? target : withinStride(target, livePpm);
  const wanted = clampFee(next, bounds);
  if (tell !== null) {
    describeSearch(prepared, step, lnMarkup, { bidDifference, multiplier: bounds.multiplier, target }, tell);
    if (next !== target) tell('stride', { target_ppm: target, live_ppm: livePpm, next_ppm: next });
    describeBounds(bounds, next, wanted, tell);
  }

  const outside = channels.some(({ feePpm }) => feePpm < bounds.lower || feePpm > bounds.upper);
  const reason: FeeReason = outside
    ? 'bounds'
    : live.ppm === null
      ? 'align'
      : (step.reason ?? (draining && wanted > livePpm ? 'drain' : 'bid-price'));
  const outcome = publish(wanted, reason, outside || live.ppm === null, step.move);
  const told = outcome.decision.kind === 'set' ? wanted : livePpm;
  tell?.('would-change', wouldChange(step.evidence, told, deadband(recent, now, false)));
  return outcome;
}

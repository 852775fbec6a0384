// Which fee does one peer get, and why?
import type { FeeReason } from '../reasons.ts';
import { SECONDS_PER_DAY, type Ppm, type UnixSec } from '../units.ts';
import type { UnitPrices } from './bid-price.ts';
import { boundsFor, clampFee, multiplierOf, type Bounds } from './bounds.ts';
import { stepLearner } from './learner.ts';
import type { LearnContext } from './learning.ts';
import { leadAgainst } from './lead.ts';
import { feeFor, lnMarkupFor } from './markup.ts';
import { commit, dailySatsOf, DRAIN_SHARE, lostShare } from './observe.ts';
import { changesToday, deadband, refusal, withinStride } from './pacing.ts';
import { isHeld, livePpmOf, rebase, type Prepared } from './prepare.ts';
import { withChanges } from './state.ts';
import { tellBounds, tellInputs, tellSearch, wouldChange, type Tell } from './trail.ts';
import type { FeeConfig, FeeDecision, LearnerMove, Prior, TrailStep, UnitState } from './types.ts';

export interface UnitOutcome {
  readonly decision: FeeDecision;
  readonly state: UnitState;
}

/** A held learner's window goes to memory this often, so that it does not grow old. */
const HELD_WINDOW_SECONDS = SECONDS_PER_DAY;
/** A position within so much (in ln) of where the live fee puts it is left alone. */
const SAME_POSITION = 0.02;

/** Who says that the fee is not for the search to move; null when nobody does. */
function heldBy({ unit, channels, state }: Prepared, now: UnixSec): FeeReason | null {
  const { policy } = unit;
  if (isHeld(unit, now)) return 'held-by-hand';
  if (policy.strategy === 'passive') return 'passive';
  if (policy.strategy === 'static') return 'static';
  const free = channels.some(({ feePpm }) => feePpm === 0);
  if (free && !state.ownZero && !((policy.minPpm ?? 0) > 0)) return 'zero-by-choice';
  if (state.externalUntil > now) return 'external-change';
  if (unit.observation === null) return 'no-observation';
  return channels.some(({ connected }) => connected) ? null : 'disconnected';
}

/**
 * While the fee is not ours to move, the position follows it, so that the search will start from there.
 * @param multiplier of the class, which comes upon the position: what somebody has set is not to be multiplied
 */
function follow(
  { unit, state, live }: Prepared,
  bidDifference: number,
  now: UnixSec,
  multiplier = multiplierOf(unit.economics),
): UnitState {
  const ppm = live.ppm ?? live.lastPpm;
  // Fees that differ and that nobody has set, as of a channel just opened, say nothing of a price.
  if (ppm === null) return state;
  // Nor does none at all, but what is seen meanwhile is not to grow old.
  const lnMarkup = ppm === 0 ? state.learner.lnMarkup : lnMarkupFor(ppm, bidDifference) - Math.log(multiplier);
  const moved = Math.abs(lnMarkup - state.learner.lnMarkup) > SAME_POSITION;
  return moved || now - state.learner.window.since >= HELD_WINDOW_SECONDS ? rebase(state, lnMarkup, now) : state;
}

/** One peer's decision while it is made. */
interface Deciding {
  readonly prepared: Prepared;
  /** Bid price here minus that of where its forwards come in, ppm. */
  readonly bidDifference: number;
  readonly livePpm: number;
  /** So much has left within hours that a raise cannot wait (DRAIN_SHARE). */
  readonly draining: boolean;
  readonly now: UnixSec;
  readonly trail: readonly TrailStep[];
  /** Null where nobody wants to know. */
  readonly tell: Tell | null;
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
  const { unit, live } = given;
  // An order by hand without a hold: the search goes on from that fee.
  const ordered = live.superseded && live.foreign.length === 0;
  const prepared = ordered ? { ...given, state: follow(given, bidDifference, now) } : given;
  const trail: TrailStep[] = [];
  const tell: Tell | null = untold ? null : (step, values) => trail.push({ step, values });
  if (tell !== null) tellInputs(tell, prepared, prices);
  const draining = lostShare(prepared.state, prepared.share, prepared.capacitySats) >= DRAIN_SHARE;
  const deciding = { prepared, bidDifference, livePpm: livePpmOf(prepared), draining, now, trail, tell };

  const holder = heldBy(prepared, now);
  if (holder !== null && holder !== 'static') return leave(deciding, holder);
  if (holder === 'static' && unit.policy.staticPpm !== null) return keepStatic(deciding, unit.policy.staticPpm);
  const dailySats = dailySatsOf(prepared.state);
  const bounds = boundsFor(config, unit.policy, unit.economics, prepared.capacitySats, dailySats);
  return lead(deciding, bounds) ?? search(deciding, bounds, prices.prior, config);
}

const hold = ({ prepared, trail }: Deciding, reason: FeeReason, wantedPpm: Ppm | null): FeeDecision => ({
  peerId: prepared.unit.peerId,
  foreign: prepared.live.foreign,
  trail,
  kind: 'hold',
  reason,
  wantedPpm,
});

/** The fee is somebody else's; the search follows it wherever it can be seen. */
function leave(deciding: Deciding, holder: FeeReason): UnitOutcome {
  const { prepared, bidDifference, now, tell } = deciding;
  const { state } = prepared;
  const unseen = holder === 'no-observation' || holder === 'disconnected';
  tell?.('would-change', { until: holder === 'external-change' ? state.externalUntil : null });
  return {
    decision: hold(deciding, holder, null),
    state: unseen ? state : follow(prepared, bidDifference, now),
  };
}

function keepStatic(deciding: Deciding, staticPpm: Ppm): UnitOutcome {
  const { prepared, bidDifference, now } = deciding;
  const outcome = publish(deciding, staticPpm, 'static', { must: true, move: null });
  return {
    ...outcome,
    state: { ...follow(prepared, bidDifference, now), proposal: outcome.state.proposal },
  };
}

/** Null where no rival follows our fee. */
function lead(deciding: Deciding, bounds: Bounds): UnitOutcome | null {
  const { prepared, bidDifference, livePpm, now, tell } = deciding;
  const led = leadAgainst(prepared.unit, { bidDifference, bounds, livePpm, now });
  if (led === null) return null;
  tell?.('lead', led.values);
  if (led.holds === null) return publish(deciding, led.ppm, 'lead', { must: true, move: null });
  // Near enough is not enough where the channels differ: they are priced as one.
  if (prepared.live.ppm === null && led.ppm !== null)
    return publish(deciding, led.ppm, 'lead', { must: true, move: null });
  // What leading asks is nobody's order: the class counts from there on.
  return { decision: hold(deciding, led.holds, led.ppm), state: follow(prepared, bidDifference, now, 1) };
}

/** The learner's next step, within one stride of the live fee and within the bounds. */
function search(deciding: Deciding, bounds: Bounds, prior: Prior, config: FeeConfig): UnitOutcome {
  const { prepared, bidDifference, livePpm, draining, now, tell } = deciding;
  const { unit, channels, live, state } = prepared;
  const context: LearnContext = {
    now,
    window: config.window,
    targetFlowSats: config.targetFlowSats,
    dailySats: dailySatsOf(state),
    bidDifference,
    prior,
    memory: state.memory,
    halfLifeDays: state.halfLifeDays,
    lnMin: Math.log(Math.max(1, bounds.lower)),
    lnMax: Math.log(Math.max(1, bounds.upper)),
  };
  const step = stepLearner(state.learner, context);
  const { multiplier } = bounds;
  const target = feeFor(step.lnMarkup + Math.log(multiplier), bidDifference);
  const next = draining && target > livePpm ? target : withinStride(target, livePpm);
  const wanted = clampFee(next, bounds);
  if (tell !== null) {
    tellSearch(tell, prepared, step, { bidDifference, multiplier, target });
    if (next !== target) tell('stride', { target_ppm: target, live_ppm: livePpm, next_ppm: next });
    tellBounds(tell, bounds, next, wanted);
  }

  const outside = channels.some(({ feePpm }) => feePpm < bounds.lower || feePpm > bounds.upper);
  const reason: FeeReason = outside
    ? 'bounds'
    : live.ppm === null
      ? 'align'
      : (step.reason ?? (draining && wanted > livePpm ? 'drain' : 'bid-price'));
  const outcome = publish(deciding, wanted, reason, { must: outside || live.ppm === null, move: step.move });
  const published = outcome.decision.kind === 'set' ? wanted : livePpm;
  tell?.('would-change', wouldChange(step.evidence, published, deadband(unit.recentChanges, now, false)));
  return outcome;
}

/**
 * Sets the wanted fee where that is worth a message to the network now.
 * @param must the present fee may not stay, however small the change
 * @param move where the learner goes by it; null where it stays
 */
function publish(
  deciding: Deciding,
  wanted: Ppm,
  reason: FeeReason,
  { must, move }: { readonly must: boolean; readonly move: LearnerMove | null },
): UnitOutcome {
  const { prepared, livePpm, draining, now, trail, tell } = deciding;
  const { unit, channels, live, state } = prepared;
  const recent = unit.recentChanges;
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
    return {
      decision: hold(deciding, refused, wanted),
      state: next.proposal === null ? next : withChanges(next, { proposal: null }),
    };
  }
  const changes = channels
    .filter(({ feePpm }) => feePpm !== wanted)
    .map(({ channelId, feePpm }) => ({ channelId, fromPpm: feePpm }));
  return {
    decision: { peerId: unit.peerId, foreign: live.foreign, trail, kind: 'set', reason, ppm: wanted, changes },
    state: withChanges(state, { proposal: { ppm: wanted, move } }),
  };
}

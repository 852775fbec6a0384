// What do we know of all peers together, and what will a sat be worth at each in the long run?
import { demandIn, planPrices, type PlannedPeer } from './fluid-plan.ts';
import { RATE_SD } from './demand-curve.ts';
import { SECONDS_PER_DAY } from '../units.ts';
import type { Places } from './places.ts';
import type { Prepared } from './prepare.ts';
import type { Cells, UnitState } from './types.ts';

/**
 * Scales a day by which the price of a channel rises that only gives: followed within some days. Eight times as quick was
 * as good in the market model, but would act upon the first hours of a new peer.
 */
const SCALES_PER_DAY = 1;
/** Steps must stay so short to find their way after a long pause. */
const LONGEST_STEP = 0.3;
/** Weight, in forwards, of what is usual at this node for a channel of that size, against the peer's own counts. */
const USUAL_FORWARDS = 3;

/** Forwards and hours of demand towards each as at its scale, ppm of a typical fee. */
export const seenAtScales = (prepared: readonly Prepared[], scales: readonly number[]): readonly Seen[] =>
  prepared.map(({ state }, i) => seenOf(state, Math.log(scales[i] ?? 1)));

/**
 * @param scales ppm of a typical fee towards each
 * @param seen at these scales
 * @param places their positions
 * @returns in multiples of the scales
 */
export function longRunPrices(
  prepared: readonly Prepared[],
  scales: readonly number[],
  seen: readonly Seen[],
  places: Pick<Places, 'of'>,
): ArrayLike<number> {
  const scaleOf = (i: number): number => scales[i] ?? 1;
  const usual = usualOf(prepared, seen);
  // Nothing has been forwarded yet.
  if (usual === null) return prepared.map(({ state }) => state.slowPrice);
  const peers = prepared.map(({ unit, state, capacitySats }, i): PlannedPeer => {
    const { forwards, hours } = seen[i] as Seen;
    const rate = (forwards + USUAL_FORWARDS) / (hours + USUAL_FORWARDS / (usual.ratePerSat * capacitySats));
    const mean = (state.flow.sats + USUAL_FORWARDS * usual.sats) / (state.flow.forwards + USUAL_FORWARDS);
    return {
      capacitySats,
      sources: places.of(state.sources),
      scale: scaleOf(i),
      volume: 24 * rate * mean,
      refillPpm: unit.refillPpm,
    };
  });
  const start = prepared.map(({ state }, i) => state.slowPrice * scaleOf(i));
  const step = Math.min(LONGEST_STEP, SCALES_PER_DAY * daysOf(prepared));
  const prices = planPrices(peers, start, step);
  for (let i = 0; i < prices.length; i++) prices[i] = (prices[i] as number) / scaleOf(i);
  return prices;
}

/** Memories stay the same until a window closes, and what they say of a scale with them. */
const remembered = new WeakMap<Cells, { readonly lnScale: number; readonly seen: Seen }>();

function seenOf({ memory, learner }: UnitState, lnScale: number): Seen {
  let known = remembered.get(memory);
  if (known?.lnScale !== lnScale) {
    known = { lnScale, seen: demandIn(memory, lnScale) };
    remembered.set(memory, known);
  }
  const { forwards, hours } = demandIn(learner.window.cells, lnScale);
  return { forwards: known.seen.forwards + forwards, hours: known.seen.hours + hours };
}

/** Forwards of the other peers below which nothing is called usual. */
const LEAST_FORWARDS = 10;
/** Told in steps of this (in ln): what is fitted with it is kept until it has changed by so much. */
const RATE_STEP = 0.1;

/**
 * ln of the forwards an hour that are usual at the scale of its fees for a peer of this node, by peer, its own counts left
 * out; null where too few have been counted.
 */
export function usualLnRates(seen: readonly Seen[]): readonly (number | null)[] {
  const all = { forwards: 0, hours: 0 };
  for (const { forwards, hours } of seen) {
    all.forwards += forwards;
    all.hours += hours;
  }
  return seen.map((own) => {
    const forwards = all.forwards - own.forwards;
    const hours = all.hours - own.hours;
    if (forwards < LEAST_FORWARDS || hours <= 0) return null;
    // The mean of a lognormal spread lies so far above its middle.
    const lnMedian = Math.log(forwards / hours) - RATE_SD ** 2 / 2;
    return RATE_STEP * Math.round(lnMedian / RATE_STEP);
  });
}

/** Since the cycle before; 0 at the first. */
function daysOf(prepared: readonly Prepared[]): number {
  let longest = 0;
  for (const { unit } of prepared)
    if (unit.observation !== null) longest = Math.max(longest, unit.observation.until - unit.observation.from);
  return longest / SECONDS_PER_DAY;
}

type Seen = ReturnType<typeof demandIn>;

/** Forwards an hour at the scale, by sat of capacity, and the mean amount; null where nothing has been counted. */
function usualOf(
  prepared: readonly Prepared[],
  seen: readonly Seen[],
): { readonly ratePerSat: number; readonly sats: number } | null {
  let forwards = 0;
  let capacityHours = 0;
  let sats = 0;
  let counted = 0;
  for (let i = 0; i < prepared.length; i++) {
    const { state, capacitySats } = prepared[i] as Prepared;
    const { forwards: n, hours } = seen[i] as Seen;
    forwards += n;
    capacityHours += hours * capacitySats;
    sats += state.flow.sats;
    counted += state.flow.forwards;
  }
  return forwards > 0 && counted > 0 && capacityHours > 0
    ? { ratePerSat: forwards / capacityHours, sats: sats / counted }
    : null;
}

// How does one step of a rebalance's arithmetic read, with its numbers in it?
import { figure, percent, plural, ppm, sats } from '../in-words.ts';
import type { AmountBound } from './amount.ts';
import { missing } from './explain-shortfall.ts';
import type { InboundCost } from './inbound.ts';
import type { RebalanceTrailStep, Shortfall } from './plan-types.ts';
import type { RebalanceStep } from './reasons.ts';

type Values = RebalanceTrailStep['values'];
type Value = Values[string] | undefined;

const FLOWS: Readonly<Record<string, string>> = {
  source: 'it drains',
  balanced: 'it is balanced',
  sink: 'it fills by itself',
};

const BOUNDS: Readonly<Record<AmountBound, string>> = {
  chunk: 'a tenth of the smaller channel, or up to a fifth of a small one',
  room: 'all that the destination misses of its target',
  spare: 'all that the source has beyond its target',
  spendable: 'all that the source can send now',
  receivable: 'all that the destination can receive now',
  'source-htlc-max': 'the largest payment that the source carries',
  'destination-htlc-max': "the largest payment that the destination's peer sends",
  reserve: 'all that the wallet reserve leaves',
};

const INBOUND: Readonly<Record<InboundCost['from'], (v: Values) => string>> = {
  paid: (v) =>
    `the median of ${plural(v['payments'], 'payment')} of the last two weeks, or the peer's own fee if that is more`,
  'peer-fee': () => "the peer's own fee, and what the rest of the way usually costs",
  cap: () =>
    "three quarters of the way from the peer's own fee to the most it may cost, since a dearer one is not taken",
  known: () => 'what this very way was found to cost within the last six hours',
  default: () => 'a guess, since the fee of the peer is not known',
};

/** A value of ours by its name in one of the tables; as it is where a later version has written it. */
const named = <T extends string>(table: Readonly<Record<T, string>>, value: Value): string =>
  (table as Readonly<Record<string, string>>)[String(value)] ?? figure(value);

const share = (part: Value, whole: Value): string =>
  typeof part === 'number' && typeof whole === 'number' && whole > 0 ? percent(part / whole) : 'unknown';
/** What makes the target of a balanced channel another one than half. */
function oneWay({ flow, lean }: Values): string {
  if (flow !== 'balanced' || typeof lean !== 'number' || lean <= 0) return '';
  return `, and of what has passed through it in the last weeks ${percent((1 + lean) / 2)} left`;
}

/** 0..1: what of a price is left when its time comes. */
const factor = (value: Value): string => (typeof value === 'number' ? value.toFixed(2) : 'unknown');
const positive = (value: Value): Value => (typeof value === 'number' ? Math.max(0, value) : value);

const UNITS = ['ppm', 'msat', 'seconds', 'share'] as const satisfies readonly Shortfall['unit'][];
function missingOf({ unit: name, needed, available }: Values): string {
  const unit = UNITS.find((one) => one === name);
  return unit === undefined || typeof needed !== 'number' || typeof available !== 'number'
    ? 'unknown'
    : missing({ unit, needed, available });
}

const TEXTS: Readonly<Record<RebalanceStep, (v: Values) => string>> = {
  target: (v) =>
    `${named(FLOWS, v['flow'])}${oneWay(v)}, so ${share(v['target_sats'], v['capacity_sats'])} of ${sats(v['capacity_sats'])} are to ` +
    `be ours: ${sats(v['target_sats'])}; ${sats(v['local_sats'])} are (${share(v['local_sats'], v['capacity_sats'])})` +
    (v['expected_sats'] === v['local_sats']
      ? ''
      : `, ${sats(v['expected_sats'])} once what is under way or ordered has ended`),
  amount: (v) =>
    `${sats(positive(v['sats']))} at once, ${named(BOUNDS, v['bound'])}; a payment is worth its trouble from ` +
    `${sats(v['least_sats'])} on`,
  destination: (v) =>
    `worth ${ppm(v['value_ppm'])} where it goes: the lower of the bid price halfway through it (${ppm(v['bid_ppm'])}) and the fee ` +
    `(${ppm(v['fee_ppm'])}), times ${factor(v['time_factor'])} for the time it takes to sell` +
    (Number(v['room_ppm']) > 0 ? `, less ${ppm(v['room_ppm'])} for the room that what comes in by it needs` : ''),
  source: (v) =>
    `${ppm(v['opportunity_ppm'])} given up where it comes from: the bid price with half of it gone (${ppm(v['bid_ppm'])}), times ` +
    `${factor(v['time_factor'])} for the time it would have taken to sell` +
    (Number(v['lot_ppm']) > 0 ? `, and no less than what it was bought for (${ppm(v['lot_ppm'])})` : '') +
    (Number(v['room_ppm']) > 0
      ? `, less ${ppm(v['room_ppm'])} for the room there: what comes in by it earns at other exits`
      : ''),
  inbound: (v) => {
    const told = (INBOUND as Readonly<Record<string, (values: Values) => string>>)[String(v['from'])];
    return `${ppm(v['ppm'])} expected for the way: ${told === undefined ? figure(v['from']) : told(v)}`;
  },
  spread: (v) =>
    `${ppm(v['ppm'])} remain; the plain rule, fee less way less the source's weighted fee, would say ${ppm(v['plain_ppm'])}`,
  profit: (v) =>
    `${sats(v['expected_sats'])} of profit expected after ${sats(v['expected_fee_sats'])} for the way; at least ` +
    `${sats(v['minimum_sats'])} are asked for`,
  cap: (v) =>
    `it may cost ${sats(v['max_fee_sats'])} at most; from ${sats(v['break_even_sats'])} on it would lose money`,
  resting: (v) => figure(v['sentence']),
  'would-change': (v) => missingOf(v),
};

export const stepText = ({ step, values }: RebalanceTrailStep): string => TEXTS[step](values);

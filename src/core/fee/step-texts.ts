// How does one step of the arithmetic read, with its numbers in it?
import { figure as n, percent, plural, ppm, time } from '../in-words.ts';
import type { FeeStep } from '../reasons.ts';
import type { TrailStep } from './types.ts';

type Values = TrailStep['values'];
type Value = Values[string] | undefined;

const when = <T>(condition: boolean, text: T): T | '' => (condition ? text : '');
const given = (value: Value): boolean => value !== null && value !== undefined;

function liveFee(v: Values): string {
  if (given(v['live_ppm'])) return ppm(v['live_ppm']);
  return given(v['last_ppm']) ? `several fees, of which ${ppm(v['last_ppm'])} was set last` : 'several fees';
}

const WINDOW_ENDS: Readonly<Record<string, string>> = {
  waiting: 'it stays open',
  forwards: 'it closes: enough forwards',
  time: 'it closes: enough time',
  sure: 'it closes: the counts are clear',
  'change-point': 'it closes: this is no longer the market remembered',
};

const TEXTS: Readonly<Record<FeeStep, (v: Values) => string>> = {
  inputs: (v) =>
    `${plural(v['channels'], 'channel')} of ${n(v['capacity_sats'])} sats, ${percent(v['local_share'])} on our side, at ` +
    `${liveFee(v)}; since the last cycle ${plural(v['forwards'], 'forward')} in ` +
    `${n(v['exposure_hours'])} hours with liquidity, ${n(v['unmet'])} refused for want of it; policy ${n(v['strategy'])}; ` +
    `class ${n(v['profit_class'])}; what others ask is ${given(v['rivals_p50_ppm']) ? `${ppm(v['rivals_p50_ppm'])} in the middle` : 'unknown'}` +
    when(typeof v['held_until'] === 'number', `; held by ${n(v['held_by'])} until ${time(Number(v['held_until']))}`),
  'external-change': (v) =>
    `someone else changed channel ${n(v['channel'])} from ${ppm(v['from_ppm'])} to ${ppm(v['to_ppm'])}`,
  demand: (v) =>
    `remembered: ${n(v['forwards'])} forwards in ${n(v['hours'])} hours with liquidity (half is forgotten in ` +
    `${n(v['half_life_days'])} days), ${n(v['daily_sats'])} sats a day; before its own traffic speaks, the best fee is taken to ` +
    `be ${ppm(v['prior_ppm'])}, give or take a factor of ${n(typeof v['prior_sd'] === 'number' ? Math.exp(v['prior_sd']) : null)}` +
    when(given(v['usual_forwards_day']), `, where ${n(v['usual_forwards_day'])} forwards a day are usual`),
  'own-bid': (v) =>
    `one more sat here is worth ${ppm(v['price'])}: ${ppm(v['slow'])} from what flows in and out in the long run, ${ppm(v['level'])} from ` +
    `the present balance, where fees are about ${ppm(v['scale'])}`,
  'source-bid': (v) =>
    `what arrives instead is worth ${ppm(v['price'])} where it comes in, so that a sat that moves on ` +
    (Number(v['difference']) < 0 ? `gains ${ppm(-Number(v['difference']))}` : `loses ${ppm(v['difference'])}`),
  lead: (v) =>
    `${n(v['channel'])} asks ${percent(v['ratio'])} of our fee some ${n(v['lag_hours'])} hours after each of ${n(v['answers'])} changes, ` +
    `now ${ppm(v['asked_ppm'])}, and never more than ${ppm(v['usual_ppm'])}; ${percent(v['comparing'])} of the senders are taken to ` +
    `choose whoever is cheaper; with its answers in mind ${ppm(v['best_ppm'])} earns most`,
  markup: (v) =>
    `${n(v['algorithm'])} asks ${ppm(v['at_rest_ppm'])} where liquidity is worth the same on both sides, here a markup of ` +
    `${ppm(v['markup_ppm'])}; looking ${v['direction'] === 1 ? 'up' : 'down'}` +
    when(given(v['step']), ` in steps of ${percent(typeof v['step'] === 'number' ? Math.expm1(v['step']) : null)}`),
  window: (v) =>
    `at this price ${plural(v['forwards'], 'forward')} in ${n(v['hours'])} hours with liquidity, ${n(v['unmet'])} refused for ` +
    `want of it; ${WINDOW_ENDS[String(v['because'])] ?? n(v['because'])}`,
  compare: (v) =>
    given(v['elasticity'])
      ? `with all that is remembered near this fee: one per cent more costs ${n(v['elasticity'])} % of the forwards ` +
        `(give or take ${n(v['elasticity_sd'])}); the best fee would be ${ppm(v['optimum_ppm'])}`
      : `by a model of demand, most likely (${percent(v['chance'])}) the same for ${n(v['run_days'])} days: best ${ppm(v['best_ppm'])}, ` +
        `most likely optimum ${ppm(v['optimum_ppm'])}`,
  multiplier: (v) =>
    `class ${n(v['profit_class'])} multiplies the markup by ${n(v['multiplier'])}: ${ppm(v['markup_ppm'])} becomes ${ppm(v['multiplied_ppm'])}`,
  target: (v) =>
    `${ppm(v['bid_difference'])} of bid prices plus ${ppm(v['markup_ppm'])} of markup is ${ppm(v['target_ppm'])}`,
  stride: (v) =>
    `no fee is more than doubled or halved at once: from ${ppm(v['live_ppm'])} towards ${ppm(v['target_ppm'])} it goes to ${ppm(v['next_ppm'])}`,
  floor: (v) =>
    `opening and closing are earned back at ${ppm(v['chain_ppm'])}, bought liquidity at ${ppm(v['lots_ppm'])}; times ${n(v['multiplier'])}`,
  clamp: (v) =>
    `between ${ppm(v['lower_ppm'])} (${n(v['lower_rule'])}) and ${ppm(v['upper_ppm'])} (${n(v['upper_rule'])}): ` +
    `${ppm(v['target_ppm'])} becomes ${ppm(v['wanted_ppm'])}`,
  pacing: (v) =>
    `${plural(v['changes_24h'], 'change')} in 24 hours; after those of the week a change is worth telling from ` +
    `${n(100 * Math.expm1(Number(v['deadband'])))} % on` +
    when(v['draining'] === true, '; the channel drains, so small changes count') +
    when(v['must'] === true, '; no change is too small, for the present fee must not stay') +
    (given(v['refused']) ? `; not now: ${n(v['refused'])}` : '; to be set'),
  'would-change': (v) =>
    given(v['target_at_most_ppm'])
      ? `${n(v['forwards_missing'])} forwards or ${n(v['hours_missing'])} hours to the next step; without one, a target of ` +
        `${ppm(v['target_at_most_ppm'])} or less, or ${ppm(v['target_at_least_ppm'])} or more`
      : given(v['until'])
        ? `left alone until ${time(Number(v['until']))}`
        : 'whoever holds it lets it go',
};

export const stepText = ({ step, values }: TrailStep): string => TEXTS[step](values);

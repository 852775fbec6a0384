// How does a backtest look in a reply? One shape for the command line and for revenue-backtest.
import { ASKABLE } from './settings.ts';
import type { Interval } from './interval.ts';
import type { Backtest, Doubt, Money } from './verdict.ts';
import { OPTIONS, type Config } from '../config/options.ts';

const sats = (msat: number): number => Math.round(msat / 1000);
const intervalFigures = ({ mean, low, high }: Interval) => ({ mean: sats(mean), low: sats(low), high: sats(high) });
const moneyFigures = <T, U>({ feesMsat, costMsat, netMsat }: Money<T>, as: (value: T) => U) => ({
  fees_sats: as(feesMsat),
  rebalance_cost_sats: as(costMsat),
  net_sats: as(netMsat),
});
const percent = (share: number): number => Math.round(share * 1000) / 10;

/** Why no claim is made; `docs/backtest.md` explains each. */
const DOUBTS: Readonly<Record<Doubt, string>> = {
  'not-reproduced':
    'the self-check fails: what was really done earns something else in the fitted market than it really did, so that the market is not understood',
  'prior-only':
    'most fees were earned by channels whose own fee never changed, or too little, to show how their demand answers to price: the difference below is mostly assumption',
  'rebalance-assumed':
    'the other configuration would rebalance, and there were hardly any rebalances in that time to tell what they cost: ask with daily-budget-sats 0 to leave them out',
  'within-chance': 'the difference may as well be chance: its interval holds 0',
};

/** As little of untried prices is worth no warning. */
const MOST_UNTRIED = 0.5;

export function backtestFigures(result: Backtest, config: Config) {
  const { verdict, channels } = result;
  return {
    from: result.from,
    until: result.until,
    days: Math.round(result.days * 10) / 10,
    forwards: result.forwards,
    rebalances: result.circles,
    draws: result.draws,
    configuration: Object.fromEntries(ASKABLE.map((key) => [OPTIONS[key].name, config[key]])),
    answer: verdict.answer,
    why_not: verdict.answer === 'cannot-tell' ? verdict.doubts.map((doubt) => DOUBTS[doubt]) : [],
    actual: moneyFigures(result.actual, sats),
    self_check: { reproduced: result.reproduced, ...moneyFigures(result.replay, intervalFigures) },
    other: moneyFigures(result.other, intervalFigures),
    difference: moneyFigures(result.difference, intervalFigures),
    told_pct: percent(result.toldShare),
    untried_pct: percent(result.untriedShare),
    dispersion: Math.round(result.dispersion * 100) / 100,
    channels: channels.map(({ name, told, elasticitySd, actualMsat, other, difference }) => ({
      channel: name,
      price_told: told,
      elasticity_sd: elasticitySd === null ? null : Math.round(elasticitySd * 100) / 100,
      actual_net_sats: sats(actualMsat),
      other_net_sats: intervalFigures(other),
      difference_sats: intervalFigures(difference),
    })),
    warnings: warningsOf(result),
  };
}
export type BacktestFigures = ReturnType<typeof backtestFigures>;

function warningsOf({ untriedShare, channels }: Backtest): string[] {
  const warnings: string[] = [];
  const oneFee = channels.filter(({ told }) => told === 'one-fee').map(({ name }) => name);
  if (oneFee.length > 0)
    warnings.push(
      `never changed their fee, so that how their demand answers to price is assumed, not seen: ${oneFee.join(', ')}`,
    );
  if (untriedShare > MOST_UNTRIED)
    warnings.push(
      `${percent(untriedShare)} % of the other configuration's fees come at prices that were never tried in that channel, nor nearly`,
    );
  return warnings;
}

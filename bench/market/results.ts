// What do all runs of one scenario say? Every metric of every contestant, and ours against each of the others.
import { quantile } from 'simple-statistics';
import { entryName, kindOf, type Entry, type Kind } from '../../src/sim/market/contest/entrants.ts';
import type { Scenario } from '../../src/sim/market/scenario.ts';
import type { Answer, Scored } from './job.ts';
import { marginsOf, netsOf, type Margin } from './margins.ts';
import type { MetricKey } from './metrics.ts';
import { netMsat } from './net.ts';
import { average, exact, meanOf, ratioOfSums, type Estimate } from './statistics.ts';

export interface ScenarioAnswers {
  readonly scenario: Scenario;
  readonly days: number;
  /** One for each seed, all with the same entries. */
  readonly answers: readonly Answer[];
}

export interface Row {
  readonly entry: Entry;
  readonly name: string;
  readonly kind: Kind;
  readonly figures: Readonly<Record<MetricKey, Estimate>>;
  /** How far behind the bound at the end of each whole week, in days of the bound; mean of the seeds. */
  readonly regretDays: readonly number[];
}

export interface ScenarioResult extends ScenarioAnswers {
  readonly boundSatsPerDay: number;
  readonly linearBoundSatsPerDay: number | null;
  readonly rows: readonly Row[];
  /** Against each rival and control, the best of them first; empty where ours or they did not run. */
  readonly margins: readonly Margin[];
}

export function resultOf(given: ScenarioAnswers): ScenarioResult {
  const { answers, days } = given;
  const bounds = answers.map(({ boundMsat }) => boundMsat);
  const linear = answers.flatMap(({ linearBoundMsat }) => (linearBoundMsat === null ? [] : [linearBoundMsat]));
  const oracle = netsOf(answers, (score) => score.entry.tool === 'oracle');
  const count = answers[0]?.scores.length ?? 0;
  const rows = Array.from({ length: count }, (_, i) => rowOf(given, i, bounds, oracle));
  const perDay = (msat: readonly number[]): number => average(msat) / 1000 / days;
  return {
    ...given,
    boundSatsPerDay: perDay(bounds),
    linearBoundSatsPerDay: linear.length === 0 ? null : perDay(linear),
    rows,
    margins: marginsOf(answers, rows, bounds),
  };
}

function rowOf(
  { answers, days }: ScenarioAnswers,
  at: number,
  bounds: readonly number[],
  oracle: readonly number[],
): Row {
  const own = answers.flatMap(({ scores }) => scores[at] ?? []);
  const entry = own[0]?.entry ?? { tool: '', setup: 'shipped' };
  const pick = (figure: (score: Scored) => number): number[] => own.map(figure);
  const nets = pick(netMsat);
  const fees = pick(({ feesMsat }) => feesMsat);
  const perDay = (msat: readonly number[]): Estimate => meanOf(msat.map((one) => one / 1000 / days));
  const adaptation = own.flatMap(({ adaptationDays }) => adaptationDays);
  return {
    entry,
    name: entryName(entry),
    kind: kindOf(entry.tool),
    figures: {
      ofBound: ratioOfSums(nets, bounds),
      ofOracle: oracle.length === nets.length ? ratioOfSums(nets, oracle) : exact(NaN),
      net: perDay(nets),
      fees: perDay(fees),
      costShare: ratioOfSums(
        pick(({ rebalanceFeesMsat }) => rebalanceFeesMsat),
        fees,
      ),
      yield: ratioOfSums(
        nets,
        pick(({ capacityMsat }) => (capacityMsat * days) / 365 / 100),
      ),
      carr: meanOf(pick(({ channelCarrs }) => 100 * quantile([...channelCarrs], 0.5))),
      carrP10: meanOf(pick(({ channelCarrs }) => 100 * quantile([...channelCarrs], 0.1))),
      p10: meanOf(pick(({ channelReturns }) => 100 * quantile([...channelReturns], 0.1))),
      worst: meanOf(pick(({ channelReturns }) => 100 * Math.min(...channelReturns))),
      updates: meanOf(pick(({ updatesPerChannelDay }) => updatesPerChannelDay)),
      mostUpdates: exact(Math.max(...pick(({ mostUpdatesADay }) => mostUpdatesADay))),
      failed: meanOf(pick(({ failShare }) => failShare)),
      low: meanOf(pick(({ lowShare }) => lowShare)),
      adaptation: exact(adaptation.length === 0 ? NaN : quantile(adaptation, 0.5)),
      success: ratioOfSums(
        pick(({ rebalances }) => rebalances),
        pick(({ rebalancesSent }) => rebalancesSent),
      ),
      cpu: meanOf(pick(({ cpuSeconds }) => (cpuSeconds / days) * 365)),
    },
    regretDays: regretOf(answers, own, days),
  };
}

function regretOf(answers: readonly Answer[], own: readonly Scored[], days: number): number[] {
  const weeks = answers[0]?.weeklyBoundMsat ?? [];
  const aDay = average(answers.map(({ boundMsat }) => boundMsat)) / days;
  return weeks.map((_, week) => {
    const behind = answers.map(
      ({ weeklyBoundMsat }, i) => (weeklyBoundMsat[week] ?? NaN) - (own[i]?.weeklyMsat[week] ?? NaN),
    );
    return average(behind) / aDay;
  });
}

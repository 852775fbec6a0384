// What do all runs of one scenario say? Every metric of every contestant (quant 4.7), and ours against the best rival.
import { quantile } from 'simple-statistics';
import { entryName, kindOf, type Entry, type Kind } from '../../src/sim/market/entrants.ts';
import type { Scenario } from '../../src/sim/market/scenario.ts';
import type { Answer, Scored } from './job.ts';
import { average, meanOf, ratioOfSums, type Estimate } from './statistics.ts';

export interface ScenarioAnswers {
  readonly scenario: Scenario;
  readonly days: number;
  /** One for each seed, all with the same entries. */
  readonly answers: readonly Answer[];
}

/** Ends of a scale are told without an interval. */
export interface Metric {
  readonly key: string;
  readonly label: string;
  readonly unit: string;
  readonly about: string;
}

export const METRICS = [
  {
    key: 'ofBound',
    label: 'of bound',
    unit: 'ratio',
    about: 'net profit over the most that any fees and rebalances could earn',
  },
  { key: 'ofOracle', label: 'of oracle', unit: 'ratio', about: 'net profit over that of the realisable oracle' },
  {
    key: 'net',
    label: 'net',
    unit: 'sats/day',
    about: 'fees less rebalance fees, plus what the balances gained at the plan\u2019s prices',
  },
  { key: 'fees', label: 'fees', unit: 'sats/day', about: 'fees of settled forwards' },
  { key: 'costShare', label: 'cost/revenue', unit: 'ratio', about: 'rebalance fees over fees' },
  { key: 'yield', label: 'yield', unit: '%/year', about: 'net profit on the capacity of all channels' },
  {
    key: 'p10',
    label: 'p10 channel',
    unit: '%/year',
    about: 'fees less rebalance fees on its capacity, of the channel that nine tenths surpass',
  },
  { key: 'worst', label: 'worst channel', unit: '%/year', about: 'the same of the worst channel' },
  { key: 'updates', label: 'gossip', unit: '1/channel/day', about: 'channel_update messages' },
  {
    key: 'mostUpdates',
    label: 'most gossip',
    unit: '1/day',
    about: 'most of one channel within any 24 hours, of all seeds',
  },
  { key: 'failed', label: 'failed', unit: 'share', about: 'payments that reached us and were refused' },
  { key: 'low', label: 'below 5 %', unit: 'share', about: 'time of a channel with less than 5 % on our side' },
  {
    key: 'adaptation',
    label: 'days to 90 %',
    unit: 'days',
    about: 'median time after a change of demand until the fee earns 90 % of what it ends up at',
  },
  { key: 'success', label: 'arrived', unit: 'share', about: 'payments to ourselves that arrived, of those sent' },
  { key: 'cpu', label: 'CPU', unit: 's/node-year', about: 'processor time of the run' },
] as const satisfies readonly Metric[];

export type MetricKey = (typeof METRICS)[number]['key'];

export interface Row {
  readonly entry: Entry;
  readonly name: string;
  readonly kind: Kind;
  readonly figures: Readonly<Record<MetricKey, Estimate>>;
  /** How far behind the bound at the end of each whole week, in days of the bound; mean of the seeds. */
  readonly regretDays: readonly number[];
}

/** Ours, the better of the two in the mean, less another. */
export interface Margin {
  readonly ours: string;
  readonly other: string;
  /** Of the bound, paired by seed. */
  readonly difference: Estimate;
  /** Net of ours over net of the other; above 1 where we earn more. NaN where either loses: it would say nothing. */
  readonly ratio: Estimate;
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

/** Net of each seed of the one entry that is asked for; empty where there is none. */
const netsOf = (answers: readonly Answer[], asked: (score: Scored) => boolean): number[] =>
  answers.flatMap(({ scores }) => scores.filter(asked).map(({ valuedMsat }) => valuedMsat));

/** Without an interval. */
const exact = (value: number): Estimate => ({ value, low: NaN, high: NaN });

function rowOf(
  { answers, days }: ScenarioAnswers,
  at: number,
  bounds: readonly number[],
  oracle: readonly number[],
): Row {
  const own = answers.flatMap(({ scores }) => scores[at] ?? []);
  const entry = own[0]?.entry ?? { tool: '', setup: 'shipped' };
  const pick = (figure: (score: Scored) => number): number[] => own.map(figure);
  const nets = pick(({ valuedMsat }) => valuedMsat);
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

function marginsOf(answers: readonly Answer[], rows: readonly Row[], bounds: readonly number[]): Margin[] {
  const byNet = (a: Row, b: Row): number => b.figures.net.value - a.figures.net.value;
  const [ours] = rows.filter(({ kind }) => kind === 'ours').sort(byNet);
  if (ours === undefined) return [];
  const nets = (name: string): number[] => netsOf(answers, ({ entry }) => entryName(entry) === name);
  const own = nets(ours.name);
  return rows
    .filter(({ kind }) => kind === 'rival' || kind === 'control')
    .sort(byNet)
    .map(({ name }) => {
      const other = nets(name);
      const differences = own.map((net, i) => net - (other[i] ?? NaN));
      return {
        ours: ours.name,
        other: name,
        difference: ratioOfSums(differences, bounds),
        ratio: average(own) > 0 && average(other) > 0 ? ratioOfSums(own, other) : exact(NaN),
      };
    });
}

/** What the issue asks of ours where a rival is at home, and of that rival among those as shipped. */
export interface SuitVerdict {
  readonly rival: string;
  /** Null where it wins its own market. */
  readonly beatenBy: string | null;
}

/** Null where the scenario was built for nobody, or its rival did not run. */
export function suitVerdict({ scenario, rows }: ScenarioResult): SuitVerdict | null {
  const { suit } = scenario;
  if (suit === null) return null;
  const own = rows.find(({ entry }) => entry.tool === suit.rival && entry.setup === suit.setup);
  if (own === undefined) return null;
  const better = rows
    .filter(({ kind, entry }) => (kind === 'rival' || kind === 'control') && entry.setup === 'shipped')
    .filter(({ figures }) => figures.net.value > own.figures.net.value)
    .sort((a, b) => b.figures.net.value - a.figures.net.value);
  return { rival: own.name, beatenBy: better[0]?.name ?? null };
}

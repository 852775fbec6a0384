// Does rebalancing pay? The plugin with and without it on the same payments, in both fee algorithms (quant 4.5, 4.6).
//   npm run bench:rebalance -- --seeds 8 --first 1 --days 180 --scenario S1,S3,S8 --algorithms hill-climb,bayes
import { FEE_ALGORITHMS, type FeeAlgorithm } from '../src/core/fee/types.ts';
import { DEFAULTS } from '../src/core/config/validate.ts';
import { optionsOf } from './arguments.ts';
import { figure } from './figure.ts';
import { WAYS, work, type Outcome, type RebalanceJob, type Way } from './rebalance-jobs.ts';
import { workers } from './workers.ts';

const BUDGET = DEFAULTS.dailyBudgetSats;
/** What the issue asks for, of rebalancing by the plugin; the first where it can hardly pay. */
const RATIO_AIM: Readonly<Record<string, string>> = { S1: '> 1', S3: '> 1', S8: '>= 1' };
const AIMS: Readonly<Record<string, string>> = {
  'highest cost / revenue': '<= 0.35',
  'worst 30 days': `<= ${BUDGET}`,
  'most in 24 h': `<= ${BUDGET}`,
};

interface Group {
  readonly scenario: string;
  readonly algorithm: FeeAlgorithm;
  readonly way: Way;
}

const pool = workers(work);

async function main(): Promise<void> {
  const numbers = { seeds: 8, first: 1, days: 180, interval: DEFAULTS.rebalanceInterval };
  const texts = { scenario: 'S1,S3,S8', algorithms: FEE_ALGORITHMS.join(',') };
  const { seeds, first, days, interval, ...values } = optionsOf('rebalance', numbers, texts);
  const algorithms = FEE_ALGORITHMS.filter((name) => values.algorithms.split(',').includes(name));
  const scenarios = values.scenario.split(',');
  const groups = scenarios.flatMap((scenario) =>
    algorithms.flatMap((algorithm) => WAYS.map((way): Group => ({ scenario, algorithm, way }))),
  );
  const jobs = groups.flatMap((group): RebalanceJob[] =>
    Array.from({ length: seeds }, (_, i) => ({ ...group, seed: first + i, days, interval })),
  );
  const answers = await pool.answer(jobs, (done) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${done}/${jobs.length}`);
  });
  const outcomes = (scenario: string, algorithm: FeeAlgorithm, way: Way): Outcome[] =>
    answers.filter((_, i) => {
      const job = jobs[i];
      return job?.scenario === scenario && job.algorithm === algorithm && job.way === way;
    });
  const prints: (() => void)[] = [];
  for (const scenario of scenarios)
    for (const algorithm of algorithms) {
      const without = outcomes(scenario, algorithm, 'none');
      const told = WAYS.map((way) => figuresOf(outcomes(scenario, algorithm, way), without, days));
      table(`${scenario} ${algorithm}`, told);
      prints.push(() => {
        WAYS.forEach((way, i) => {
          lines({ scenario, algorithm, way }, told[i] ?? {}, { seeds, first, days, interval });
        });
      });
    }
  console.log();
  for (const print of prints) print();
}

interface Told {
  readonly value: number;
  readonly unit: string;
  /** Standard error over the seeds, where the figure is a mean. */
  readonly error?: number;
}

/** Sats a day are of the node; ratios of sums are sums first, so that no seed of little income decides. */
function figuresOf(own: readonly Outcome[], without: readonly Outcome[], days: number): Record<string, Told> {
  const total = (pick: (outcome: Outcome) => number, of = own): number => of.reduce((sum, one) => sum + pick(one), 0);
  const perDay = (msat: number): Told => ({ value: msat / 1000 / days / own.length, unit: 'sats/day' });
  const ratio = (value: number, error?: number): Told => ({
    value,
    unit: 'ratio',
    ...(error === undefined ? {} : { error }),
  });
  const highest = (pick: (outcome: Outcome) => number): number => Math.max(...own.map(pick));
  const net = ({ feesMsat, costMsat }: Outcome): number => feesMsat - costMsat;
  const paired = own.map((one, i) => net(one) / net(without[i] ?? one));
  return {
    net: perDay(total(net)),
    'more than without': perDay(total(net) - total(net, without)),
    'net / without': ratio(total(net) / total(net, without), standardError(paired)),
    'lowest of seeds': ratio(Math.min(...paired)),
    'valued / without': ratio(total((one) => one.valuedMsat) / total((one) => one.valuedMsat, without)),
    'of the bound': ratio(total((one) => one.valuedMsat) / total((one) => one.boundMsat)),
    'cost / revenue': ratio(total((one) => one.costMsat) / total((one) => one.feesMsat)),
    'highest cost / revenue': ratio(highest((one) => one.costMsat / one.feesMsat)),
    'worst 30 days': { value: highest((one) => one.worst30Msat) / 1000, unit: 'sats' },
    'most in 24 h': { value: highest((one) => one.most24hMsat) / 1000, unit: 'sats' },
    'rebalances/day': { value: total((one) => one.rebalances) / days / own.length, unit: '1/day' },
    success: ratio(
      total((one) => one.rebalances) /
        Math.max(
          1,
          total((one) => one.sent),
        ),
    ),
    'ppm paid': {
      value:
        (total((one) => one.costMsat) /
          Math.max(
            1,
            total((one) => one.movedMsat),
          )) *
        1e6,
      unit: 'ppm',
    },
    'cpu s/run': { value: total((one) => one.cpuSeconds) / own.length, unit: 's' },
  };
}

function standardError(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return Math.sqrt(variance / Math.max(1, values.length - 1));
}

const WIDTH = 24;

/** One line each figure, one column each way. */
function table(title: string, told: readonly Readonly<Record<string, Told>>[]): void {
  console.log(`\n${title.padEnd(WIDTH)}${WAYS.map((way) => way.padStart(WIDTH)).join('')}`);
  for (const name of Object.keys(told[0] ?? {})) {
    const cells = told.map((figures) => {
      const { value = NaN, error } = figures[name] ?? {};
      return `${short(value)}${error === undefined ? '' : ` ±${short(error)}`}`.padStart(WIDTH);
    });
    console.log(`${name.padEnd(WIDTH)}${cells.join('')}`);
  }
}

/** Without rebalancing there is nothing to tell but what was earned. */
function lines(
  { scenario, algorithm, way }: Group,
  told: Readonly<Record<string, Told>>,
  sizes: Readonly<Record<string, number>>,
): void {
  for (const [name, { value, unit }] of Object.entries(told)) {
    if (way === 'none' && name !== 'net') continue;
    const asked = name === 'net / without' ? RATIO_AIM[scenario] : AIMS[name];
    const aim = (way === 'plugin' ? asked : undefined) ?? 'none';
    figure(`${scenario} ${algorithm} ${way} ${name}`, value, unit, aim, sizes);
  }
}

const short = (value: number): string => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(3));

if (!pool.serve()) await main();

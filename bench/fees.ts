// Which fees earn most? Every tool on the same payments, against what any fees could earn at most (quant 4, 6).
//   npm run bench:fees -- --seeds 8 --days 180 --scenario S1,S3,single --tools static,seed,hill-climb,oracle
import { optionsOf } from './arguments.ts';
import { figure } from './figure.ts';
import { mean, work, type Figures, type Job } from './fees-jobs.ts';
import { workers } from './workers.ts';

/** Aims of the hill climber and of bayes by market and figure. */
const AIMS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'hill-climb': {
    'S1 revenue': '>= 0.75',
    'S3 revenue': '>= 0.75',
    'single-10 ratio': '>= 0.85',
    'single-30 ratio': '>= 0.88',
  },
  bayes: {
    'S1 revenue': '>= 0.82',
    'S3 revenue': '>= 0.82',
    'single-10 ratio': '>= 0.85',
    'single-30 ratio': '>= 0.88',
  },
};
const GOSSIP_AIMS: Readonly<Record<string, string>> = { 'updates/ch/day': '<= 1', 'most updates': '<= 6' };
/** A single channel is one twentieth of the work and ten times as noisy. */
const SINGLE_SEEDS = 3;
const SINGLE_RATES = [1, 3, 10, 30] as const;

const pool = workers(work);

async function main(): Promise<void> {
  const texts = {
    scenario: 'S1,S3,single',
    tools: 'static,proportional,seed,hill-climb,known-optimum,oracle',
  };
  const { seeds, days, ...values } = optionsOf('fees', { seeds: 8, days: 180 }, texts);
  const tools = values.tools.split(',');
  const groups = values.scenario.split(',').flatMap((scenario) => groupsOf(scenario, tools, seeds, days));
  const jobs = groups.flatMap(({ jobs: own }) => own);
  const answers = await pool.answer(jobs, (done) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${done}/${jobs.length}`);
  });
  let at = 0;
  let market = '';
  const figures: (() => void)[] = [];
  for (const group of groups) {
    const own = answers.slice(at, (at += group.jobs.length));
    if (group.market !== market) header(own[0] ?? {}, (market = group.market));
    figures.push(report(group.market, group.tool, own, { seeds: own.length, days }));
  }
  console.log();
  for (const print of figures) print();
}

interface Group {
  readonly market: string;
  readonly tool: string;
  readonly jobs: readonly Job[];
}

function groupsOf(scenario: string, tools: readonly string[], seeds: number, days: number): Group[] {
  const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
  if (scenario !== 'single')
    return tools.map((tool) => ({
      market: scenario,
      tool,
      jobs: numbers(seeds).map((seed): Job => ({ kind: 'node', scenario, seed, days, tool })),
    }));
  return [false, true].flatMap((jump) =>
    SINGLE_RATES.flatMap((forwardsPerDay) =>
      tools
        // Neither has anything to say of one channel that never runs dry.
        .filter((tool) => tool !== 'oracle' && tool !== 'proportional')
        .map((tool) => ({
          market: `single-${forwardsPerDay}${jump ? '-shift' : ''}`,
          tool,
          jobs: numbers(SINGLE_SEEDS * seeds).map((seed): Job => {
            return { kind: 'single', forwardsPerDay, jump, seed, days, tool };
          }),
        })),
    ),
  );
}

const WIDTH = 17;

function header(figures: Figures, market: string): void {
  console.log(
    `\n${market.padEnd(WIDTH)}${Object.keys(figures)
      .map((name) => name.padStart(WIDTH))
      .join('')}`,
  );
}

/** Prints a line of the table; returns what prints its figures as JSON. */
function report(
  market: string,
  tool: string,
  own: readonly Figures[],
  sizes: Readonly<Record<string, number>>,
): () => void {
  const names = Object.keys(own[0] ?? {});
  const columns = names.map((name) => {
    const values = own.map((figures) => figures[name] ?? NaN);
    return { name, values, told: name === 'most updates' ? Math.max(...values) : mean(values) };
  });
  console.log(`${tool.padEnd(WIDTH)}${columns.map(({ told, values }) => cell(told, values).padStart(WIDTH)).join('')}`);
  return () => {
    for (const { name, told } of columns) {
      const ours = AIMS[tool];
      const aim = ours?.[`${market} ${name}`] ?? (ours ? GOSSIP_AIMS[name] : undefined) ?? 'none';
      figure(`${market} ${tool} ${name}`, told, unitOf(name), aim, sizes);
    }
  };
}

const unitOf = (name: string): string => (name.startsWith('days') ? 'days' : name.startsWith('cpu') ? 's' : 'ratio');

/** The mean and its standard error over the seeds. */
function cell(told: number, values: readonly number[]): string {
  const average = mean(values);
  const variance = mean(values.map((value) => (value - average) ** 2));
  const error = Math.sqrt(variance / Math.max(1, values.length - 1));
  return `${told.toFixed(2)} ±${error.toFixed(2)}`;
}

if (!pool.serve()) await main();

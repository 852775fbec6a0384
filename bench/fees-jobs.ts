// What does one seed of one market tell of every fee tool? Each job is paired: the same payments for every tool.
import { MAINNET_MEDIAN_PPM } from '../src/sim/market/basics.ts';
import { recordEfficiency } from '../src/sim/market/contest/efficiency.ts';
import { boundOf, boundWithStock, planFluid } from '../src/sim/market/bound/fluid-bound.ts';
import { createMarket, stream, type Market } from '../src/sim/market/market.ts';
import { run } from '../src/sim/market/engine/run.ts';
import { scenarioNamed, single } from '../src/sim/market/scenario.ts';
import { TOOLS } from '../src/sim/market/contest/tools.ts';
import { bestPrice } from '../src/sim/market/demand/willingness.ts';

export type Job =
  | {
      readonly kind: 'node';
      readonly scenario: string;
      readonly seed: number;
      readonly days: number;
      readonly tool: string;
    }
  | {
      readonly kind: 'single';
      readonly forwardsPerDay: number;
      readonly jump: boolean;
      readonly seed: number;
      readonly days: number;
      readonly tool: string;
    };

/** Figures by name; means over the seeds are what is told. */
export type Figures = Readonly<Record<string, number>>;

/** Scale of demand is multiplied or divided by so much. */
const JUMP = 3;
/** Recovered: so much of the best revenue, in the mean of so many days. */
const RECOVERED = { ratio: 0.8, days: 5 } as const;

export function work(job: Job): Figures {
  return job.kind === 'node' ? nodeFigures(job) : singleFigures(job);
}

function makeTool(
  name: string,
  market: Market,
  plan: ReturnType<typeof planFluid>,
): ReturnType<(typeof TOOLS)[string]> {
  const make = TOOLS[name];
  if (make === undefined) throw new RangeError(`tool: expected one of ${Object.keys(TOOLS).join(', ')}, got ${name}`);
  return make(market, plan);
}

function nodeFigures({ scenario, seed, days, tool }: Extract<Job, { kind: 'node' }>): Figures {
  const market = createMarket(scenarioNamed(scenario), seed, days);
  const plan = planFluid(market, false);
  const bound = boundOf(plan);
  const startPpm = market.channels.map(() => MAINNET_MEDIAN_PPM);
  const before = process.cpuUsage();
  const result = run(market, makeTool(tool, market, plan), { startPpm, plan });
  const { user, system } = process.cpuUsage(before);
  return {
    revenue: result.feesMsat / bound,
    'second half': (2 * result.secondHalfMsat) / bound,
    valued: result.valuedMsat / bound,
    'with stock': result.feesMsat / (boundWithStock(market) ?? NaN),
    'forwards/day': result.settled / days,
    failed: result.failShare,
    'below 5 %': result.lowShare,
    'updates/ch/day': result.updatesPerChannelDay,
    'most updates': result.mostUpdatesADay,
    'cpu s/year': ((user + system) / 1e6 / days) * 365,
  };
}

function singleFigures({ forwardsPerDay, jump, seed, days, tool }: Extract<Job, { kind: 'single' }>): Figures {
  const day = Math.floor(days / 3);
  const scenario = single(forwardsPerDay, jump ? [{ day, factor: JUMP, way: 'either' }] : []);
  const market = createMarket(scenario, seed, days);
  const scale = market.channels[0]?.regimes[0]?.scalePpm ?? MAINNET_MEDIAN_PPM;
  // As far off as a fee by guess is: a factor e either way in the mean square (quant 6.1).
  const guess = bestPrice(scenario.willingness.family) * scale * Math.exp(stream(seed, 'start').normal());
  const startPpm = [Math.round(Math.min(4000, Math.max(10, guess)))];
  const before = process.cpuUsage();
  const record = recordEfficiency();
  const result = run(market, makeTool(tool, market, []), {
    startPpm,
    onWake: (engine) => {
      record.onWake(engine);
    },
  });
  const { user, system } = process.cpuUsage(before);
  const efficiency = record.days;
  const rest = {
    'updates/ch/day': result.updatesPerChannelDay,
    'most updates': result.mostUpdatesADay,
    'cpu s/year': ((user + system) / 1e6 / days) * 365,
  };
  return jump
    ? { 'days to 0.8': daysToRecover(efficiency.slice(day)), after: mean(efficiency.slice(day)), ...rest }
    : { ratio: mean(efficiency), 'second half': mean(efficiency.slice(efficiency.length / 2)), ...rest };
}

/** Until the first day of RECOVERED.days that are good in the mean; all of them where there is none. */
function daysToRecover(efficiency: readonly number[]): number {
  for (let d = 0; d + RECOVERED.days <= efficiency.length; d++)
    if (mean(efficiency.slice(d, d + RECOVERED.days)) >= RECOVERED.ratio) return d;
  return efficiency.length;
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

// What does one seed of one market tell of rebalancing? Each job is paired: the same payments and prices for every way.
import { MAINNET_MEDIAN_PPM } from '../src/sim/market/basics.ts';
import { DEFAULTS } from '../src/core/config/validate.ts';
import type { FeeAlgorithm } from '../src/core/fee/types.ts';
import { CircularRoutes } from '../src/sim/market/engine/circular-routes.ts';
import { boundOf, planFluid, type PlannedStretch } from '../src/sim/market/bound/fluid-bound.ts';
import { LotBook } from '../src/sim/market/engine/lot-book.ts';
import { createMarket, DAY, type Market } from '../src/sim/market/market.ts';
import { MarketDriver } from '../src/sim/market/engine/market-driver.ts';
import { NodeEngine } from '../src/sim/market/engine/node-engine.ts';
import { DEFAULT_FEE_CONFIG, pluginFees } from '../src/sim/market/plugin/plugin-fees.ts';
import { pluginRebalances } from '../src/sim/market/plugin/plugin-rebalances.ts';
import { plainRebalancer } from '../src/sim/market/rivals/plain-rebalancer.ts';
import { run, runRebalancing, type RunResult } from '../src/sim/market/engine/run.ts';
import { scenarioNamed } from '../src/sim/market/scenario.ts';

export const WAYS = ['none', 'plugin', 'plain'] as const;
export type Way = (typeof WAYS)[number];

export interface RebalanceJob {
  readonly scenario: string;
  readonly algorithm: FeeAlgorithm;
  readonly way: Way;
  readonly seed: number;
  readonly days: number;
  /** Seconds between two cycles of the plugin's. */
  readonly interval: number;
}

/** Msat and counts of the whole time. */
export interface Outcome {
  readonly feesMsat: number;
  readonly costMsat: number;
  /** Fees less cost, and what the balances gained or lost at the prices of the fluid problem with rebalancing. */
  readonly valuedMsat: number;
  /** The most that any fees and rebalances could earn, demand and prices known. */
  readonly boundMsat: number;
  readonly rebalances: number;
  /** Payments sent, whatever became of them. */
  readonly sent: number;
  readonly movedMsat: number;
  /** Of any 30 days, the largest cost of rebalances less what sales of bought liquidity earned in them. */
  readonly worst30Msat: number;
  /** Of any 24 hours, the most that rebalances cost. */
  readonly most24hMsat: number;
  readonly cpuSeconds: number;
}

const PERIOD_DAYS = 30;

export async function work({ scenario, algorithm, way, seed, days, interval }: RebalanceJob): Promise<Outcome> {
  const market = createMarket(scenarioNamed(scenario), seed, days);
  const plan = planFluid(market, true);
  const before = process.cpuUsage();
  const outcome = await play(market, plan, { algorithm, way, interval });
  const { user, system } = process.cpuUsage(before);
  return { ...outcome, boundMsat: boundOf(plan), cpuSeconds: (user + system) / 1e6 };
}

async function play(
  market: Market,
  plan: readonly PlannedStretch[],
  { algorithm, way, interval }: Pick<RebalanceJob, 'algorithm' | 'way' | 'interval'>,
): Promise<Omit<Outcome, 'boundMsat' | 'cpuSeconds'>> {
  const startPpm = market.channels.map(() => MAINNET_MEDIAN_PPM);
  const fees = pluginFees({ ...DEFAULT_FEE_CONFIG, algorithm });
  if (way === 'none') {
    const { feesMsat, valuedMsat } = run(market, fees, { startPpm, plan });
    const nothing = { costMsat: 0, rebalances: 0, sent: 0, movedMsat: 0, worst30Msat: 0, most24hMsat: 0 };
    return { feesMsat, valuedMsat, ...nothing };
  }
  const config = { ...DEFAULTS, rebalanceInterval: interval };
  const engine = new NodeEngine(market, startPpm);
  const lots = new LotBook(engine);
  const driver = new MarketDriver(engine, new CircularRoutes(market));
  const result = await (way === 'plain'
    ? runRebalancing(engine, fees, plainRebalancer(engine, driver), { plan })
    : runRebalancing(engine, fees, pluginRebalances(engine, driver, fees, config), { plan }));
  return told(market, driver, lots, result);
}

/** What is still under way when the market ends counts no more. */
function told({ start, days }: Market, driver: MarketDriver, lots: LotBook, result: RunResult) {
  const { feesMsat, valuedMsat, rebalances, rebalanceFeesMsat: costMsat } = result;
  const end = start + days * DAY;
  const arrived = driver.arrived.filter(({ time }) => time < end);
  const movedMsat = arrived.reduce((sum, { amount }) => sum + Number(amount), 0);
  const losses = lots.days.slice(0, days).map((day) => day.costMsat - day.earnedMsat);
  const worst30Msat = mostWithin(
    losses.map((amount, day) => ({ at: day, amount })),
    PERIOD_DAYS,
  );
  const most24hMsat = mostWithin(
    arrived.map(({ time, fee }) => ({ at: time, amount: Number(fee) })),
    DAY,
  );
  const sent = driver.sentBefore(end);
  return { feesMsat, costMsat, valuedMsat, rebalances, sent, movedMsat, worst30Msat, most24hMsat };
}

/** The largest sum of what lies less than `span` apart; in order of `at`. */
function mostWithin(entries: readonly { readonly at: number; readonly amount: number }[], span: number): number {
  let most = entries.length === 0 ? 0 : -Infinity;
  entries.forEach(({ at: start }, i) => {
    let sum = 0;
    for (let j = i; j < entries.length; j++) {
      const entry = entries[j];
      if (entry === undefined || entry.at >= start + span) break;
      sum += entry.amount;
    }
    most = Math.max(most, sum);
  });
  return most;
}

// How does one contestant fare at one node? A whole run with its rebalancer, checked, and all that the table needs of it.
import { recordAdaptation } from '../demand/adaptation.ts';
import { Audit } from './audit.ts';
import { recordCarr } from './channel-carr.ts';
import { CircularRoutes } from '../engine/circular-routes.ts';
import { contestant, type Entry, type Seat } from './entrants.ts';
import { exemplarsOf, trackExemplars, type Tracks } from './exemplars.ts';
import { boundOf, planFluid, type PlannedStretch } from '../bound/fluid-bound.ts';
import { DAY, type Market } from '../market.ts';
import { MarketDriver } from '../engine/market-driver.ts';
import { NodeEngine } from '../engine/node-engine.ts';
import { planUncoupled } from '../bound/uncoupled-plan.ts';
import { runRebalancing, type Rebalancer, type RunResult } from '../engine/run.ts';

const IDLE: Rebalancer = { name: 'none', wake: () => undefined };
const YEAR = 365;

/** What everyone meets: the same payments, the same prices, the same judge. */
export interface Course {
  readonly market: Market;
  /** Of the fluid problem with rebalancing: what balances are worth, and the bound. */
  readonly plan: readonly PlannedStretch[];
  readonly boundMsat: number;
  /** What the bound allows until the end of each whole week. */
  readonly weeklyBoundMsat: readonly number[];
  /** Fee at which every channel begins, ppm. */
  readonly startPpm: number;
}

export function courseOf(market: Market, startPpm: number): Course {
  const plan = market.scenario.liquidity === 'unlimited' ? planUncoupled(market) : planFluid(market, true);
  const weeks = Math.floor(market.days / 7);
  return {
    market,
    plan,
    boundMsat: boundOf(plan),
    weeklyBoundMsat: Array.from({ length: weeks }, (_, i) => boundUntil(plan, market.start + (i + 1) * 7 * DAY)),
    startPpm,
  };
}

const boundUntil = (plan: readonly PlannedStretch[], time: number): number =>
  boundOf(plan.filter(({ from }) => from < time).map((one) => ({ ...one, until: Math.min(one.until, time) })));

export interface Outcome extends RunResult {
  /** Payments to ourselves that were sent. */
  readonly rebalancesSent: number;
  readonly capacityMsat: number;
  /** By channel: fees of what left by it less what filling it cost, of its capacity and a year. */
  readonly channelReturns: readonly number[];
  /** By channel: its CARR, as a fraction. */
  readonly channelCarrs: readonly number[];
  /** See adaptation.ts; empty where demand never changes for long. */
  readonly adaptationDays: readonly number[];
  readonly tracks: Tracks | null;
}

/** @throws Error when a msat appeared or vanished */
export async function compete(
  { market, plan, startPpm }: Course,
  { tool, setup }: Entry,
  seat: Pick<Seat, 'around' | 'intervals'>,
  { tracked }: { readonly tracked: boolean },
): Promise<Outcome> {
  const engine = new NodeEngine(
    market,
    market.channels.map(() => startPpm),
  );
  const audit = new Audit(engine);
  const carrs = recordCarr(engine);
  const driver = new MarketDriver(engine, new CircularRoutes(market));
  const { fees, rebalancer } = contestant(tool).enter({ ...seat, engine, driver, plan, setup });
  const adaptation = recordAdaptation(market);
  const tracker = tracked ? trackExemplars(market, exemplarsOf(market, plan)) : null;
  const result = await runRebalancing(engine, fees, rebalancer ?? IDLE, {
    plan,
    onWake(node) {
      adaptation.onWake(node);
      tracker?.onWake(node);
    },
  });
  const channelCarrs = carrs.rates();
  audit.close();
  return {
    ...result,
    rebalancesSent: driver.sentBefore(market.start + market.days * DAY),
    capacityMsat: engine.capacityMsat.reduce((sum, capacity) => sum + capacity, 0),
    channelReturns: engine.capacityMsat.map((capacity, k) => {
      const net = (result.feesByChannel[k] ?? 0) - (result.rebalanceFeesByChannel[k] ?? 0);
      return ((net / capacity) * YEAR) / market.days;
    }),
    channelCarrs,
    adaptationDays: adaptation.days(),
    tracks: tracker?.tracks() ?? null,
  };
}

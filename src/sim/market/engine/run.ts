// How does a fee tool fare in a market? One run, and what is measured of it.
import type { PlannedStretch } from '../bound/fluid-bound.ts';
import { LotBook } from './lot-book.ts';
import { DAY, type Market } from '../market.ts';
import { Measurements, Valuation, type Measured } from '../contest/measure.ts';
import { NodeEngine, type NodeView } from './node-engine.ts';

/** Called every half hour of the market, like the plugin's timer. */
export interface FeeTool {
  readonly name: string;
  wake(node: NodeView): void;
}

/** The plugin's default fee interval, seconds. */
export const WAKE_SECONDS = 1800;
const WEEK = 7 * DAY;

export interface RunResult extends Measured {
  /** Fees less what rebalances cost, plus what the balances gained or lost, valued at the plan's prices. */
  readonly valuedMsat: number;
  /** The same of the second half of the time. */
  readonly secondHalfMsat: number;
  /** The same from the beginning to the end of each whole week. */
  readonly weeklyMsat: readonly number[];
}

export interface RunOptions {
  readonly startPpm: readonly number[];
  /** Prices at which balances are valued; none: fees alone count. */
  readonly plan?: readonly PlannedStretch[];
  readonly onWake?: (engine: NodeEngine) => void;
}

/** One run of a fee tool by itself. */
export function run(market: Market, tool: FeeTool, options: RunOptions): RunResult {
  const steps = play(new NodeEngine(market, options.startPpm), tool, options);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Called at every interval after the fee tool; time may pass in the engine meanwhile. */
export interface Rebalancer {
  readonly name: string;
  /** Nothing, where it is done at once: waiting for it would cost more than most have to do. */
  wake(): Promise<void> | undefined;
}

/** The plugin's default interval of rebalancing, seconds. */
export const REBALANCE_SECONDS = 900;

/** One run of a fee tool and a rebalancer on the same node, from its present on to the market's end. */
export async function runRebalancing(
  engine: NodeEngine,
  tool: FeeTool,
  rebalancer: Rebalancer,
  options: Omit<RunOptions, 'startPpm'>,
): Promise<RunResult> {
  const steps = play(engine, tool, options);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    const waking = rebalancer.wake();
    if (waking !== undefined) await waking;
  }
}

/** Lets time pass until the market ends, and stops wherever a rebalancer may act. */
function* play(
  engine: NodeEngine,
  tool: FeeTool,
  { plan = [], onWake }: Omit<RunOptions, 'startPpm'>,
): Generator<undefined, RunResult, undefined> {
  const { market } = engine;
  const { start } = market;
  const end = start + market.days * DAY;
  const half = start + (market.days * DAY) / 2;
  const worth = new Valuation(engine, plan);
  const record = new Measurements(engine);
  const view = viewOf(engine, record);
  let atHalf = 0;
  const weeklyMsat: number[] = [];
  const net = (): number => engine.totals.feesMsat - engine.totals.rebalanceFeesMsat + worth.total();
  for (let time = start + REBALANCE_SECONDS; time <= end; time += REBALANCE_SECONDS) {
    engine.advanceTo(time);
    worth.follow(time);
    if ((time - start) % WAKE_SECONDS === 0) {
      view.now = engine.now;
      view.news = engine.takeNews();
      record.takeNews(view.news);
      tool.wake(view);
      onWake?.(engine);
      record.wake();
    }
    if (time === half) atHalf = net();
    if ((time - start) % WEEK === 0) weeklyMsat.push(net());
    yield;
  }
  const valuedMsat = net();
  return { ...record.result(), valuedMsat, secondHalfMsat: valuedMsat - atHalf, weeklyMsat };
}

type View = { -readonly [Key in keyof NodeView]: NodeView[Key] };

function viewOf(engine: NodeEngine, record: Measurements): View {
  const lots = new LotBook(engine);
  return {
    now: engine.now,
    news: [],
    capacityMsat: engine.capacityMsat,
    reserveMsat: engine.reserveMsat,
    localMsat: (channel) => engine.localMsat(channel),
    feePpm: (channel) => engine.feePpm(channel),
    online: (channel) => engine.online(channel),
    rivalPpm: (channel) => engine.rivalPpm(channel),
    purchases: (channel) => lots.purchases(channel, engine.now),
    publish: (channel, ppm) => {
      if (ppm === engine.feePpm(channel)) return;
      engine.publish(channel, ppm);
      record.published(channel);
    },
  };
}

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
  const course = new Run(new NodeEngine(market, options.startPpm), tool, options);
  while (course.result === null) course.goOn();
  return course.result;
}

/** Called at every interval after the fee tool; time may pass in the engine meanwhile. */
export interface Rebalancer {
  readonly name: string;
  /** Nothing, where it is done at once: waiting for it would cost more than most have to do. */
  wake(): Promise<void> | undefined;
}

/** The plugin's default interval of rebalancing, seconds. */
export const REBALANCE_SECONDS = 900;

/**
 * One run of a fee tool and a rebalancer on the same node, from its present on to the market's end. Whoever rebalances for
 * longer than an interval is woken when it is done, the fee tool meanwhile at its times; what is still being done when the
 * market ends counts no more, though the engine goes on with it.
 */
export async function runRebalancing(
  engine: NodeEngine,
  tool: FeeTool,
  rebalancer: Rebalancer,
  options: Omit<RunOptions, 'startPpm'>,
): Promise<RunResult> {
  const course = new Run(engine, tool, options);
  for (;;) {
    course.goOn();
    if (course.result !== null) return course.result;
    const waking = rebalancer.wake();
    if (waking !== undefined) await waking;
  }
}

/** What happens at its time whoever lets time pass: the fee tool's wakes, and what is measured. */
class Run {
  readonly #engine: NodeEngine;
  readonly #tool: FeeTool;
  readonly #onWake: RunOptions['onWake'];
  readonly #start: number;
  readonly #end: number;
  readonly #half: number;
  readonly #worth: Valuation;
  readonly #record: Measurements;
  readonly #view: View;
  readonly #weeklyMsat: number[] = [];
  /** At the end of which the rebalancer was woken last. */
  #intervals = 0;
  #atHalf = 0;
  #result: RunResult | null = null;

  constructor(engine: NodeEngine, tool: FeeTool, { plan = [], onWake }: Omit<RunOptions, 'startPpm'>) {
    const { start, days } = engine.market;
    this.#engine = engine;
    this.#tool = tool;
    this.#onWake = onWake;
    this.#start = start;
    this.#end = start + days * DAY;
    this.#half = start + (days * DAY) / 2;
    this.#worth = new Valuation(engine, plan);
    this.#record = new Measurements(engine);
    this.#view = viewOf(engine, this.#record);
    this.#schedule(start + REBALANCE_SECONDS);
  }

  /** Null until the market has ended. */
  get result(): RunResult | null {
    return this.#result;
  }

  /** Lets time pass until a rebalancer may act: none, where it has been busy since it should have been woken. */
  goOn(): void {
    const passed = Math.floor((this.#engine.now - this.#start) / REBALANCE_SECONDS);
    this.#intervals = Math.max(this.#intervals + 1, passed);
    this.#engine.advanceTo(this.#start + this.#intervals * REBALANCE_SECONDS);
  }

  #schedule(time: number): void {
    this.#engine.at(time, () => {
      this.#tick(time);
      if (time + REBALANCE_SECONDS <= this.#end) this.#schedule(time + REBALANCE_SECONDS);
      else this.#result = this.#measured();
    });
  }

  #tick(time: number): void {
    const passed = time - this.#start;
    this.#worth.follow(time);
    if (passed % WAKE_SECONDS === 0) this.#wake();
    if (time === this.#half) this.#atHalf = this.#net();
    if (passed % WEEK === 0) this.#weeklyMsat.push(this.#net());
  }

  #wake(): void {
    const [engine, view, record] = [this.#engine, this.#view, this.#record];
    view.now = engine.now;
    view.news = engine.takeNews();
    record.takeNews(view.news);
    this.#tool.wake(view);
    this.#onWake?.(engine);
    record.wake();
  }

  #net(): number {
    const { feesMsat, rebalanceFeesMsat } = this.#engine.totals;
    return feesMsat - rebalanceFeesMsat + this.#worth.total();
  }

  #measured(): RunResult {
    const valuedMsat = this.#net();
    const secondHalfMsat = valuedMsat - this.#atHalf;
    return { ...this.#record.result(), valuedMsat, secondHalfMsat, weeklyMsat: this.#weeklyMsat };
  }
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

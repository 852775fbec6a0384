// How does a fee tool fare in a market? One run, and what is measured of it.
import type { PlannedStretch } from './fluid-bound.ts';
import { DAY, regimeAt, shareAt, type Market } from './market.ts';
import { LotBook } from './lot-book.ts';
import { NodeEngine, type ForwardSeen, type NodeView } from './node-engine.ts';
import { bestPrice } from './willingness.ts';

/** Called every half hour of the market, like the plugin's timer. */
export interface FeeTool {
  readonly name: string;
  wake(node: NodeView): void;
}

/** The plugin's default fee interval, seconds. */
export const WAKE_SECONDS = 1800;
/** Below this share of the capacity a channel is as good as empty. */
const LOW = 0.05;

export interface RunResult {
  readonly feesMsat: number;
  /** Fees less what rebalances cost, plus what the balances gained or lost, valued at the plan's prices. */
  readonly valuedMsat: number;
  /** The same of the second half of the time. */
  readonly secondHalfMsat: number;
  readonly settled: number;
  /** Share of payments that reached us and were refused. */
  readonly failShare: number;
  /** Share of channel hours below 5 % local. */
  readonly lowShare: number;
  readonly updatesPerChannelDay: number;
  /** Most updates of one channel within any 24 hours. */
  readonly mostUpdatesADay: number;
  readonly finalShares: readonly number[];
  readonly settledByChannel: readonly number[];
  /** Mean of each day: revenue rate at the live fees over that at the best ones, demand known, liquidity left out. */
  readonly efficiency: readonly number[];
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
  wake(): Promise<void>;
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
    await rebalancer.wake();
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
      record.wake(time);
    }
    if (time === half) atHalf = net();
    yield;
  }
  const valuedMsat = net();
  return { ...record.result(), valuedMsat, secondHalfMsat: valuedMsat - atHalf };
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
    purchases: (channel) => lots.purchases(channel, engine.now),
    publish: (channel, ppm) => {
      if (ppm === engine.feePpm(channel)) return;
      engine.publish(channel, ppm);
      record.published(channel);
    },
  };
}

/** What is measured of a run at each wake of its fee tool. */
class Measurements {
  readonly #engine: NodeEngine;
  readonly #top: number;
  readonly #updates: number[][];
  readonly #settledByChannel: number[];
  readonly #efficiency: number[] = [];
  #low = 0;
  #today = 0;
  #wakes = 0;
  #mostUpdatesADay = 0;

  constructor(engine: NodeEngine) {
    const { market } = engine;
    this.#engine = engine;
    this.#top = bestPrice(market.scenario.willingness.family);
    this.#updates = market.channels.map(() => []);
    this.#settledByChannel = market.channels.map(() => 0);
  }

  published(channel: number): void {
    const { now } = this.#engine;
    const times = this.#updates[channel] ?? [];
    times.push(now);
    while ((times[0] ?? Infinity) <= now - DAY) times.shift();
    this.#mostUpdatesADay = Math.max(this.#mostUpdatesADay, times.length);
  }

  takeNews(news: readonly ForwardSeen[]): void {
    for (const { to, outcome } of news)
      if (outcome === 'settled') this.#settledByChannel[to] = (this.#settledByChannel[to] ?? 0) + 1;
  }

  wake(time: number): void {
    const engine = this.#engine;
    engine.capacityMsat.forEach((capacity, k) => {
      if (engine.localMsat(k) < LOW * capacity) this.#low++;
    });
    this.#wakes++;
    this.#today += efficiencyOf(engine, time, this.#top) / (DAY / WAKE_SECONDS);
    if ((time - engine.market.start) % DAY !== 0) return;
    this.#efficiency.push(this.#today);
    this.#today = 0;
  }

  result(): Omit<RunResult, 'valuedMsat' | 'secondHalfMsat'> {
    const engine = this.#engine;
    const { feesMsat, settled, noLiquidity, feeInsufficient, updates } = engine.totals;
    const count = engine.capacityMsat.length;
    const refused = noLiquidity + feeInsufficient;
    return {
      feesMsat,
      settled,
      failShare: refused / Math.max(1, settled + refused),
      lowShare: this.#low / (this.#wakes * count),
      updatesPerChannelDay: updates / count / engine.market.days,
      mostUpdatesADay: this.#mostUpdatesADay,
      finalShares: engine.capacityMsat.map((capacity, k) => engine.localMsat(k) / capacity),
      settledByChannel: this.#settledByChannel,
      efficiency: this.#efficiency,
    };
  }
}

/** What the balances have gained at the prices of each stretch: what is left at the end is no loss, and no gift. */
class Valuation {
  readonly #engine: NodeEngine;
  readonly #plan: readonly PlannedStretch[];
  readonly #before: number[];
  #at = 0;
  #settled = 0;

  constructor(engine: NodeEngine, plan: readonly PlannedStretch[]) {
    this.#engine = engine;
    this.#plan = plan;
    this.#before = engine.capacityMsat.map((_, k) => engine.localMsat(k));
  }

  /** Closes the accounts of stretches that have ended; to be called at least at every wake. */
  follow(time: number): void {
    while (this.#at + 1 < this.#plan.length && (this.#plan[this.#at]?.until ?? Infinity) <= time) {
      this.#settled += this.#open();
      this.#before.forEach((_, k) => (this.#before[k] = this.#engine.localMsat(k)));
      this.#at++;
    }
  }

  total(): number {
    return this.#settled + this.#open();
  }

  #open(): number {
    const prices = this.#plan[this.#at]?.prices ?? [];
    return prices.reduce(
      (sum, price, k) => sum + (price * (this.#engine.localMsat(k) - (this.#before[k] ?? 0))) / 1e6,
      0,
    );
  }
}

/** Weighted by what each channel could earn; `top` is the best price in multiples of the scale. */
function efficiencyOf(engine: NodeEngine, time: number, top: number): number {
  const { market } = engine;
  let earned = 0;
  let possible = 0;
  market.channels.forEach((channel, k) => {
    const { scalePpm, rateFactor } = regimeAt(channel, time);
    const rate = (fee: number): number => channel.sinkPerDay * rateFactor * fee * shareAt(market, scalePpm, fee);
    earned += rate(engine.feePpm(k));
    possible += rate(top * scalePpm);
  });
  return earned / possible;
}

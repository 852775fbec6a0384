// How does a fee tool fare in a market? One run, and what is measured of it.
import type { PlannedStretch } from './fluid-bound.ts';
import { DAY, regimeAt, shareAt, type Market } from './market.ts';
import { NodeEngine, type NodeView } from './node-engine.ts';
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
  /** Fees plus what the balances gained or lost, valued at the plan's prices. */
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

export function run(market: Market, tool: FeeTool, options: RunOptions): RunResult {
  const engine = new NodeEngine(market, options.startPpm);
  const count = market.channels.length;
  const top = bestPrice(market.scenario.willingness.family);
  const { start } = market;
  const end = start + market.days * DAY;
  const half = start + (market.days * DAY) / 2;
  const worth = new Valuation(engine, options.plan ?? []);
  const updates: number[][] = market.channels.map(() => []);
  const settledByChannel = new Array<number>(count).fill(0);
  const efficiency: number[] = [];
  let valuedAtHalf = 0;
  let low = 0;
  let today = 0;
  let wakes = 0;
  let mostUpdatesADay = 0;
  const view = {
    now: start,
    news: engine.takeNews(),
    capacityMsat: engine.capacityMsat,
    reserveMsat: engine.reserveMsat,
    localMsat: (channel: number) => engine.localMsat(channel),
    feePpm: (channel: number) => engine.feePpm(channel),
    publish: (channel: number, ppm: number) => {
      if (ppm === engine.feePpm(channel)) return;
      engine.publish(channel, ppm);
      const times = updates[channel] ?? [];
      times.push(engine.now);
      while ((times[0] ?? Infinity) <= engine.now - DAY) times.shift();
      mostUpdatesADay = Math.max(mostUpdatesADay, times.length);
    },
  };
  for (let time = start + WAKE_SECONDS; time <= end; time += WAKE_SECONDS) {
    engine.advanceTo(time);
    worth.follow(time);
    view.now = time;
    view.news = engine.takeNews();
    for (const { to, outcome } of view.news)
      if (outcome === 'settled') settledByChannel[to] = (settledByChannel[to] ?? 0) + 1;
    tool.wake(view);
    options.onWake?.(engine);
    for (let k = 0; k < count; k++) if (engine.localMsat(k) < LOW * (engine.capacityMsat[k] ?? 0)) low++;
    wakes++;
    today += efficiencyOf(engine, time, top) / (DAY / WAKE_SECONDS);
    if ((time - start) % DAY === 0) {
      efficiency.push(today);
      today = 0;
    }
    if (time === half) valuedAtHalf = engine.totals.feesMsat + worth.total();
  }
  const { feesMsat, settled, noLiquidity, feeInsufficient, updates: published } = engine.totals;
  const valuedMsat = feesMsat + worth.total();
  const refused = noLiquidity + feeInsufficient;
  return {
    feesMsat,
    valuedMsat,
    secondHalfMsat: valuedMsat - valuedAtHalf,
    settled,
    failShare: refused / Math.max(1, settled + refused),
    lowShare: low / (wakes * count),
    updatesPerChannelDay: published / count / market.days,
    mostUpdatesADay,
    finalShares: market.channels.map(({ capacityMsat }, k) => engine.localMsat(k) / capacityMsat),
    settledByChannel,
    efficiency,
  };
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

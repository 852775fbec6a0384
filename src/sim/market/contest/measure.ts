// What is measured of one run? Counts as they arise, and what the balances have gained at the prices of the plan.
import type { PlannedStretch } from '../bound/fluid-bound.ts';
import { DAY } from '../market.ts';
import type { ForwardSeen, NodeEngine } from '../engine/node-engine.ts';

/** Below this share of the capacity a channel is as good as empty. */
const LOW = 0.05;

export interface Measured {
  readonly feesMsat: number;
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
  /** Fees of what left by each channel. */
  readonly feesByChannel: readonly number[];
  /** What filling each channel cost. */
  readonly rebalanceFeesByChannel: readonly number[];
  /** Payments to ourselves that arrived, and what they cost. */
  readonly rebalances: number;
  readonly rebalanceFeesMsat: number;
}

export class Measurements {
  readonly #engine: NodeEngine;
  readonly #updates: number[][];
  readonly #settled: number[];
  readonly #fees: number[];
  readonly #paid: number[];
  #low = 0;
  #wakes = 0;
  #mostUpdatesADay = 0;

  constructor(engine: NodeEngine) {
    const zeros = (): number[] => engine.market.channels.map(() => 0);
    this.#engine = engine;
    this.#updates = engine.market.channels.map(() => []);
    this.#settled = zeros();
    this.#fees = zeros();
    this.#paid = zeros();
    engine.listen({
      forwarded: () => undefined,
      rebalanced: ({ to, feeMsat }) => {
        this.#paid[to] = (this.#paid[to] ?? 0) + feeMsat;
      },
    });
  }

  published(channel: number): void {
    const { now } = this.#engine;
    const times = this.#updates[channel] ?? [];
    times.push(now);
    while ((times[0] ?? Infinity) <= now - DAY) times.shift();
    this.#mostUpdatesADay = Math.max(this.#mostUpdatesADay, times.length);
  }

  takeNews(news: readonly ForwardSeen[]): void {
    for (const { to, feeMsat, outcome } of news) {
      if (outcome !== 'settled') continue;
      this.#settled[to] = (this.#settled[to] ?? 0) + 1;
      this.#fees[to] = (this.#fees[to] ?? 0) + feeMsat;
    }
  }

  wake(): void {
    const engine = this.#engine;
    const { capacityMsat } = engine;
    for (let k = 0; k < capacityMsat.length; k++) if (engine.localMsat(k) < LOW * (capacityMsat[k] ?? 0)) this.#low++;
    this.#wakes++;
  }

  /** As of now: what happens later changes nothing of it. */
  result(): Measured {
    const engine = this.#engine;
    const { feesMsat, settled, noLiquidity, feeInsufficient, peerOffline, updates, rebalances, rebalanceFeesMsat } =
      engine.totals;
    const count = engine.capacityMsat.length;
    const refused = noLiquidity + feeInsufficient + peerOffline;
    return {
      feesMsat,
      settled,
      failShare: refused / Math.max(1, settled + refused),
      lowShare: this.#low / (this.#wakes * count),
      updatesPerChannelDay: updates / count / engine.market.days,
      mostUpdatesADay: this.#mostUpdatesADay,
      finalShares: engine.capacityMsat.map((capacity, k) => engine.localMsat(k) / capacity),
      settledByChannel: [...this.#settled],
      feesByChannel: [...this.#fees],
      rebalanceFeesByChannel: [...this.#paid],
      rebalances,
      rebalanceFeesMsat,
    };
  }
}

/** What the balances have gained at the prices of each stretch: what is left at the end is no loss, and no gift. */
export class Valuation {
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

// How does a rival's rebalancer see the market, and who carries out what it wants? The narrow part all of them need.
import type { MarketDriver } from '../engine/market-driver.ts';
import type { NodeEngine } from '../engine/node-engine.ts';

/** One thing to try. Integer msat. */
export interface Attempt {
  /** Channels it may leave by: the cheapest way of all is tried first, as a payment with several first hops is. */
  readonly from: readonly number[];
  readonly to: number;
  readonly amountMsat: number;
  readonly maxFeeMsat: number;
  /** Another way is begun as long as less than this has passed. */
  readonly seconds: number;
}

/** What became of it; null: nothing arrived. */
export type Moved = { readonly from: number; readonly amountMsat: number; readonly feeMsat: number } | null;

/** What a rebalancer is told of the node. By channel; msat. */
export interface Balances {
  readonly now: number;
  readonly capacityMsat: readonly number[];
  localMsat(channel: number): number;
  spendableMsat(channel: number): number;
  receivableMsat(channel: number): number;
  feePpm(channel: number): number;
}

/** More than the market ever takes but for what is stuck: such an order is given up, as the originals do. */
const ORDER_SECONDS = 300;
const SAT = 1000;

export class RebalanceDesk {
  readonly node: Balances;
  readonly #engine: NodeEngine;
  readonly #driver: MarketDriver;

  constructor(engine: NodeEngine, driver: MarketDriver) {
    this.node = engine;
    this.#engine = engine;
    this.#driver = driver;
  }

  /** The peer's fee for the last hop toward us, ppm. */
  lastHopPpm(channel: number): number {
    return this.#driver.routes.lastHopPpm(channel);
  }

  /**
   * Time passes in the market meanwhile. Each rival keeps its own budget: whatever it asks for is tried, but for what
   * makes no order (less than a sat, a cap below one ppm or of the whole amount).
   */
  move({ from, to, amountMsat, maxFeeMsat, seconds }: Attempt): Moved {
    const engine = this.#engine;
    const began = engine.now;
    const amount = Math.floor(amountMsat / SAT) * SAT;
    const most = Math.floor(maxFeeMsat);
    if (amount <= 0 || most >= amount || most * 1e6 < amount) return null;
    for (const source of this.#cheapestFirst(from, to, amount, began)) {
      if (engine.now - began >= seconds) return null;
      const deadline = Math.floor(engine.now) + ORDER_SECONDS;
      const tried = this.#driver.attempt({ from: source, to, amountMsat: amount, maxFeeMsat: most, deadline });
      if (typeof tried !== 'string' && tried.status === 'complete')
        return { from: source, amountMsat: amount, feeMsat: tried.circle.feeMsat };
    }
    return null;
  }

  #cheapestFirst(from: readonly number[], to: number, amountMsat: number, time: number): readonly number[] {
    if (from.length === 1) return from;
    const { routes } = this.#driver;
    return from
      .map((source) => ({ source, feeMsat: routes.feeMsat(source, to, amountMsat, time) }))
      .sort((a, b) => a.feeMsat - b.feeMsat)
      .map(({ source }) => source);
  }
}

// How does a rival's rebalancer see the market, and who carries out what it wants? The narrow part all of them need.
import { approve, type Capital } from '../../../core/rebalance/guard.ts';
import type { ApprovedOrder } from '../../../core/rebalance/types.ts';
import { msat, msatToFloat, unixSec } from '../../../core/units.ts';
import { channelOf, peerOf, scidOf } from '../identities.ts';
import type { MarketDriver } from '../market-driver.ts';
import type { NodeEngine } from '../node-engine.ts';

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

/** Each rival keeps its own budget: whatever it asks for is approved. */
const UNLIMITED: Capital = {
  dailyBudgetMsat: msat(1_000_000_000_000),
  minReserveMsat: msat(0),
  spending: { spentMsat: msat(0), reservedMsat: msat(0) },
  funds: { onchainMsat: msat(1_000_000_000_000_000), channelsMsat: msat(0) },
};

/** Nobody stops them, and nobody asks for their hashes. */
const UNWATCHED = { signal: new AbortController().signal, onDispatched: () => undefined };

type End = ApprovedOrder['from'];

export class RebalanceDesk {
  readonly node: Balances;
  readonly #engine: NodeEngine;
  readonly #driver: MarketDriver;
  readonly #ends: readonly End[];
  #orders = 0;

  constructor(engine: NodeEngine, driver: MarketDriver) {
    this.node = engine;
    this.#engine = engine;
    this.#driver = driver;
    this.#ends = engine.capacityMsat.map((_, k) => ({ channelId: channelOf(k), scid: scidOf(k), peerId: peerOf(k) }));
  }

  /** The peer's fee for the last hop toward us, ppm. */
  lastHopPpm(channel: number): number {
    return this.#driver.routes.lastHopPpm(channel);
  }

  /** Time passes in the market meanwhile. What makes no order (less than a sat, a cap below one ppm) moves nothing. */
  async move({ from, to, amountMsat, maxFeeMsat, seconds }: Attempt): Promise<Moved> {
    const engine = this.#engine;
    const began = engine.now;
    const amount = Math.floor(amountMsat / SAT) * SAT;
    const ways = from
      .map((source) => ({ source, feeMsat: this.#driver.routes.feeMsat(source, to, amount, began) }))
      .sort((a, b) => a.feeMsat - b.feeMsat);
    for (const { source } of ways) {
      if (engine.now - began >= seconds) return null;
      const order = this.#order(source, to, amount, Math.floor(maxFeeMsat));
      if (order === null) return null;
      const { status, feeMsat } = await this.#driver.rebalance(order, UNWATCHED);
      if (status === 'success') return { from: source, amountMsat: amount, feeMsat: msatToFloat(feeMsat) };
    }
    return null;
  }

  #order(from: number, to: number, amountMsat: number, maxFeeMsat: number): ApprovedOrder | null {
    const [source, destination] = [this.#ends[from], this.#ends[to]];
    if (source === undefined || destination === undefined) throw new RangeError(`desk: no channel ${from} or ${to}`);
    if (from === to || amountMsat <= 0 || maxFeeMsat <= 0) return null;
    const order = {
      id: String(this.#orders++),
      from: source,
      to: destination,
      amountMsat: msat(amountMsat),
      maxFeeMsat: msat(maxFeeMsat),
      deadline: unixSec(Math.floor(this.#engine.now) + ORDER_SECONDS),
    };
    const approved = approve(order, UNLIMITED);
    return approved.ok ? approved.value : null;
  }
}

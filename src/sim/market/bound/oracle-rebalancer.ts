// What could rebalancing earn for someone who knew demand and every price of the moment? Half of the realisable oracle.
import { levelPrice } from '../../../core/fee/bid-price.ts';
import { bendScales } from './bend.ts';
import type { CircularRoutes } from '../engine/circular-routes.ts';
import type { PlannedStretch } from './fluid-bound.ts';
import { demandAt } from '../market.ts';
import type { MarketDriver } from '../engine/market-driver.ts';
import type { NodeEngine } from '../engine/node-engine.ts';
import { RebalanceDesk } from '../rivals/rebalance-desk.ts';
import { REBALANCE_SECONDS, type Rebalancer } from '../engine/run.ts';

/** How strongly the balance bends the price, in multiples of the channel's scale: as of the oracle's fees. */
const BEND = 1;
/** Part of the smaller channel that moves at once: small enough for its price to stay about the same. */
const PORTION = 0.1;
/** Up to here an attempt succeeds as often as a smaller one (circular-routes.ts). */
const LARGEST_MSAT = 500_000_000;
/** Less is not worth an attempt. */
const SMALLEST_MSAT = 10_000_000;
/** A gain below this share of the price is left to later: the price of the way may fall meanwhile. */
const LEAST_GAIN = 0.1;

interface Move {
  readonly from: number;
  readonly to: number;
  readonly amountMsat: number;
  readonly gainPpm: number;
  readonly capPpm: number;
}

/** Moves liquidity wherever its price, as the plan has it, differs by more than the way costs right now. */
export function oracleRebalancer(
  engine: NodeEngine,
  driver: MarketDriver,
  plan: readonly PlannedStretch[],
  bend = BEND,
): Rebalancer {
  const { market } = engine;
  const desk = new RebalanceDesk(engine, driver);
  const offers = new Offers(engine, driver.routes);
  let stretch: PlannedStretch | undefined;
  let scales: readonly number[] = [];
  return {
    name: 'oracle',
    wake() {
      const end = engine.now + REBALANCE_SECONDS;
      const now = plan.find(({ until }) => engine.now < until) ?? plan.at(-1);
      if (now === undefined) return;
      if (now !== stretch) scales = bendScales(demandAt(market, now.from));
      stretch = now;
      const price = (k: number, localMsat: number): number =>
        (now.prices[k] ?? 0) + bend * (scales[k] ?? 0) * levelPrice(localMsat / (engine.capacityMsat[k] ?? 1));
      for (let before = -Infinity; engine.now > before && engine.now < end;) {
        before = engine.now;
        const move = offers.best(price);
        if (move === null) return;
        const { from, to, amountMsat, capPpm } = move;
        const maxFeeMsat = (amountMsat * capPpm) / 1e6;
        desk.move({ from: [from], to, amountMsat, maxFeeMsat, seconds: 1 });
      }
    },
  };
}

/** What the channels' prices and the ways between them offer at present. Arrays are kept: it is asked every 15 minutes. */
class Offers {
  readonly #engine: NodeEngine;
  readonly #routes: CircularRoutes;
  readonly #portion: Float64Array;
  /** What each channel would be worth after giving half of its portion, and after taking it, ppm. */
  readonly #given: Float64Array;
  readonly #taken: Float64Array;
  /** `#taken` less what the peer itself asks, which is part of every way. */
  readonly #worth: Float64Array;
  /** Cheapest to give first, and worth most first: hardly ever another order than before. */
  readonly #givers: Int32Array;
  readonly #takers: Int32Array;

  constructor(engine: NodeEngine, routes: CircularRoutes) {
    const { capacityMsat } = engine;
    const count = capacityMsat.length;
    this.#engine = engine;
    this.#routes = routes;
    this.#portion = Float64Array.from(capacityMsat, (capacity) => Math.min(LARGEST_MSAT, PORTION * capacity));
    this.#given = new Float64Array(count);
    this.#taken = new Float64Array(count);
    this.#worth = new Float64Array(count);
    this.#givers = Int32Array.from(capacityMsat, (_, k) => k);
    this.#takers = Int32Array.from(capacityMsat, (_, k) => k);
  }

  /** The move that gains most for each sat; null where none gains enough. */
  best(price: (channel: number, localMsat: number) => number): Move | null {
    this.#value(price);
    const { now } = this.#engine;
    let best: Move | null = null;
    for (const to of this.#takers) {
      const taker = this.#taken[to] ?? 0;
      const worth = this.#worth[to] ?? 0;
      for (const from of this.#givers) {
        const giver = this.#given[from] ?? 0;
        const difference = taker - giver;
        // All sources that follow are dearer.
        if (worth - giver <= Math.max(LEAST_GAIN * difference, best?.gainPpm ?? 0)) break;
        if (from === to) continue;
        const gainPpm = difference - this.#routes.ppm(from, to, now);
        if (gainPpm <= Math.max(LEAST_GAIN * Math.abs(difference), best?.gainPpm ?? 0)) continue;
        // A way that carries nothing has no price.
        if (!this.#routes.mayArrive(from, to, now)) continue;
        const amountMsat = this.#amount(from, to);
        if (amountMsat >= SMALLEST_MSAT) best = { from, to, amountMsat, gainPpm, capPpm: difference };
      }
    }
    return best;
  }

  #value(price: (channel: number, localMsat: number) => number): void {
    for (let k = 0; k < this.#portion.length; k++) {
      const local = this.#engine.localMsat(k);
      const half = (this.#portion[k] ?? 0) / 2;
      const taken = price(k, local + half);
      this.#given[k] = price(k, local - half);
      this.#taken[k] = taken;
      this.#worth[k] = taken - this.#routes.lastHopPpm(k);
    }
    sortBy(this.#givers, this.#given, 1);
    sortBy(this.#takers, this.#worth, -1);
  }

  #amount(from: number, to: number): number {
    return Math.min(
      this.#portion[from] ?? 0,
      this.#portion[to] ?? 0,
      this.#engine.spendableMsat(from) * 0.9,
      this.#engine.receivableMsat(to),
    );
  }
}

/** By insertion: what is nearly in order already takes one look at each. */
function sortBy(order: Int32Array, key: Float64Array, sign: 1 | -1): void {
  for (let i = 1; i < order.length; i++) {
    const one = order[i] ?? 0;
    const own = sign * (key[one] ?? 0);
    let at = i;
    for (; at > 0 && sign * (key[order[at - 1] ?? 0] ?? 0) > own; at--) order[at] = order[at - 1] ?? 0;
    order[at] = one;
  }
}

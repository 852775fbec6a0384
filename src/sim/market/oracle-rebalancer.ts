// What could rebalancing earn for someone who knew demand and every price of the moment? Half of the realisable oracle.
import { levelPrice } from '../../core/fee/bid-price.ts';
import type { CircularRoutes } from './circular-routes.ts';
import type { PlannedStretch } from './fluid-bound.ts';
import { demandAt } from './market.ts';
import type { MarketDriver } from './market-driver.ts';
import type { NodeEngine } from './node-engine.ts';
import { RebalanceDesk } from './rivals/rebalance-desk.ts';
import { REBALANCE_SECONDS, type Rebalancer } from './run.ts';

/** How strongly the balance bends the price, in multiples of the channel's scale: as of the oracle's fees. */
const BEND = 1;
/** Part of the smaller channel that moves at once: small enough for its price to stay about the same. */
const PORTION = 0.1;
/** Up to here an attempt succeeds as often as any (circular-routes.ts). */
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
  let stretch: PlannedStretch | undefined;
  let scales: readonly number[] = [];
  return {
    name: 'oracle',
    async wake() {
      const end = engine.now + REBALANCE_SECONDS;
      const now = plan.find(({ until }) => engine.now < until) ?? plan.at(-1);
      if (now === undefined) return;
      if (now !== stretch) scales = demandAt(market, now.from).scalePpm;
      stretch = now;
      const price = (k: number, localMsat: number): number =>
        (now.prices[k] ?? 0) + bend * (scales[k] ?? 0) * levelPrice(localMsat / (engine.capacityMsat[k] ?? 1));
      for (let before = -Infinity; engine.now > before && engine.now < end;) {
        before = engine.now;
        const move = bestMove(engine, driver.routes, price);
        if (move === null) return;
        const { from, to, amountMsat, capPpm } = move;
        const maxFeeMsat = (amountMsat * capPpm) / 1e6;
        await desk.move({ from: [from], to, amountMsat, maxFeeMsat, seconds: 1 });
      }
    },
  };
}

function bestMove(
  engine: NodeEngine,
  routes: CircularRoutes,
  price: (channel: number, localMsat: number) => number,
): Move | null {
  const { capacityMsat } = engine;
  const portion = capacityMsat.map((capacity) => Math.min(LARGEST_MSAT, PORTION * capacity));
  // What each would be worth after giving, or after taking, half of its portion.
  const after = (sign: 1 | -1): number[] =>
    portion.map((amount, k) => price(k, engine.localMsat(k) + (sign * amount) / 2));
  const given = after(-1);
  const taken = after(1);
  const cheapestFirst = given.map((_, k) => k).sort((a, b) => (given[a] ?? 0) - (given[b] ?? 0));
  // The peer's own fee is part of every way.
  const worthMost = taken
    .map((price, to) => ({ to, price, worth: price - routes.lastHopPpm(to) }))
    .sort((a, b) => b.worth - a.worth);
  let best: Move | null = null;
  for (const { to, price: taker, worth } of worthMost) {
    for (const from of cheapestFirst) {
      const giver = given[from] ?? 0;
      // All sources that follow are dearer.
      if (worth - giver <= (best?.gainPpm ?? 0)) break;
      if (from === to) continue;
      const difference = taker - giver;
      const gainPpm = difference - routes.ppm(from, to, engine.now);
      if (gainPpm <= Math.max(LEAST_GAIN * Math.abs(difference), best?.gainPpm ?? 0)) continue;
      const amountMsat = Math.min(
        portion[from] ?? 0,
        portion[to] ?? 0,
        engine.spendableMsat(from) * 0.9,
        engine.receivableMsat(to),
      );
      if (amountMsat >= SMALLEST_MSAT) best = { from, to, amountMsat, gainPpm, capPpm: difference };
    }
  }
  return best;
}

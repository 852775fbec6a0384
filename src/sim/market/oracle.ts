// What would someone earn who knew demand but not the future? Bid prices of the fluid plan, bent by the balance (quant 4.8).
import { levelPrice } from '../../core/fee/bid-price.ts';
import type { PlannedStretch } from './fluid-bound.ts';
import { DAY, demandAt, type Demand, type Market } from './market.ts';
import type { NodeView } from './node-engine.ts';
import type { FeeTool } from './run.ts';
import { MOST_PPM, bestPrice, survival } from './willingness.ts';

/** How strongly the balance bends the price, in multiples of the channel's scale; found by search over 0.25 to 4. */
const BEND = 1;
/** A change smaller than this (in ln) is not told: as of the plugin, so that gossip is comparable. */
const DEADBAND = 0.12;
/** Two hours: balances move by days. */
const EVERY_SECONDS = 7200;
/** Fees looked at, in multiples of the scale. */
const GRID = Float64Array.from({ length: 120 }, (_, i) => 0.02 * 1.06 ** i);

/** The realisable bid-price policy at known demand and planned prices. */
export function oracle(market: Market, plan: readonly PlannedStretch[], bend = BEND): FeeTool {
  const { family } = market.scenario.willingness;
  const shares = GRID.map((x) => survival(family, x));
  let stretch: PlannedStretch | undefined;
  let demand: Demand = { volume: [], scalePpm: [] };
  return {
    name: 'oracle',
    wake(node: NodeView) {
      const now = plan.find(({ until }) => node.now < until) ?? plan.at(-1);
      if (now === undefined) return;
      if (now !== stretch) demand = demandAt(market, now.from);
      else if (node.now % EVERY_SECONDS !== 0) return;
      stretch = now;
      const prices = demand.scalePpm.map((scale, k) => {
        const share = node.localMsat(k) / (node.capacityMsat[k] ?? 1);
        return (now.prices[k] ?? 0) + bend * scale * levelPrice(share);
      });
      demand.scalePpm.forEach((scale, j) => {
        const difference = (prices[j] ?? 0) - incoming(demand.volume, prices, j);
        const fee = Math.round(Math.min(MOST_PPM, Math.max(1, scale * best(shares, difference / scale))));
        if (Math.abs(Math.log(fee / Math.max(1, node.feePpm(j)))) > DEADBAND) node.publish(j, fee);
      });
    },
  };
}

function incoming(volume: Demand['volume'], prices: readonly number[], j: number): number {
  let sum = 0;
  let total = 0;
  volume.forEach((row, i) => {
    sum += (row[j] ?? 0) * (prices[i] ?? 0);
    total += row[j] ?? 0;
  });
  return sum / Math.max(total, 1e-12);
}

/** The price, in multiples of the scale, of highest share x (price - cost); the dearest where all would lose. */
function best(shares: Float64Array, cost: number): number {
  let value = 0;
  let at = GRID.at(-1) ?? 1;
  for (let i = 0; i < GRID.length; i++) {
    const here = (shares[i] ?? 0) * ((GRID[i] ?? 0) - cost);
    if (here > value) {
      value = here;
      at = GRID[i] ?? at;
    }
  }
  return at;
}

/** Demand known, liquidity ignored: the revenue optimum of each channel at each time. */
export function knownOptimum(market: Market): FeeTool {
  const top = bestPrice(market.scenario.willingness.family);
  let day = -1;
  return {
    name: 'known-optimum',
    wake(node) {
      const today = Math.floor(node.now / DAY);
      if (today === day) return;
      day = today;
      demandAt(market, node.now).scalePpm.forEach((scale, k) => {
        node.publish(k, Math.round(Math.min(MOST_PPM, top * scale)));
      });
    },
  };
}

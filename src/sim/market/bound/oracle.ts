// What would someone earn who knew demand but not the future? Bid prices of the fluid plan, bent by the balance (quant 4.8).
import { levelPrice } from '../../../core/fee/bid-price.ts';
import { isNow, type DemandColumn } from '../demand/demand.ts';
import { bendScales } from './bend.ts';
import type { PlannedStretch } from './fluid-bound.ts';
import { DAY, demandAt, type Market } from '../market.ts';
import type { NodeView } from '../engine/node-engine.ts';
import { Leader } from './leader.ts';
import { PricedColumn } from '../demand/priced-column.ts';
import { rivalLags } from './rival.ts';
import type { FeeTool } from '../engine/run.ts';
import { MOST_PPM, bestPrice } from '../demand/willingness.ts';

/** How strongly the balance bends the price, in multiples of the channel's scale; found by search over 0.25 to 4. */
const BEND = 1;
/** A change smaller than this (in ln) is not told: as of the plugin, so that gossip is comparable. */
const DEADBAND = 0.12;
/** Two hours: balances move by days. */
const EVERY_SECONDS = 7200;

/** The realisable bid-price policy at known demand and planned prices. Where a rival reacts it knows how. */
export function oracle(market: Market, plan: readonly PlannedStretch[], bend = BEND): FeeTool {
  let stretch: PlannedStretch | undefined;
  let scales: readonly number[] = [];
  let columns: readonly { readonly column: DemandColumn; readonly best: Best }[] = [];
  return {
    name: 'oracle',
    wake(node: NodeView) {
      const now = plan.find(({ until }) => node.now < until) ?? plan.at(-1);
      if (now === undefined) return;
      if (now !== stretch) {
        const demand = demandAt(market, now.from);
        scales = bendScales(demand);
        columns = demand.columns.map((column) => ({ column, best: bestOf(market, column, now.prices) }));
      } else if (node.now % EVERY_SECONDS !== 0) return;
      stretch = now;
      const prices = Float64Array.from(scales, (scale, k) => {
        const share = node.localMsat(k) / (node.capacityMsat[k] ?? 1);
        return (now.prices[k] ?? 0) + bend * scale * levelPrice(share);
      });
      for (const { column, best } of columns) {
        if (!isNow(column, market, node.now)) continue;
        const fee = Math.round(Math.min(MOST_PPM, Math.max(1, best(prices, node))));
        if (Math.abs(Math.log(fee / Math.max(1, node.feePpm(column.to)))) > DEADBAND) node.publish(column.to, fee);
      }
    },
  };
}

/** The best fee of a column at such prices, ppm. */
type Best = (prices: Float64Array, node: NodeView) => number;

function bestOf(market: Market, column: DemandColumn, planned: readonly number[]): Best {
  const { rival, hours } = market.scenario;
  // As the bound has it: where hours differ as well there is no game.
  if (rival === null || hours !== null) {
    const priced = new PricedColumn(column, 'settled');
    return (prices) => {
      priced.choose(prices);
      return priced.fee;
    };
  }
  const leader = new Leader(column, planned);
  const lagSeconds = 3600 * (rivalLags(market, rival)[column.to] ?? 0);
  /** What we asked, until when; the first is what the rival sees now. */
  const asked: { readonly until: number; readonly ppm: number }[] = [];
  return (prices, node) => {
    const looked = node.now - lagSeconds;
    asked.push({ until: node.now, ppm: node.feePpm(column.to) });
    while ((asked[0]?.until ?? Infinity) < looked) asked.shift();
    return leader.fee(looked < market.start ? null : (asked[0]?.ppm ?? null), prices);
  };
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

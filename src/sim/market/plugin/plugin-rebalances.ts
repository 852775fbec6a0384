// What does the plugin's rebalancing earn? The production cycle over the market, at its interval.
import { exclusive } from '../../../app/exclusive.ts';
import { Flights } from '../../../app/rebalance/flights.ts';
import { Lately } from '../../../app/rebalance/lately.ts';
import { WayBook } from '../../../app/rebalance/way-book.ts';
import { runRebalanceCycle } from '../../../app/rebalance/rebalance-cycle.ts';
import type { RebalancePorts } from '../../../app/rebalance/rebalance-ports.ts';
import { settleOpen } from '../../../app/rebalance/settle-open.ts';
import type { Config } from '../../../core/config/options.ts';
import { DEFAULTS } from '../../../core/config/validate.ts';
import type { Log, RebalanceStore } from '../../../ports.ts';
import { stream } from '../market.ts';
import { MarketBooks } from '../engine/market-books.ts';
import type { MarketDriver } from '../engine/market-driver.ts';
import { MarketClock, MarketNode } from '../engine/market-node.ts';
import { KeptFees, marketStore } from '../engine/market-store.ts';
import { MemoryRebalances } from '../engine/memory-rebalances.ts';
import type { NodeEngine } from '../engine/node-engine.ts';
import type { PluginTool } from './plugin-fees.ts';
import { REBALANCE_SECONDS, type Rebalancer } from '../engine/run.ts';

const SILENT: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * @param fees whose prices rebalancing goes by
 * @param ledger of capital: new and for this run alone
 */
export function pluginRebalances(
  engine: NodeEngine,
  driver: MarketDriver,
  fees: PluginTool,
  config: Config = DEFAULTS,
  ledger: RebalanceStore = new MemoryRebalances(),
): Rebalancer {
  const clock = new MarketClock(engine);
  const node = new MarketNode(engine, driver.routes, clock);
  const kept = new KeptFees();
  const ports: RebalancePorts = {
    node,
    accounts: node,
    store: marketStore(new MarketBooks(engine, driver.arrived), kept, ledger),
    log: SILENT,
    clock,
    rng: stream(engine.market.seed, 'orders'),
    rebalancing: {
      payments: driver,
      available: () => new Set([driver.name]),
      driver: () => driver,
      unclean: false,
      sweep: () => Promise.resolve({ layers: 0, reservations: 0, invoices: 0 }),
      conflicts: () => Promise.resolve([]),
      namedOrders: () => Promise.resolve([]),
    },
    clboss: { take: () => Promise.resolve({ kind: 'no-clboss' }), retake: () => Promise.resolve(new Map()) },
    exclusive: exclusive(),
    flights: new Flights(),
    ways: new WayBook(),
    lately: new Lately(),
    settleOpen: () => settleOpen(ports),
    config: () => config,
    catchUp: () => Promise.resolve(),
    takeInAccounts: () => Promise.resolve(),
    restraint: () => null,
    untold: true,
    stopping: new AbortController().signal,
  };
  let next = 0;
  return {
    name: 'plugin',
    async wake() {
      const outcome = fees.last();
      if (outcome === null || engine.now < next) return;
      // From when this one was due: what one cycle takes does not put off the others.
      next = engine.now - (engine.now % REBALANCE_SECONDS) + config.rebalanceInterval;
      kept.keep(outcome, clock);
      await runRebalanceCycle(ports);
    },
  };
}

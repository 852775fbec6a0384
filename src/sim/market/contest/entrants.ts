// Who competes, and how does each take its seat at a node? Ours, the field, the controls, and those who know too much.
import type { Config } from '../../../core/config/options.ts';
import { DEFAULTS } from '../../../core/config/validate.ts';
import { FEE_ALGORITHMS, type FeeAlgorithm } from '../../../core/fee/types.ts';
import type { PlannedStretch } from '../bound/fluid-bound.ts';
import type { MarketDriver } from '../engine/market-driver.ts';
import type { ForwardSeen, NodeEngine } from '../engine/node-engine.ts';
import { MemoryRebalances } from '../engine/memory-rebalances.ts';
import { oracle } from '../bound/oracle.ts';
import { oracleRebalancer } from '../bound/oracle-rebalancer.ts';
import { DEFAULT_FEE_CONFIG, aroundPlugin, pluginFees, type PluginTool } from '../plugin/plugin-fees.ts';
import { pluginRebalances } from '../plugin/plugin-rebalances.ts';
import { FIELD, PAIRS, SETUPS, type Entrant, type Setup } from '../rivals/field.ts';
import { marketMedian } from '../rivals/market-median.ts';
import { mainnet, type Surroundings } from '../rivals/surroundings.ts';
import { WAKE_SECONDS } from '../engine/run.ts';

/** Seconds between two cycles of the plugin's: revenue-ops-fee-interval and revenue-ops-rebalance-interval. */
export interface Intervals {
  readonly fee: number;
  readonly rebalance: number;
}

export const SHIPPED_INTERVALS: Intervals = { fee: DEFAULTS.feeInterval, rebalance: DEFAULTS.rebalanceInterval };

/** All that a tool may need to go to work; most look at little of it. */
export interface Seat {
  readonly engine: NodeEngine;
  readonly driver: MarketDriver;
  /** Of the fluid problem with rebalancing: for those who know it. */
  readonly plan: readonly PlannedStretch[];
  readonly setup: Setup;
  /** What the network around tells whoever asks. */
  readonly around: Surroundings;
  readonly intervals: Intervals;
}

/** `ours` is what is tested, `rival` what it is tested against, `control` costs nobody a thought, `oracle` knows demand. */
export type Kind = 'ours' | 'rival' | 'control' | 'oracle';

export interface Contestant {
  readonly kind: Kind;
  readonly about: string;
  readonly setups: readonly Setup[];
  enter(seat: Seat): Entrant;
}

const SHIPPED: readonly Setup[] = ['shipped'];

const ours = (algorithm: FeeAlgorithm): Contestant => ({
  kind: 'ours',
  about: `this plugin with fee algorithm ${algorithm} and its own rebalancing`,
  setups: SHIPPED,
  enter({ engine, driver, around, intervals }) {
    const config: Config = { ...DEFAULTS, feeAlgorithm: algorithm, rebalanceInterval: intervals.rebalance };
    const ledger = new MemoryRebalances();
    const fees = pluginFees({ ...DEFAULT_FEE_CONFIG, algorithm }, aroundPlugin(engine.market, around, ledger));
    return {
      fees: every(intervals.fee, fees),
      // Between one channel and itself there is nothing to move.
      rebalancer: engine.capacityMsat.length === 1 ? null : pluginRebalances(engine, driver, fees, config, ledger),
    };
  },
});

export const CONTESTANTS: Readonly<Record<string, Contestant>> = {
  ...Object.fromEntries(FEE_ALGORITHMS.map((algorithm) => [algorithm, ours(algorithm)])),
  static: {
    kind: 'control',
    about: "mainnet's median of 250 ppm everywhere, for ever",
    setups: SHIPPED,
    enter: ({ engine }) => ({ fees: marketMedian(mainnet(engine.market)), rebalancer: null }),
  },
  ...Object.fromEntries(
    Object.entries({ ...FIELD, ...PAIRS }).map(([name, rival]): [string, Contestant] => [
      name,
      {
        kind: name === 'market-median' ? 'control' : 'rival',
        about: rival.about,
        setups: SETUPS,
        enter: ({ engine, driver, setup, around }) => rival.enter(engine, driver, setup, around),
      },
    ]),
  ),
  'oracle-fees': {
    kind: 'oracle',
    about: 'knows demand, not the future; fees alone',
    setups: SHIPPED,
    enter: ({ engine, plan }) => ({ fees: oracle(engine.market, plan), rebalancer: null }),
  },
  oracle: {
    kind: 'oracle',
    about: 'knows demand and every price of the moment, not the future: the realisable oracle',
    setups: SHIPPED,
    enter: ({ engine, driver, plan }) => ({
      fees: oracle(engine.market, plan),
      rebalancer: oracleRebalancer(engine, driver, plan),
    }),
  },
};

/** Wakes the plugin's fees at its own interval; what has happened meanwhile is told it then. */
function every(seconds: number, tool: PluginTool): PluginTool {
  if (seconds <= WAKE_SECONDS) return tool;
  const news: ForwardSeen[] = [];
  let due = -Infinity;
  return {
    ...tool,
    wake(node) {
      for (const forward of node.news) news.push(forward);
      if (node.now < due) return;
      due = node.now - (node.now % WAKE_SECONDS) + seconds;
      tool.wake({ ...node, news: news.splice(0) });
    },
  };
}

/** One tool in one setup. */
export interface Entry {
  readonly tool: string;
  readonly setup: Setup;
}

/** As people read it. */
export const entryName = ({ tool, setup }: Entry): string => (setup === 'shipped' ? tool : `${tool} (${setup})`);

export const kindOf = (tool: string): Kind => contestant(tool).kind;

/** @throws RangeError when there is none of that name */
export function contestant(tool: string): Contestant {
  const found = CONTESTANTS[tool];
  if (found) return found;
  throw new RangeError(`tool: expected one of ${Object.keys(CONTESTANTS).join(', ')}, got ${tool}`);
}

/** Every tool in every of its setups that is asked for. */
export const entriesOf = (tools: readonly string[], setups: readonly Setup[]): Entry[] =>
  tools.flatMap((tool) => {
    const { setups: own } = contestant(tool);
    return own.filter((setup) => setups.includes(setup)).map((setup) => ({ tool, setup }));
  });

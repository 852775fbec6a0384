// Who else is in the field, and how is each set up? Every rival as shipped, and as its operator would set it for the scenario.
import type { Market } from '../market.ts';
import { stream } from '../market.ts';
import type { MarketDriver } from '../engine/market-driver.ts';
import type { NodeEngine } from '../engine/node-engine.ts';
import type { FeeTool, Rebalancer } from '../engine/run.ts';
import { clbossFees } from './clboss-fees.ts';
import { withClbossRebalancer } from './clboss-rebalancer.ts';
import { FEEADJUSTER_SHIPPED, feeadjuster } from './feeadjuster.ts';
import { AUTO_FEES_SHIPPED, autoFees } from './lndg-fees.ts';
import { AUTO_REBALANCE_SHIPPED, autoRebalance } from './lndg-rebalances.ts';
import { LNDMANAGE_SHIPPED, lndmanage } from './lndmanage.ts';
import { marketMedian } from './market-median.ts';
import { plainRebalancer } from './plain-rebalancer.ts';
import { proportional } from './proportional.ts';
import { seedClimber } from './seed-climber.ts';
import { mainnet, scaleOf, type ScenarioScale, type Surroundings } from './surroundings.ts';
import { THOMPSON_SHIPPED, thompson } from './thompson.ts';

/**
 * `rescaled`: bounds at 10 and 90 % of the best fees of the scenario, bases at 50 % (quant 4.9). The others are so many times as
 * high: trials for whoever looks for a rival's best level.
 */
const LEVELS = { rescaled: 1, 'rescaled-0.5': 0.5, 'rescaled-0.7': 0.7, 'rescaled-1.4': 1.4, 'rescaled-2': 2 } as const;

/** `shipped`: as it comes. */
export type Setup = 'shipped' | keyof typeof LEVELS;
export const SETUPS = ['shipped', ...(Object.keys(LEVELS) as (keyof typeof LEVELS)[])] as const;
/** What is measured where nothing is asked for. */
export const USUAL_SETUPS: readonly Setup[] = ['shipped', 'rescaled'];

/** A rival at work on one node. */
export interface Entrant {
  readonly fees: FeeTool;
  /** Null: it sets fees alone. */
  readonly rebalancer: Rebalancer | null;
}

export interface Rival {
  /** What it is and where its rules are written. */
  readonly about: string;
  /** False: it sets fees alone. */
  readonly rebalances: boolean;
  /** Its fees by themselves. @param around what it learns of the network; by default nothing but mainnet's median */
  fees(market: Market, setup: Setup, around?: Surroundings): FeeTool;
  /** Its fees with its own rebalancer, where it has one. */
  enter(engine: NodeEngine, driver: MarketDriver, setup: Setup, around?: Surroundings): Entrant;
}

type Fees = (market: Market, setup: Setup, around: Surroundings) => FeeTool;
type WithRebalancer = (fees: FeeTool, engine: NodeEngine, driver: MarketDriver, setup: Setup) => Entrant;

const alone: WithRebalancer = (fees) => ({ fees, rebalancer: null });

const withAutoRebalance: WithRebalancer = (fees, engine, driver, setup) => {
  const maxPpm = setup === 'shipped' ? AUTO_REBALANCE_SHIPPED.maxPpm : scale(engine.market, setup).highPpm;
  return { fees, rebalancer: autoRebalance(engine, driver, { maxPpm }) };
};

function rival(about: string, make: Fees, enter: WithRebalancer = alone): Rival {
  return {
    about,
    rebalances: enter !== alone,
    fees: (market, setup, around = mainnet(market)) => make(market, setup, around),
    enter(engine, driver, setup, around = mainnet(engine.market)) {
      return enter(make(engine.market, setup, around), engine, driver, setup);
    },
  };
}

type Rescaled = Exclude<Setup, 'shipped'>;

const scale = (market: Market, setup: Rescaled): ScenarioScale => scaleOf(market, LEVELS[setup]);

/** What others ask of the peer, or what the scenario's middle channel would best ask. */
const medians = (market: Market, setup: Setup, around: Surroundings): Surroundings =>
  setup === 'shipped' ? around : { ...around, medianPpm: around.medianPpm.map(() => scale(market, setup).middlePpm) };

const clboss: Fees = (market, setup, around) =>
  clbossFees(stream(market.seed, 'clboss'), medians(market, setup, around));

/** The fixed bounds of those that climb or draw. */
const bounds = (market: Market, setup: Rescaled): { readonly minPpm: number; readonly maxPpm: number } => {
  const { lowPpm, highPpm } = scale(market, setup);
  return { minPpm: lowPpm, maxPpm: highPpm };
};

export const FIELD: Readonly<Record<string, Rival>> = {
  'market-median': rival('what others ask, for ever (peers-and-drivers 4.7)', (market, setup, around) =>
    marketMedian(medians(market, setup, around)),
  ),
  'seed-published': rival(
    'cl-revenue-ops of 2025-12-07, hill climber and rebalancer as published (python-original 1.3, 1.4)',
    (market, setup) => seedClimber(true, setup === 'shipped' ? undefined : bounds(market, setup)),
    (fees, engine, driver) => ({ fees, rebalancer: plainRebalancer(engine, driver, 'published') }),
  ),
  'seed-mended': rival(
    'the same without what made fees run away and refused the best rebalances (python-original 2.2, 2.3)',
    (market, setup) => seedClimber(false, setup === 'shipped' ? undefined : bounds(market, setup)),
    (fees, engine, driver) => ({ fees, rebalancer: plainRebalancer(engine, driver, 'plain') }),
  ),
  // Its own rebalancer is not ported: the seed's, let loose on its floors for empty channels, would only cost it.
  thompson: rival('cl-revenue-ops 2.2 in Python, its fees alone (python-original 3)', (market, setup) =>
    thompson(stream(market.seed, 'thompson'), setup === 'shipped' ? THOMPSON_SHIPPED : bounds(market, setup)),
  ),
  clboss: rival('clboss 0.16.3 (peers-and-drivers 4.1, 2.3)', clboss, (fees, engine, driver) =>
    withClbossRebalancer(fees, engine, driver, stream(engine.market.seed, 'clboss moves')),
  ),
  feeadjuster: rival('feeadjuster of lightningd/plugins (peers-and-drivers 4.2)', (market, setup) => {
    const basePpm = setup === 'shipped' ? FEEADJUSTER_SHIPPED.basePpm : scale(market, setup).middlePpm;
    return feeadjuster(stream(market.seed, 'feeadjuster'), { ...FEEADJUSTER_SHIPPED, basePpm });
  }),
  proportional: rival('charge-lnd, strategy proportional (peers-and-drivers 4.3)', (market, setup) => {
    if (setup === 'shipped') return proportional();
    const { lowPpm, highPpm } = scale(market, setup);
    return proportional(lowPpm, highPpm);
  }),
  lndg: rival(
    'LNDg 1.10.1, AutoFees and AutoRebalance (peers-and-drivers 4.4)',
    (market, setup) =>
      autoFees(setup === 'shipped' ? AUTO_FEES_SHIPPED : { ...AUTO_FEES_SHIPPED, ...bounds(market, setup) }),
    withAutoRebalance,
  ),
  lndmanage: rival('lndmanage 0.16.0 (peers-and-drivers 4.5)', (market, setup) => {
    if (setup === 'shipped') return lndmanage();
    const targetSatsPerDay = scale(market, setup).outSatsPerDay;
    return lndmanage({ ...LNDMANAGE_SHIPPED, ...bounds(market, setup), targetSatsPerDay });
  }),
};

/**
 * Those that set fees alone, with a rebalancer lent to them, as their operators run one beside them: ours is not ahead for
 * having one. It is LNDg's, which helps them more than the seed's does.
 */
export const PAIRS: Readonly<Record<string, Rival>> = Object.fromEntries(
  Object.entries(FIELD)
    .filter(([, { rebalances }]) => !rebalances)
    .map(([name, own]) => {
      const fees: Fees = (market, setup, around) => own.fees(market, setup, around);
      return [`${name}+lndg`, rival(`${own.about}; rebalancing by LNDg`, fees, withAutoRebalance)];
    }),
);

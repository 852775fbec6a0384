// Which market does a state's traffic belong to? Drawn up once for each, because that takes milliseconds.
import { CircularRoutes } from '../market/engine/circular-routes.ts';
import { DemandStream } from '../market/demand/demand-stream.ts';
import { createMarket } from '../market/market.ts';
import { scenarioNamed } from '../market/scenario.ts';
import type { Sim } from './sim.ts';
import type { MarketState } from './state.ts';

/** Days within which regimes may shift: longer than any world is run. */
const HORIZON_DAYS = 3650;

export interface DrawnMarket {
  /** Goes on from the state. */
  readonly demand: DemandStream;
  /** What payments around the network to ourselves cost. */
  readonly routes: CircularRoutes;
}

const drawn = new WeakMap<MarketState, DrawnMarket>();

export function drawnMarket(sim: Sim, state: MarketState): DrawnMarket {
  const known = drawn.get(state);
  if (known) return known;
  const scenario = { ...scenarioNamed(state.scenario), forwardsPerDay: state.forwardsPerDay };
  const { capacitiesSats, start } = state;
  const market = createMarket(scenario, sim.seed, HORIZON_DAYS, { capacitiesSats, start });
  const made = { demand: new DemandStream(market, state.demand), routes: new CircularRoutes(market) };
  drawn.set(state, made);
  return made;
}

// What does one market that was fitted to a history pay to what was really done, and to another configuration?
import { feeConfig } from '../../app/fees/fee-config.ts';
import type { DrawnMarket, Fit } from '../../core/backtest/fit.ts';
import { daysOf, type PastChannel } from '../../core/backtest/history.ts';
import type { Played } from '../../core/backtest/verdict.ts';
import type { Config } from '../../core/config/options.ts';
import { CircularRoutes } from '../market/engine/circular-routes.ts';
import type { Market } from '../market/market.ts';
import { MarketDriver } from '../market/engine/market-driver.ts';
import { NodeEngine, type Circle } from '../market/engine/node-engine.ts';
import { pluginFees } from '../market/plugin/plugin-fees.ts';
import { pluginRebalances } from '../market/plugin/plugin-rebalances.ts';
import { runRebalancing, type Rebalancer } from '../market/engine/run.ts';
import { scenarioNamed } from '../market/scenario.ts';
import { FittedDemand } from './fitted-demand.ts';

/** Balances move by hours: looking each quarter of one takes four times as long, and finds the same. */
const REBALANCE_LEAST = 3600;
/** Fees this much (in ln) beyond those ever live count as untried: demand there is guessed. */
const NEARLY = Math.log(1.5);

/** What was really done. */
export function replay(fit: Fit, drawn: DrawnMarket, seed: number): Played {
  const { engine, played } = begin(fit, drawn, seed);
  const { channels, circles, until } = fit.history;
  channels.forEach(({ fees }, k) => {
    for (const { at, ppm } of fees.slice(1))
      engine.at(at, () => {
        engine.publish(k, ppm);
      });
  });
  for (const circle of circles)
    engine.at(circle.at, () => {
      const fitting = fitted(engine, circle);
      if (engine.send(fitting)) engine.end(fitting, true);
    });
  engine.advanceTo(until);
  return played;
}

/** Without a budget nothing is ever rebalanced, and much time is saved by not asking. */
const AT_REST: Rebalancer = { name: 'none', wake: () => undefined };

/** As much of it as the balances allow, which are others here than they were. */
function fitted(engine: NodeEngine, { from, to, amountMsat, feeMsat }: Circle): Circle {
  const share = Math.min(
    1,
    engine.spendableMsat(from) / (amountMsat + feeMsat),
    engine.receivableMsat(to) / amountMsat,
  );
  return { from, to, amountMsat: Math.floor(share * amountMsat), feeMsat: Math.floor(share * feeMsat) };
}

/**
 * The plugin with that configuration, from the fees and balances that were there at the beginning.
 * @param onPart told which part of the time has gone by, below 1: with hundreds of channels it takes minutes
 */
export async function playOther(
  fit: Fit,
  drawn: DrawnMarket,
  seed: number,
  config: Config,
  onPart: (part: number) => void,
): Promise<Played> {
  const { engine, played } = begin(fit, drawn, seed);
  const fees = pluginFees(feeConfig({ ...config, dryRun: false }));
  const driver = new MarketDriver(engine, new CircularRoutes(engine.market));
  const seldom = { ...config, rebalanceInterval: Math.max(config.rebalanceInterval, REBALANCE_LEAST) };
  const rebalancer = config.dailyBudgetSats === 0 ? AT_REST : pluginRebalances(engine, driver, fees, seldom);
  const { from, until } = fit.history;
  const onWake = ({ now }: NodeEngine): void => {
    if (now < until) onPart((now - from) / (until - from));
  };
  await runRebalancing(engine, fees, rebalancer, { onWake });
  return played;
}

function begin(fit: Fit, drawn: DrawnMarket, seed: number) {
  const market = marketOf(fit, drawn, seed);
  const { channels, until } = fit.history;
  const engine = new NodeEngine(
    market,
    channels.map(({ fees }) => fees[0]?.ppm ?? 0),
    { demand: new FittedDemand(fit, drawn, seed), localMsat: fit.startMsat.map(Math.floor) },
  );
  const feesMsat = channels.map(() => 0);
  const costMsat = channels.map(() => 0);
  const tried = channels.map(triedRange);
  const played = { feesMsat, costMsat, untriedMsat: 0 };
  engine.listen({
    // What is still under way when the history ends counts no more.
    forwarded: ({ to, feeMsat, at }) => {
      if (at >= until) return;
      feesMsat[to] = (feesMsat[to] ?? 0) + feeMsat;
      const ln = Math.log(Math.max(1, engine.feePpm(to)));
      const range = tried[to];
      if (range !== undefined && (ln < range.lowest - NEARLY || ln > range.highest + NEARLY))
        played.untriedMsat += feeMsat;
    },
    rebalanced: ({ to, feeMsat }, at) => {
      if (at >= until) return;
      costMsat[to] = (costMsat[to] ?? 0) + feeMsat;
    },
  });
  return { engine, played };
}

function triedRange({ fees }: PastChannel): { readonly lowest: number; readonly highest: number } {
  const lns = fees.map(({ ppm }) => Math.log(Math.max(1, ppm)));
  return { lowest: Math.min(...lns), highest: Math.max(...lns) };
}

/** What the engine and the routes around the network need to know of it; demand comes from the fit. */
function marketOf({ history, startMsat }: Fit, { refill }: DrawnMarket, seed: number): Market {
  const base = scenarioNamed('S1');
  const scenario = {
    ...base,
    name: 'fitted',
    about: 'fitted to a history',
    channels: startMsat.length,
    rebalance: { cost: 1, success: refill.success },
  };
  return {
    scenario,
    seed,
    start: history.from,
    days: daysOf(history),
    channels: history.channels.map(({ capacityMsat }, k) => ({
      capacityMsat,
      source: 1 / startMsat.length,
      sinkPerDay: 0,
      regimes: [{ from: history.from, scalePpm: refill.ppm[k] ?? 1, rateFactor: 1 }],
      hours: { scale: 1, rate: 1 },
      onlineShare: 1,
    })),
    whale: null,
  };
}

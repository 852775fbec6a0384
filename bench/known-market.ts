// A market whose truth is known, and what a node in it would have written down of its past.
import { feeConfig } from '../src/app/fees/fee-config.ts';
import { normal } from '../src/core/chance.ts';
import type { History, PastCircle, PastFee, PastForward } from '../src/core/backtest/history.ts';
import type { Config } from '../src/core/config/options.ts';
import { CircularRoutes } from '../src/sim/market/engine/circular-routes.ts';
import { DAY, stream, type Market } from '../src/sim/market/market.ts';
import { MarketDriver } from '../src/sim/market/engine/market-driver.ts';
import { NodeEngine } from '../src/sim/market/engine/node-engine.ts';
import { pluginFees } from '../src/sim/market/plugin/plugin-fees.ts';
import { pluginRebalances } from '../src/sim/market/plugin/plugin-rebalances.ts';
import { runRebalancing } from '../src/sim/market/engine/run.ts';

/** Writes down what happens, as the plugin's database would have it. */
export function recorded(market: Market, engine: NodeEngine, startPpm: readonly number[]) {
  const forwards: PastForward[] = [];
  const circles: PastCircle[] = [];
  const fees: PastFee[][] = startPpm.map((ppm) => [{ at: market.start, ppm }]);
  const until = market.start + market.days * DAY;
  engine.listen({
    forwarded: ({ at, from, to, amountMsat, feeMsat }) => {
      if (at < until) forwards.push({ at, from, to, amountMsat, feeMsat });
    },
    rebalanced: ({ from, to, amountMsat, feeMsat }, at) => {
      if (at < until) circles.push({ at, from, to, amountMsat, feeMsat });
    },
  });
  const publish = engine.publish.bind(engine);
  engine.publish = (channel, ppm) => {
    fees[channel]?.push({ at: engine.now, ppm });
    publish(channel, ppm);
  };
  return (failed = 0): History => ({
    from: market.start,
    until,
    channels: market.channels.map(({ capacityMsat }, k) => ({
      name: `channel ${k}`,
      capacityMsat,
      from: market.start,
      until,
      startMsat: Math.floor(capacityMsat / 2),
      fees: fees[k] ?? [],
    })),
    forwards,
    circles,
    attempts: { succeeded: circles.length, failed },
  });
}

/** Fees at which a node's channels begin when its operator has guessed. */
export function guessedFees(market: Market, median = 250, spread = 0.5): number[] {
  const random = stream(market.seed, 'guesses');
  return market.channels.map(() => Math.round(median * Math.exp(spread * normal(() => random.next()))));
}

/** An operator who changes each fee by hand now and then, without rebalancing; never, where `everyDays` is infinite. */
export function byHand(market: Market, startPpm: readonly number[], everyDays: number, spread = 0.4): History {
  const engine = new NodeEngine(market, startPpm);
  const history = recorded(market, engine, startPpm);
  const random = stream(market.seed, 'hand');
  startPpm.forEach((first, k) => {
    for (let day = random.exponential(everyDays); day < market.days; day += random.exponential(everyDays)) {
      const drawn = first * Math.exp(spread * normal(() => random.next()));
      const next = Math.min(4000, Math.max(10, Math.round(drawn)));
      engine.at(market.start + day * DAY, () => {
        engine.publish(k, next);
      });
    }
  });
  engine.advanceTo(market.start + market.days * DAY);
  return history();
}

/** The plugin on that market, from those fees. */
export async function byPlugin(market: Market, startPpm: readonly number[], config: Config): Promise<History> {
  const engine = new NodeEngine(market, startPpm);
  const history = recorded(market, engine, startPpm);
  const fees = pluginFees(feeConfig(config));
  const driver = new MarketDriver(engine, new CircularRoutes(market));
  const rebalancer =
    config.dailyBudgetSats === 0
      ? { name: 'none', wake: () => Promise.resolve() }
      : pluginRebalances(engine, driver, fees, config);
  await runRebalancing(engine, fees, rebalancer, {});
  const until = market.start + market.days * DAY;
  return history(driver.sentBefore(until) - driver.arrived.filter(({ time }) => time < until).length);
}

export const netMsat = ({ forwards, circles }: History): number =>
  forwards.reduce((sum, { feeMsat }) => sum + feeMsat, 0) - circles.reduce((sum, { feeMsat }) => sum + feeMsat, 0);

// What is the bound by a solver of linear programs that others maintain? HiGHS, beside our own dual.
import { createRequire } from 'node:module';
import type { Highs } from 'highs';
import { CircularRoutes } from '../../src/sim/market/engine/circular-routes.ts';
import { changeTimes, DAY, demandAt, type Market } from '../../src/sim/market/market.ts';
import { fluidProgram, type LinearProgram } from '../../src/sim/market/bound/lp-bound.ts';
import { uncoupledDemandAt } from '../../src/sim/market/bound/uncoupled-plan.ts';

/** Its types describe the CommonJS module, whose whole is the function; the bundler leaves it where its WebAssembly is. */
export const loadHighs = createRequire(import.meta.url)('highs') as () => Promise<Highs>;

/**
 * Value of the fluid problem with rebalancing over the whole time, msat. Null where a rival reacts: the bound is that of a
 * game there (rival-game.ts), and no linear program.
 * @throws Error when there is no optimum
 */
export async function solveByHighs(market: Market): Promise<number | null> {
  if (market.scenario.rival !== null) return null;
  const highs = await loadHighs();
  const routes = new CircularRoutes(market);
  const limited = market.scenario.liquidity === 'coupled';
  const end = market.start + market.days * DAY;
  const starts = changeTimes(market).filter((time) => time < end);
  return starts.reduce((sum, from, i) => {
    const demand = limited ? demandAt(market, from) : uncoupledDemandAt(market, from);
    const costs = market.channels.map((_, k) => (limited ? routes.attainablePpm(k, from) : 0));
    const until = starts[i + 1] ?? end;
    return sum + (valueOf(highs, fluidProgram(demand, costs)) * (until - from)) / DAY;
  }, 0);
}

/** Msat a day. */
export function valueOf(highs: Highs, program: LinearProgram): number {
  const numCols = program.columnCost.length;
  const numRows = program.rowUpper.length;
  const { starts, indices, values } = program;
  const data = {
    numCols,
    numRows,
    sense: highs.constants.objectiveSense.maximize,
    colCost: program.columnCost,
    colLower: program.columnLower,
    colUpper: program.columnUpper,
    rowLower: program.rowLower,
    rowUpper: program.rowUpper,
    matrix: { format: 'csc', numRows, numCols, starts, indices, values },
  } as const;
  return highs.withModel(data, (model) => {
    model.options.set({ output_flag: false });
    model.run();
    const status = model.getModelStatus();
    if (status !== highs.constants.modelStatus.optimal)
      throw new Error(`linear bound: expected an optimum, got model status ${String(status)}`);
    return model.getObjectiveValue() * program.scale;
  });
}

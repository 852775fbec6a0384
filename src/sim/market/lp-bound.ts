// The fluid problem as a linear program (quant 4.8): whoever has a solver checks by it what fluid-bound.ts finds by its dual.
//
// Columns: how much of its demand each channel serves at each fee of a grid (mixtures make the concave envelope exact),
// the share of its demand it serves in all, what is brought into it and what is taken out of it by rebalancing.
// Rows: no more than all of the demand is served; the share is what the fees let through; what comes in goes out.
import { FEES } from './demand.ts';
import { shareAt, type Demand, type Market } from './market.ts';

/** Maximise cost x column, with rows and columns between bounds; the matrix by columns (CSC). */
export interface LinearProgram {
  readonly columnCost: Float64Array;
  readonly columnLower: Float64Array;
  readonly columnUpper: Float64Array;
  readonly rowLower: Float64Array;
  readonly rowUpper: Float64Array;
  readonly starts: Int32Array;
  readonly indices: Int32Array;
  readonly values: Float64Array;
  /** The value of the program times this is msat a day. */
  readonly scale: number;
}

class Columns {
  readonly #rows: number;
  readonly #cost: number[] = [];
  readonly #upper: number[] = [];
  readonly #starts: number[] = [0];
  readonly #indices: number[] = [];
  readonly #values: number[] = [];

  constructor(rows: number) {
    this.#rows = rows;
  }

  add(cost: number, upper: number, entries: readonly (readonly [row: number, value: number])[]): void {
    for (const [row, value] of entries) {
      if (value === 0) continue;
      this.#indices.push(row);
      this.#values.push(value);
    }
    this.#cost.push(cost);
    this.#upper.push(upper);
    this.#starts.push(this.#indices.length);
  }

  program(rowUpper: (row: number) => number, rowLower: (row: number) => number, scale: number): LinearProgram {
    const rows = Array.from({ length: this.#rows }, (_, row) => row);
    return {
      columnCost: Float64Array.from(this.#cost),
      columnLower: new Float64Array(this.#cost.length),
      columnUpper: Float64Array.from(this.#upper),
      rowLower: Float64Array.from(rows, rowLower),
      rowUpper: Float64Array.from(rows, rowUpper),
      starts: Int32Array.from(this.#starts),
      indices: Int32Array.from(this.#indices),
      values: Float64Array.from(this.#values),
      scale,
    };
  }
}

/** @param fillCost what filling each channel costs, ppm; null where there is no rebalancing */
export function fluidProgram(market: Market, demand: Demand, fillCost: readonly number[] | null): LinearProgram {
  const { volume, scalePpm } = demand;
  const count = scalePpm.length;
  const column = scalePpm.map((_, j) => volume.reduce((sum, row) => sum + (row[j] ?? 0), 0));
  // In units of the mean channel's demand, so that the solver's tolerances mean something.
  const unit = Math.max(column.reduce((sum, sats) => sum + sats, 0) / count, 1e-9);
  const served = (j: number): number => j;
  const linked = (j: number): number => count + j;
  const balanced = (k: number): number => 2 * count + k;
  const columns = new Columns(3 * count);
  scalePpm.forEach((scale, j) => {
    for (const fee of FEES) {
      const share = shareAt(market, scale, fee);
      columns.add((fee * share * (column[j] ?? 0)) / unit, 1, [
        [served(j), 1],
        [linked(j), share],
      ]);
    }
  });
  scalePpm.forEach((_, j) => {
    const flows = volume.map((row, i): [number, number] => [
      balanced(i),
      ((row[j] ?? 0) - (i === j ? (column[j] ?? 0) : 0)) / unit,
    ]);
    columns.add(0, 1, [[linked(j), -1], ...flows]);
  });
  fillCost?.forEach((cost, k) => {
    columns.add(-cost, Infinity, [[balanced(k), 1]]);
    columns.add(0, Infinity, [[balanced(k), -1]]);
  });
  const isServed = (row: number): boolean => row < count;
  // Sats a day x ppm are 1e-6 sats a day, 1e-3 msat.
  return columns.program(
    (row) => (isServed(row) ? 1 : 0),
    (row) => (isServed(row) ? -Infinity : 0),
    unit / 1000,
  );
}

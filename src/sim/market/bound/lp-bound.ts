// The fluid problem as a linear program (quant 4.8): whoever has a solver checks by it what fluid-bound.ts finds by its dual.
//
// Columns: for how much of the time each channel asks each fee (mixtures make the concave envelope exact), the share of
// each class of its demand that it serves, what is brought into it and what is taken out of it by rebalancing.
// Rows: no more than all of the time; the share is what the fees let through; what comes in goes out.
import type { Demand } from '../demand/demand.ts';

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

type Entry = readonly [row: number, value: number];

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

  add(cost: number, upper: number, entries: readonly Entry[]): void {
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
export function fluidProgram(demand: Demand, fillCost: readonly number[] | null): LinearProgram {
  const { columns: asked, scalePpm } = demand;
  const classes = asked.flatMap((column, c) => column.classes.map((one) => ({ ...one, column: c, to: column.to })));
  const volumes = classes.map(({ from }) => from.reduce((sum, sats) => sum + sats, 0));
  // In units of the mean channel's demand, so that the solver's tolerances mean something.
  const unit = Math.max(volumes.reduce((sum, sats) => sum + sats, 0) / scalePpm.length, 1e-9);
  const served = (column: number): number => column;
  const linked = (one: number): number => asked.length + one;
  const balanced = (k: number): number => asked.length + classes.length + k;
  const columns = new Columns(balanced(scalePpm.length));
  asked.forEach(({ fees }, c) => {
    const own = classes.flatMap((one, n) => (one.column === c ? [{ n, one, volume: volumes[n] ?? 0 }] : []));
    for (const fee of fees) {
      const links = own.map(({ n, one, volume }) => ({ row: linked(n), share: one.share(fee), volume }));
      const earned = links.reduce((sum, { share, volume }) => sum + fee * share * volume, 0);
      columns.add(earned / unit, 1, [[served(c), 1], ...links.map(({ row, share }): Entry => [row, share])]);
    }
  });
  classes.forEach(({ from, to }, n) => {
    const flows: Entry[] = [...from].map((sats, i) => [
      balanced(i),
      (sats - (i === to ? (volumes[n] ?? 0) : 0)) / unit,
    ]);
    columns.add(0, 1, [[linked(n), -1], ...flows]);
  });
  fillCost?.forEach((cost, k) => {
    columns.add(-cost, Infinity, [[balanced(k), 1]]);
    columns.add(0, Infinity, [[balanced(k), -1]]);
  });
  const isServed = (row: number): boolean => row < asked.length;
  // Sats a day x ppm are 1e-6 sats a day, 1e-3 msat.
  return columns.program(
    (row) => (isServed(row) ? 1 : 0),
    (row) => (isServed(row) ? -Infinity : 0),
    unit / 1000,
  );
}

// What has been seen at which fee? Counts and hours per fee cell, so that a long history stays small.
import type { Cells } from './types.ts';

/** Neighbouring cells lie 10 % apart: finer than any step we publish, coarse enough for 150 cells at most. */
export const LN_CELL = Math.log(1.1);
/** Less than this of a forward or an hour no longer moves an estimate and is dropped. */
const NEGLIGIBLE = 1e-3;

export const cellOf = (ppm: number): number => Math.round(Math.log(Math.max(1, ppm)) / LN_CELL);
export const lnFeeOf = (cell: number): number => cell * LN_CELL;

/** Adds what was seen at one fee. */
export function addToCells(cells: Cells, ppm: number, forwards: number, hours: number): Cells {
  const cell = cellOf(ppm);
  let at = 0;
  while (at < cells.length && (cells[at] as Cells[number])[0] < cell) at++;
  const found = cells[at];
  if (found?.[0] !== cell) return cells.toSpliced(at, 0, [cell, forwards, hours]);
  const next = cells.slice();
  next[at] = [cell, found[1] + forwards, found[2] + hours];
  return next;
}

/** Both together; each is in order. */
export function mergeCells(a: Cells, b: Cells): Cells {
  const merged: Cells[number][] = [];
  let i = 0;
  for (const cell of b) {
    for (let next = a[i]; next !== undefined && next[0] < cell[0]; next = a[++i]) merged.push(next);
    const same = a[i];
    if (same?.[0] === cell[0]) {
      merged.push([cell[0], same[1] + cell[1], same[2] + cell[2]]);
      i++;
    } else merged.push(cell);
  }
  for (; i < a.length; i++) merged.push(a[i] as Cells[number]);
  return merged;
}

/** What is left of it after so many days. */
export function discountCells(cells: Cells, days: number, halfLifeDays: number): Cells {
  const weight = 0.5 ** (days / halfLifeDays);
  return cells
    .map(([cell, forwards, hours]) => [cell, forwards * weight, hours * weight] as const)
    .filter(([, forwards, hours]) => forwards > NEGLIGIBLE || hours > NEGLIGIBLE);
}

export interface CellTotals {
  readonly forwards: number;
  readonly hours: number;
  /** Mean of ln fee over the hours; null without hours. */
  readonly lnFee: number | null;
}

export function totals(cells: Cells): CellTotals {
  let forwards = 0;
  let hours = 0;
  let sum = 0;
  for (let i = 0; i < cells.length; i++) {
    const [cell, count, time] = cells[i] as Cells[number];
    forwards += count;
    hours += time;
    sum += time * lnFeeOf(cell);
  }
  // One cell is its own mean, which a sum need not be to the last digit: what is kept by it is found again.
  const lnFee = cells.length === 1 ? lnFeeOf((cells[0] as Cells[number])[0]) : sum / hours;
  return { forwards, hours, lnFee: hours > 0 ? lnFee : null };
}

const summed = new WeakMap<Cells, CellTotals>();

/** The same of cells that stay as they are for long, like a memory between two windows. */
export function totalsOnce(cells: Cells): CellTotals {
  let sums = summed.get(cells);
  if (sums === undefined) {
    sums = totals(cells);
    summed.set(cells, sums);
  }
  return sums;
}

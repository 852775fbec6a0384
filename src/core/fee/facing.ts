// How many senders compare us with a rival who follows, by what was sold at which of our fees beside which of its own?
import { normalCdf } from '../normal.ts';
import { LN_CELL, lnFeeOf } from './cells.ts';

/** Discounted counts and hours: `[cell of our fee, cells that we were dearer than the rival, forwards, hours]`. */
export type FacedCells = readonly (readonly [fee: number, dearer: number, forwards: number, hours: number])[];

/** What the counts make of those who could be buying. */
export interface Facing {
  /** Share of senders, on average over what is believed, who do not compare and pay a fee, by its ln. */
  readonly rest: (lnOurs: number) => number;
  /** Share of those who compare who pay a fee, by how much it is dearer than the rival's, in ln. */
  readonly compared: (lnDearer: number) => number;
  /** Expected share of senders who take whoever is cheaper. */
  readonly comparing: number;
}

/** Half of it is forgotten in so many days: as of what the hill climber remembers. */
const HALF_LIFE_DAYS = 30;
/** Less no longer moves an estimate. */
const NEGLIGIBLE = 1e-2;
/** In ln, of what those who compare pay above or below the rival: they see more than the one fee (quant 4.6: 12 %). */
const COMPARING_SPREAD = 0.12;
/** Those who do not compare: spread (in ln) of what they would pay, as of a mid-sized node's senders (quant 3.3). */
const REST_SPREAD = 1.2;
/** Shares of those who compare that are held possible, each as likely. */
const COMPARING = [0, 0.3, 0.6, 0.85] as const;
/** What half of the others would pay, in multiples of the rival's usual price: it is likely to know what it asks. */
const REST_MEDIANS = [0.4, 0.8, 1.6] as const;
/** Never quite zero, so that a single forward at a fee nobody pays does not rule a belief out for good. */
const LEAST_SHARE = 1e-6;
/** Weak prior of the rate: forwards and hours. */
const RATE_SHAPE = 0.3;
const RATE_HOURS = 0.5;

/** Tables over differences in cells, so that no window needs a distribution function. */
const REACH = 80;
const tableOf = (spread: number): Float64Array =>
  Float64Array.from({ length: 2 * REACH + 1 }, (_, i) => normalCdf(-lnFeeOf(i - REACH) / spread));
const COMPARING_TABLE = tableOf(COMPARING_SPREAD);
const REST_TABLE = tableOf(REST_SPREAD);

/** Between two cells in proportion. */
function at(table: Float64Array, cells: number): number {
  const place = Math.max(0, Math.min(2 * REACH - 1e-9, cells + REACH));
  const below = Math.floor(place);
  const low = table[below] ?? 0;
  return low + (place - below) * ((table[below + 1] ?? low) - low);
}

const cellsOf = (ppm: number): number => Math.log(Math.max(1, ppm)) / LN_CELL;

/** Adds what was sold at one fee while the rival asked another; older counts are discounted. */
export function addFaced(
  cells: FacedCells,
  fees: { readonly oursPpm: number; readonly rivalPpm: number },
  seen: { readonly forwards: number; readonly hours: number; readonly days: number },
): FacedCells {
  const fee = Math.round(cellsOf(fees.oursPpm));
  const dearer = Math.round(cellsOf(fees.oursPpm) - cellsOf(fees.rivalPpm));
  const weight = 0.5 ** (seen.days / HALF_LIFE_DAYS);
  const next: FacedCells[number][] = [];
  let { forwards, hours } = seen;
  for (const cell of cells) {
    const [f, d, n, h] = [cell[0], cell[1], cell[2] * weight, cell[3] * weight];
    if (f === fee && d === dearer) [forwards, hours] = [forwards + n, hours + h];
    else if (n > NEGLIGIBLE || h > NEGLIGIBLE) next.push([f, d, n, h]);
  }
  next.push([fee, dearer, forwards, hours]);
  return next;
}

/** @param usualPpm the most that the rival is known to ask */
export function facing(cells: FacedCells, usualPpm: number): Facing {
  const believed: { readonly comparing: number; readonly median: number; readonly ln: number }[] = [];
  for (const comparing of COMPARING)
    for (const multiple of REST_MEDIANS) {
      const median = cellsOf(usualPpm * multiple);
      let shape = RATE_SHAPE;
      let exposure = RATE_HOURS;
      let ln = 0;
      for (const [fee, dearer, forwards, hours] of cells) {
        const share = comparing * at(COMPARING_TABLE, dearer) + (1 - comparing) * at(REST_TABLE, fee - median);
        shape += forwards;
        exposure += share * hours;
        if (forwards > 0) ln += forwards * Math.log(Math.max(LEAST_SHARE, share));
      }
      believed.push({ comparing, median, ln: ln - shape * Math.log(exposure) });
    }
  const most = Math.max(...believed.map(({ ln }) => ln));
  const weights = believed.map(({ ln }) => Math.exp(ln - most));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let comparing = 0;
  believed.forEach((one, i) => {
    comparing += (one.comparing * (weights[i] ?? 0)) / total;
  });
  return {
    comparing,
    rest(lnOurs) {
      let rest = 0;
      believed.forEach((one, i) => {
        rest += ((weights[i] ?? 0) / total) * (1 - one.comparing) * at(REST_TABLE, lnOurs / LN_CELL - one.median);
      });
      return rest;
    },
    compared: (lnDearer) => at(COMPARING_TABLE, lnDearer / LN_CELL),
  };
}

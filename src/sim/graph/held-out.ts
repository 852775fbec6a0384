// Does a bank tell of a market, or of the payments that happened to be drawn? What is best on one half is tried on the other.
import { groupBy } from '../../core/group-by.ts';
import { bestFee, type Sale } from '../market/demand/best-fee.ts';
import type { DemandBank } from '../market/scenario.ts';
import type { SeededRandom } from '../world/random.ts';

type Payments = DemandBank['payments'];
interface SaleTo extends Sale {
  readonly to: number;
}

/** Halves are drawn so often: the figure then moves by a hundredth or two from one seed to the next. */
const DRAWS = 10;

/**
 * What a fee for each channel that is the best for one half of the payments earns on the other half, as a share of the best
 * that could be had there, if liquidity never ran out. Near 1 where the next payments are like the last ones; where it is
 * small, whoever knows the bank knows what nobody could have learned.
 */
export function heldOutShare(payments: Payments, random: SeededRandom): number {
  const batches = batchesOf(payments);
  let earned = 0;
  let possible = 0;
  for (let draw = 0; draw < DRAWS; draw++) {
    const halves: [SaleTo[], SaleTo[]] = [[], []];
    for (const batch of batches) halves[random.next() < 0.5 ? 0 : 1].push(...batch);
    const known = groupBy(halves[0], ({ to }) => to);
    for (const [to, sales] of groupBy(halves[1], (sale) => sale.to)) {
      earned += earnings(sales, bestFee(known.get(to) ?? []));
      possible += earnings(sales, bestFee(sales));
    }
  }
  return possible > 0 ? earned / possible : 0;
}

/** The same amount in a row is one payment asked of many senders, who have nearly the same ways. */
function batchesOf({ to, amountSats, weight, reservationPpm }: Payments): SaleTo[][] {
  const batches: SaleTo[][] = [];
  amountSats.forEach((amount, row) => {
    const sats = amount * (weight[row] ?? 0);
    const sale = { to: to[row] ?? 0, sats, reservationPpm: reservationPpm[row] ?? 0 };
    if (row > 0 && amount === amountSats[row - 1]) batches.at(-1)?.push(sale);
    else batches.push([sale]);
  });
  return batches;
}

const earnings = (sales: readonly Sale[], fee: number): number =>
  fee * sales.reduce((sum, { sats, reservationPpm }) => sum + (reservationPpm >= fee ? sats : 0), 0);

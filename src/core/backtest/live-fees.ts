// Which fee did a channel ask when? By the changes that were written down, and what its forwards really paid beyond.
import type { PastChange } from '../fee/types.ts';
import type { PastFee } from './history.ts';

interface Paid {
  readonly at: number;
  readonly amountMsat: number;
  readonly feeMsat: number;
}

/** A base fee below this is rounding. */
const LEAST_BASE_MSAT = 2;

/**
 * Ascending, the first at `from`; empty where neither a change nor a forward tells. A base fee is not in the records: what
 * half of the forwards paid beyond the ppm is taken for it, and counted as the ppm that it comes to at the mean payment.
 * @param changes oldest first
 */
export function liveFees(changes: readonly PastChange[], paid: readonly Paid[], from: number): PastFee[] {
  const told = toldFees(changes, from);
  const amount = paid.reduce((sum, { amountMsat }) => sum + amountMsat, 0);
  if (told.length === 0) {
    const fees = paid.reduce((sum, { feeMsat }) => sum + feeMsat, 0);
    return amount > 0 ? [{ at: from, ppm: Math.round((fees / amount) * 1e6) }] : [];
  }
  const base = median(paid.map(({ at, amountMsat, feeMsat }) => feeMsat - (ppmAt(told, at) * amountMsat) / 1e6));
  if (base < LEAST_BASE_MSAT) return told;
  const more = Math.round((base * paid.length * 1e6) / amount);
  return told.map(({ at, ppm }) => ({ at, ppm: ppm + more }));
}

function toldFees(changes: readonly PastChange[], from: number): PastFee[] {
  const [first] = changes;
  if (first === undefined) return [];
  const before = changes.filter(({ at }) => at <= from).at(-1);
  const start = { at: from, ppm: before?.toPpm ?? first.fromPpm };
  return [start, ...changes.filter(({ at }) => at > from).map(({ at, toPpm }) => ({ at, ppm: toPpm }))];
}

const ppmAt = (fees: readonly PastFee[], at: number): number => fees.findLast((fee) => fee.at <= at)?.ppm ?? 0;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

// How is a time, or an amount that may be missing, written into a file?
import { msatToSats, type Msat } from '../../core/units.ts';

/** Rows read at once: some milliseconds. */
export const PAGE = 1000;

export const isoOf = (seconds: number): string => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
export const isoOfNs = (ns: bigint): string => new Date(Number(ns / 1_000_000n)).toISOString();
export const satsOrNull = (amount: Msat | null): number | null => (amount === null ? null : msatToSats(amount));

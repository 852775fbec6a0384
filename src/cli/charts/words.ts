// How are amounts written for people?
import { msatToFloat, type Msat } from '../../core/units.ts';

/** Sats as a float, for places on a sheet. */
export const sats = (amount: Msat): number => msatToFloat(amount) / 1000;

const MINUS = '\u2212';

const digits = (value: number, format: Intl.NumberFormatOptions): string => {
  const text = Math.abs(value).toLocaleString('en-US', format);
  return value < 0 && /[1-9]/.test(text) ? MINUS + text : text;
};

/** 1,234,567 with a true minus and at most so many decimals. */
export const number = (value: number, decimals = 0): string => digits(value, { maximumFractionDigits: decimals });

/** With exactly one decimal, for columns. */
export const tenths = (value: number): string => digits(value, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** For an axis: from ten million on in millions, which fit beside it. */
export const tickText = (value: number): string =>
  Math.abs(value) < 1e7 ? number(value, 3) : `${number(value / 1e6, 3)} M`;

/** Amounts below 100 sats keep their msats. */
export const amountText = (value: number): string => number(value, Math.abs(value) < 100 ? 3 : 0);
export const satsText = (amount: Msat): string => amountText(sats(amount));

/** With a plus where something was gained. */
export const signedSats = (amount: Msat): string => (amount > 0n ? '+' : '') + satsText(amount);

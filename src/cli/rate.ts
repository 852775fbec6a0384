// Which yearly rate was typed? A fraction or a percentage.
import { parseDecimal } from './decimal.ts';
import { UsageError } from './input-error.ts';

/** A fraction above -1; null for null. @throws UsageError */
export function parseRate(text: string | null): number | null {
  if (text === null) return null;
  const decimal = parseDecimal(text.replace(/\s*%$/, ''));
  const rate = decimal === null ? NaN : Number(decimal.units) / 10 ** decimal.decimals / (text.endsWith('%') ? 100 : 1);
  if (rate > -1) return rate;
  throw new UsageError(`--rate: expected a number above -1 or a percentage above -100%, got ${text}`);
}

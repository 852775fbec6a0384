// Which exact number does a decimal text stand for, and how is a number shown to a person?

/** units / 10^decimals */
export interface Decimal {
  readonly units: bigint;
  readonly decimals: number;
}

/** Digits on either side of the mark: beyond any amount of money, and far below where doubles end. */
const MOST_DIGITS = 100;
/** The minus that word processors make of a hyphen. */
const TYPOGRAPHIC_MINUS = '\u2212';
const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/** The number, or null when the text is none of up to 100 digits before and 100 after the mark. */
export function parseDecimal(text: string, mark: '.' | ',' = '.'): Decimal | null {
  const plain = text.replace(TYPOGRAPHIC_MINUS, '-');
  const match = DECIMAL.exec(mark === ',' ? plain.replace(',', '.') : plain);
  if (match === null) return null;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  if (whole + fraction === '') return null;
  const decimals = fraction.length - Number(exponent);
  if (decimals > MOST_DIGITS || whole.length + Number(exponent) > MOST_DIGITS) return null;
  const digits = BigInt(whole + fraction) * 10n ** BigInt(Math.max(0, -decimals));
  return { units: sign === '-' ? -digits : digits, decimals: Math.max(0, decimals) };
}

/** The same number in units of 10^-decimals, which must be at least as fine as its own. */
export const unitsAt = (decimal: Decimal, decimals: number): bigint =>
  decimal.units * 10n ** BigInt(decimals - decimal.decimals);

/** 1234567.891 as 1,234,567.89: at most so many decimals, none for nothing. */
export const grouped = (value: number, decimals = 2): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: decimals });

/** A fraction as a percentage, with as many digits as tell it from its neighbours. */
export function percent(fraction: number): string {
  const value = fraction * 100;
  return Math.abs(value) < 1e6 ? `${value.toFixed(3)} %` : `${value.toExponential(3)} %`;
}

// Which kinds of parameter does a rebalance take?
import { numberOf, type ParamKind } from './params.ts';

/** 10,000 bitcoin: more is a slip of the finger, and would not be exact to the msat in a reply (core/units.ts). */
const MOST_SATS = 1_000_000_000_000;

export const sats: ParamKind<number> = {
  expected: `whole sats from 1 to ${MOST_SATS}`,
  parse: (value) => {
    const number = numberOf(value);
    return typeof number === 'number' && Number.isInteger(number) && number >= 1 && number <= MOST_SATS
      ? number
      : undefined;
  },
};

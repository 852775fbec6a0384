// Which kinds of parameter do the commands about fees take?
import { nodeId, ppm, type NodeId, type Ppm } from '../../core/units.ts';
import { numberOf, type ParamKind } from './params.ts';

/** The whole amount, as of the option max-fee-ppm: more is a slip of the finger. */
const MOST_PPM = 1_000_000;

export const feePpm: ParamKind<Ppm> = {
  expected: `an integer from 0 to ${String(MOST_PPM)} (parts per million)`,
  parse: (value) => {
    const number = numberOf(value);
    return typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= MOST_PPM
      ? ppm(number)
      : undefined;
  },
};

/** Ten years: what is meant for ever needs no end. */
const MOST_HOURS = 87_600;

/** @param least 0 where none at all has a meaning */
export const hours = (least: 'from 0' | 'above 0'): ParamKind<number> => ({
  expected: `hours ${least} to ${String(MOST_HOURS)}`,
  parse: (value) => {
    const number = numberOf(value);
    if (typeof number !== 'number' || !(number >= 0) || number > MOST_HOURS) return undefined;
    return number === 0 && least === 'above 0' ? undefined : number;
  },
});

/** In lower case, because hex may be pasted in either. */
export const peerName: ParamKind<NodeId> = {
  expected: 'a node id of 66 hex digits',
  parse: (value) => {
    try {
      return typeof value === 'string' ? nodeId(value.trim().toLowerCase()) : undefined;
    } catch {
      return undefined;
    }
  },
};

export const choice = <const T extends string>(choices: readonly T[]): ParamKind<T> => ({
  expected: `one of ${choices.join(', ')}`,
  parse: (value) => choices.find((each) => each === value),
});

// Which parameters do only the host's own commands have? The others are in rpc/params.ts.
import { BadToken } from '../method.ts';

/** The token as it came. */
export const token = (value: unknown): unknown => value;

/** A whole number that may be negative, such as an error code. */
export function signed(value: unknown): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new BadToken('should be an integer');
  return number;
}

// What did the caller pass? Parameters by name or in order; a refusal names parameter, expectation and value.
import { CommandError } from '../../core/errors.ts';
import { shown } from '../../core/in-words.ts';
import { tryScid } from '../../core/units.ts';

export interface ParamKind<T> {
  /** Ends the sentence "expected ...". */
  readonly expected: string;
  /** Undefined when the value is not of the kind. */
  readonly parse: (value: unknown) => T | undefined;
}

export type Param<T> = ParamKind<T> & ({ readonly required: true } | { readonly required: false; readonly absent: T });

export const required = <T>(kind: ParamKind<T>): Param<T> => ({ ...kind, required: true });
export const optional = <T>(kind: ParamKind<T>): Param<T | null> => ({ ...kind, required: false, absent: null });

const CHANNEL_ID = /^[0-9a-f]{64}$/;

/** A channel as people name it; in lower case, because hex may be pasted in either. */
export const channelName: ParamKind<string> = {
  expected: 'a short channel id or alias like 123x456x0, or a channel id of 64 hex digits',
  parse: (value) => {
    if (typeof value !== 'string') return undefined;
    const name = value.trim().toLowerCase();
    return tryScid(name) !== null || CHANNEL_ID.test(name) ? name : undefined;
  },
};

/** lightning-cli passes a bare number as one, and one in quotes as text: that is to be one as people write it. */
export const numberOf = (value: unknown): unknown =>
  typeof value === 'string' && /^[+-]?(\d+\.?\d*|\.\d+)$/.test(value.trim()) ? Number(value) : value;

export const percentage: ParamKind<number> = {
  expected: 'a percentage above -100, such as 5',
  parse: (value) => {
    const number = numberOf(value);
    return typeof number === 'number' && number > -100 && number <= MOST_PERCENT ? number : undefined;
  },
};

/** A discount rate beyond is a slip of the finger, and its present values nothing but the first flow. */
const MOST_PERCENT = 1e6;

export const flag: ParamKind<boolean> = {
  expected: 'true or false',
  parse: (value) =>
    value === true || value === 'true' ? true : value === false || value === 'false' ? false : undefined,
};

/** A parameter that is this when it is left out. */
export const withDefault = <T>(kind: ParamKind<T>, absent: T): Param<T> => ({ ...kind, required: false, absent });

type Params = Readonly<Record<string, Param<unknown>>>;
export type Values<P extends Params> = { readonly [K in keyof P]: P[K] extends Param<infer T> ? T : never };

/** @throws CommandError invalid-parameter */
export const refuse = (message: string): never => {
  throw new CommandError('invalid-parameter', message);
};

const allowed = (names: readonly string[]): string => (names.length === 0 ? 'no parameters' : names.join(', '));

/** Pairs of name and value; positional ones get the names in the order declared. */
function given(names: readonly string[], raw: unknown): (readonly [string, unknown])[] {
  if (raw === undefined || raw === null) return [];
  if (typeof raw !== 'object') return refuse(`params: expected an object or an array, got ${shown(raw)}`);
  if (!Array.isArray(raw)) return Object.entries(raw);
  const values: readonly unknown[] = raw;
  return values.map((value, i) => [
    names[i] ??
      refuse(
        `parameter ${i + 1}: expected ${allowed(names)}, got ${values.length} values, the last ${shown(values.at(-1))}`,
      ),
    value,
  ]);
}

/**
 * Reads the parameters of one call; null counts as not given.
 * @throws CommandError invalid-parameter
 */
export function readParams<P extends Params>(params: P, raw: unknown): Values<P> {
  const names = Object.keys(params);
  const values: Record<string, unknown> = {};
  for (const [name, value] of given(names, raw)) {
    const param = Object.hasOwn(params, name) ? params[name] : undefined;
    if (!param) return refuse(`${name}: unknown parameter; expected ${allowed(names)}, got ${shown(value)}`);
    if (value === null) continue;
    values[name] = param.parse(value) ?? refuse(`${name}: expected ${param.expected}, got ${shown(value)}`);
  }
  for (const [name, param] of Object.entries(params)) {
    if (Object.hasOwn(values, name)) continue;
    values[name] = param.required ? refuse(`${name}: expected ${param.expected}, got nothing`) : param.absent;
  }
  return values as Values<P>;
}

// Is this JSON value what we need? Combinators that are strict on the fields asked for and tolerant of all others.

/**
 * Gives the value in our type or throws DecodeError. `path` is where the value stands relative to the caller; our own
 * combinators pass '' and prepend their part only when something is wrong, so that good rows cost no string building.
 */
export type Decoder<T> = (value: unknown, path: string) => T;
export type Decoded<D> = D extends Decoder<infer T> ? T : never;

/** A value that is not as expected, with the path from the root. */
export class DecodeError extends Error {
  readonly path: string;
  readonly expected: string;
  readonly got: unknown;
  constructor(path: string, expected: string, got: unknown) {
    super(`${path === '' ? 'value' : path}: expected ${expected}, got ${describe(got)}`);
    this.name = 'DecodeError';
    this.path = path;
    this.expected = expected;
    this.got = got;
  }
}

/** As much of a text as fits a log line. */
const SHOWN_CHARACTERS = 80;

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `an array of ${String(value.length)}`;
  if (typeof value !== 'string') return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
  return JSON.stringify(value.length > SHOWN_CHARACTERS ? `${value.slice(0, SHOWN_CHARACTERS)}...` : value);
}

/** `channels` and `[3].state` make `channels[3].state`. */
const join = (outer: string, inner: string): string =>
  outer === '' || inner === '' || inner.startsWith('[') ? outer + inner : `${outer}.${inner}`;

/** The error as seen from one step further out. */
const within = (path: string, step: string, thrown: unknown): unknown =>
  thrown instanceof DecodeError
    ? new DecodeError(join(path, join(step, thrown.path)), thrown.expected, thrown.got)
    : thrown;

export const str: Decoder<string> = (value, path) => {
  if (typeof value !== 'string') throw new DecodeError(path, 'a string', value);
  return value;
};

/** A safe integer: JSON.parse has silently rounded any larger one. */
export const int: Decoder<number> = (value, path) => {
  if (!Number.isSafeInteger(value)) throw new DecodeError(path, 'an integer within 2^53', value);
  return value as number;
};

export const num: Decoder<number> = (value, path) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new DecodeError(path, 'a number', value);
  return value;
};

export const bool: Decoder<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw new DecodeError(path, 'true or false', value);
  return value;
};

const HEX = /^(?:[0-9a-f]{2})*$/;

/** Lower-case hex of whole bytes; with `digits`, exactly that many digits. */
export function hex(digits?: number): Decoder<string> {
  const expected = digits === undefined ? 'hex' : `${String(digits)} hex digits`;
  return (value, path) => {
    if (typeof value !== 'string' || (digits !== undefined && value.length !== digits) || !HEX.test(value))
      throw new DecodeError(path, expected, value);
    return value;
  };
}

/** The very value among those listed. */
export function oneOf<const T extends string | number | boolean | null>(...literals: readonly T[]): Decoder<T> {
  const known: ReadonlySet<unknown> = new Set(literals);
  const expected = `one of ${literals.map(String).join(', ')}`;
  return (value, path) => {
    if (!known.has(value)) throw new DecodeError(path, expected, value);
    return value as T;
  };
}

/** Absent or null become undefined. */
export const optional =
  <T>(decoder: Decoder<T>): Decoder<T | undefined> =>
  (value, path) =>
    value === undefined || value === null ? undefined : decoder(value, path);

/** Absent or null become null. */
export const nullable =
  <T>(decoder: Decoder<T>): Decoder<T | null> =>
  (value, path) =>
    value === undefined || value === null ? null : decoder(value, path);

/** What `make` makes of the decoded value; what `make` throws becomes a DecodeError that expects `expected`. */
export const mapped =
  <T, U>(decoder: Decoder<T>, make: (value: T) => U, expected: string): Decoder<U> =>
  (value, path) => {
    const decoded = decoder(value, path);
    try {
      return make(decoded);
    } catch {
      throw new DecodeError(path, expected, value);
    }
  };

export function array<T>(item: Decoder<T>): Decoder<T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw new DecodeError(path, 'an array', value);
    const items: readonly unknown[] = value;
    const decoded = new Array<T>(items.length);
    let i = 0;
    try {
      for (; i < items.length; i++) decoded[i] = item(items[i], '');
    } catch (thrown) {
      throw within(path, `[${String(i)}]`, thrown);
    }
    return decoded;
  };
}

/** The fields named; others are dropped. An optional field that is absent is there as undefined. */
export function object<F extends Record<string, Decoder<unknown>>>(
  fields: F,
): Decoder<{ [K in keyof F]: Decoded<F[K]> }> {
  const names = Object.keys(fields);
  const decoders = Object.values(fields);
  return (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new DecodeError(path, 'an object', value);
    const source = value as Record<string, unknown>;
    const decoded: Record<string, unknown> = {};
    let i = 0;
    try {
      for (; i < names.length; i++) {
        const name = names[i] as string;
        decoded[name] = (decoders[i] as Decoder<unknown>)(source[name], '');
      }
    } catch (thrown) {
      throw within(path, names[i] ?? '', thrown);
    }
    return decoded as { [K in keyof F]: Decoded<F[K]> };
  };
}

const MSAT_TEXT = /^(\d{1,20})msat$/;

/** An amount in msat: a plain number since v23.05, `123msat` before. Above 2^53 only the text is exact. */
export const msatValue: Decoder<bigint> = (value, path) => {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return BigInt(value);
  const text = typeof value === 'string' ? MSAT_TEXT.exec(value) : null;
  if (text === null) throw new DecodeError(path, 'msat (an integer from 0 to 2^53, or "123msat")', value);
  return BigInt(text[1] as string);
};

/** The largest amount a JSON number holds exactly: 90,072 BTC, more than any channel or node. */
export const MSAT_CLAMP = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * Like msatValue for limits where lightningd writes 2^64-1 for "none" (`*_max_htlc_value_in_flight_msat`), which
 * JSON.parse rounds: anything above MSAT_CLAMP becomes MSAT_CLAMP.
 */
export const msatClamped: Decoder<bigint> = (value, path) => {
  if (typeof value === 'number' && Number.isInteger(value) && value > Number.MAX_SAFE_INTEGER) return MSAT_CLAMP;
  const exact = msatValue(value, path);
  return exact > MSAT_CLAMP ? MSAT_CLAMP : exact;
};

/** Decodes a whole document. @throws DecodeError whose path begins with `what`, for instance `listforwards`. */
export function decode<T>(decoder: Decoder<T>, value: unknown, what: string): T {
  return decoder(value, what);
}

// Does a value read back from JSON have the shape it was written with? Guards that the compiler holds against the type.

export type Guard<T> = (value: unknown) => value is T;

/** JSON has no other: NaN and infinities were written as null. */
export const isNumber: Guard<number> = (value): value is number => typeof value === 'number';
export const isText: Guard<string> = (value): value is string => typeof value === 'string';
export const isBoolean: Guard<boolean> = (value): value is boolean => typeof value === 'boolean';

const accepts = (parse: () => unknown): boolean => {
  try {
    parse();
    return true;
  } catch {
    return false;
  }
};

/** A number of a kind of its own, as its parser has it. */
export const numberBy =
  <T extends number>(parse: (value: number) => T): Guard<T> =>
  (value): value is T =>
    isNumber(value) && accepts(() => parse(value));

/** A text of a kind of its own, as its parser has it. */
export const textBy =
  <T extends string>(parse: (value: string) => T): Guard<T> =>
  (value): value is T =>
    isText(value) && accepts(() => parse(value));

export const oneOf =
  <T>(...values: readonly T[]): Guard<T> =>
  (value): value is T =>
    (values as readonly unknown[]).includes(value);

/** A key of a table such as FEE_REASONS. */
export const keyOf =
  <K extends string>(table: Readonly<Record<K, unknown>>): Guard<K> =>
  (value): value is K =>
    isText(value) && Object.hasOwn(table, value);

export const either =
  <A, B>(first: Guard<A>, second: Guard<B>): Guard<A | B> =>
  (value): value is A | B =>
    first(value) || second(value);

export const orNull = <T>(guard: Guard<T>): Guard<T | null> => either(guard, oneOf(null));

export const listOf =
  <T>(guard: Guard<T>): Guard<readonly T[]> =>
  (value): value is readonly T[] =>
    Array.isArray(value) && value.every(guard);

/** A list of fixed length, each place with a guard of its own. */
export const tupleOf =
  <T extends readonly unknown[]>(...guards: { readonly [K in keyof T]: Guard<T[K]> }): Guard<T> =>
  (value): value is T =>
    Array.isArray(value) && value.length === guards.length && guards.every((guard, i) => guard(value[i]));

const isObject: Guard<Readonly<Record<string, unknown>>> = (value): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Any names, each with a value of that kind. */
export const recordOf =
  <T>(guard: Guard<T>): Guard<Readonly<Record<string, T>>> =>
  (value): value is Readonly<Record<string, T>> =>
    isObject(value) && Object.values(value).every(guard);

/** An object with these fields; others are of no concern. */
export function shapeOf<T extends object>(fields: { readonly [K in keyof T]-?: Guard<T[K]> }): Guard<T> {
  const guards = Object.entries<Guard<unknown>>(fields);
  return (value): value is T => isObject(value) && guards.every(([name, guard]) => guard(value[name]));
}

/** The value of a JSON text, or null where it is none of that shape. */
export function readJson<T>(text: string, guard: Guard<T>): T | null {
  try {
    const value: unknown = JSON.parse(text);
    return guard(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

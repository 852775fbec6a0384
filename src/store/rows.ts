// How does a column become a value of ours? Our tables are STRICT, so a wrong type here is a wrong query, and throws.

const column = (row: unknown, name: string): unknown => {
  if (typeof row !== 'object' || row === null || !(name in row)) throw new TypeError(`no column ${name} in the row`);
  return (row as Record<string, unknown>)[name];
};

/** An INTEGER column, exactly. */
export function bigintOf(row: unknown, name: string): bigint {
  const value = column(row, name);
  if (typeof value !== 'bigint') throw new TypeError(`column ${name}: expected an integer, got ${typeof value}`);
  return value;
}

/** An INTEGER column as number. @throws RangeError beyond 2^53. */
export function numberOf(row: unknown, name: string): number {
  const value = Number(bigintOf(row, name));
  if (!Number.isSafeInteger(value)) throw new RangeError(`column ${name}: ${value} is beyond 2^53`);
  return value;
}

export const numberOrNull = (row: unknown, name: string): number | null =>
  column(row, name) === null ? null : numberOf(row, name);

/** A REAL column. */
export function realOf(row: unknown, name: string): number {
  const value = column(row, name);
  if (typeof value !== 'number') throw new TypeError(`column ${name}: expected a real number, got ${typeof value}`);
  return value;
}

export function textOf(row: unknown, name: string): string {
  const value = column(row, name);
  if (typeof value !== 'string') throw new TypeError(`column ${name}: expected text, got ${typeof value}`);
  return value;
}

/** A TEXT column that holds one of these. */
export function choiceOf<T extends string>(row: unknown, name: string, choices: readonly T[]): T {
  const text = textOf(row, name);
  const choice = choices.find((one) => one === text);
  if (choice === undefined) throw new TypeError(`column ${name}: expected one of ${choices.join(', ')}, got ${text}`);
  return choice;
}

export const textOrNull = (row: unknown, name: string): string | null =>
  column(row, name) === null ? null : textOf(row, name);

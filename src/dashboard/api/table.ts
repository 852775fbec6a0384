// How do lists travel? As rows without names.
export type Cell = string | number | boolean | null;

/** Rows without repeated names: a thousand channels stay below half a megabyte. `rowsOf` makes objects of it. */
export interface Table<Column extends string> {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

/** The rows of a table as objects, typed by the caller who knows the columns. */
export function rowsOf<Row extends object>(table: Table<Extract<keyof Row, string>>): Row[] {
  return table.rows.map((row) => Object.fromEntries(table.columns.map((name, i) => [name, row[i]])) as Row);
}

/** The other way round. */
export const tableOf = <Row extends { readonly [K in keyof Row]: Cell }>(
  columns: readonly Extract<keyof Row, string>[],
  rows: readonly Row[],
): Table<Extract<keyof Row, string>> => ({ columns, rows: rows.map((row) => columns.map((name) => row[name])) });

// Which value does a table of thresholds give? By place: it is asked for hundreds of thousands of times a year.

/** Ascending by `below`. */
export type Steps<T> = readonly (readonly [below: number, value: T])[];

/** Of the first step that `x` is below; `last` where it is below none. */
export function lookUp<T>(table: Steps<T>, x: number, last: T): T {
  for (let i = 0; i < table.length; i++) {
    const step = table[i];
    if (step !== undefined && x < step[0]) return step[1];
  }
  return last;
}

// How does a reply with 64-bit amounts become JSON? JSON.stringify refuses bigint, and lightningd prints plain digits.

/** Marks digits inside the text that JSON.stringify makes, so that their quotes can be taken off. Never in our strings. */
const MARK = '\u0001';
const MARKED = /"\\u0001(-?\d+)"/g;

/** Compact JSON; bigints as plain digits, whatever their size. */
export function printJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    // Long listings hold plain numbers and go the fast way; a replacer function costs five times as much.
    if (!(error instanceof TypeError)) throw error;
    return JSON.stringify(value, mark).replace(MARKED, '$1');
  }
}

const mark = (_key: string, item: unknown): unknown => (typeof item === 'bigint' ? MARK + item.toString() : item);

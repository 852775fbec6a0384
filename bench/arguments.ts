// What was a benchmark asked for? Every argument checked, with an error that says what was expected.
import { parseArgs } from 'node:util';

export class ArgumentError extends Error {
  override name = 'ArgumentError';
}

/** @throws ArgumentError */
export function whole(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new ArgumentError(`--${name}: expected a whole number above 0, got ${JSON.stringify(text)}`);
}

/** What is wrong with them as a whole, in the words of Node.js. @throws ArgumentError */
export function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new ArgumentError(error instanceof Error ? error.message : String(error));
  }
}

type Texts = Readonly<Record<string, string | null>>;
type Read<N extends string, T extends Texts> = Record<N, number> & {
  [K in keyof T]: T[K] extends string ? string : string | null;
};

/**
 * @param numbers by name what they are where nothing is said
 * @param texts as well; null: nothing
 * @throws ArgumentError
 */
export function readOptions<N extends string, T extends Texts>(
  args: readonly string[],
  numbers: Readonly<Record<N, number>>,
  texts: T,
): Read<N, T> {
  const names = [...Object.keys(numbers), ...Object.keys(texts)];
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' } as const]));
  const { values } = parsed(() => parseArgs({ args: [...args], options }));
  const read: Record<string, number | string | null> = { ...numbers, ...texts };
  for (const [name, text] of Object.entries(values))
    if (typeof text === 'string') read[name] = name in numbers ? whole(name, text) : text;
  return read as Read<N, T>;
}

/** As `readOptions`, of this process, which ends where they are wrong. */
export function optionsOf<N extends string, T extends Texts>(
  bench: string,
  numbers: Readonly<Record<N, number>>,
  texts: T,
): Read<N, T> {
  try {
    return readOptions(process.argv.slice(2), numbers, texts);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    console.error(`bench:${bench}: ${error.message}`);
    process.exit(1);
  }
}

// What does the word of an option mean: a number, a time, a file to make?
import { wordOf, type Given } from './command.ts';
import { UsageError } from './input-error.ts';
import { parseMoment } from './moment.ts';

/** Null where it was not given. @throws UsageError */
export function wholeOf(given: Given, name: string, least: number, most = Infinity): number | null {
  const text = wordOf(given, name);
  if (text === null) return null;
  const number = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (number >= least && number <= most) return number;
  const range = most === Infinity ? `of at least ${least}` : `${least}..${most}`;
  throw new UsageError(`--${name}: expected an integer ${range}, got ${text}`);
}

/** Unix seconds; null where it was not given. @throws UsageError */
function momentOf(given: Given, name: string): number | null {
  const text = wordOf(given, name);
  if (text === null) return null;
  const moment = parseMoment(text);
  if (moment.ok) return moment.seconds;
  throw new UsageError(`--${name}: expected Unix seconds or a date like 2026-02-03, got ${text}`);
}

/** What is between --since and --until, Unix seconds; null where one was not given. @throws UsageError where nothing is */
export function spanOf(given: Given): { readonly since: number | null; readonly until: number | null } {
  const [since, until] = [momentOf(given, 'since'), momentOf(given, 'until')];
  if (since !== null && until !== null && until <= since)
    throw new UsageError(
      `--until: expected a time after --since (${wordOf(given, 'since')}), got ${wordOf(given, 'until')}`,
    );
  return { since, until };
}

/**
 * The name of a file to make. Nothing is written over that could be anything else, the database least of all.
 * @throws UsageError where it ends otherwise
 */
export function fileToMake(name: string, file: string, ...endings: readonly string[]): string {
  if (endings.some((ending) => file.endsWith(`.${ending}`))) return file;
  const expected = endings.map((ending) => `.${ending}`).join(' or ');
  throw new UsageError(`--${name}: expected a file name that ends in ${expected}, got ${file}`);
}

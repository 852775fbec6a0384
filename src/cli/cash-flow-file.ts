// Which dated amounts does a two-column file hold?
import type { DatedAmount } from '../core/profit/series.ts';
import { parseCsv, type CsvRow } from './csv-rows.ts';
import { parseDecimal, unitsAt, type Decimal } from './decimal.ts';
import { InputError } from './input-error.ts';
import { parseMoment } from './moment.ts';

export interface CashFlowFile {
  /** In the order of the file, in units of 10^-decimals of the file's own unit: exact. */
  readonly flows: readonly DatedAmount[];
  readonly decimals: number;
}

/** @throws InputError that names the line, what was expected and what was found. */
export function parseCashFlows(text: string): CashFlowFile {
  const { separator, rows } = parseCsv(text);
  const mark = separator === ';' ? ',' : '.';
  const [first, ...rest] = rows;
  const body = first !== undefined && isHeader(first) ? rest : rows;
  if (body.length === 0) throw new InputError('expected lines of a time and an amount, got none');
  const parsed = body.map((row) => parseRow(row, mark));
  const decimals = parsed.reduce((most, { amount }) => Math.max(most, amount.decimals), 0);
  return { flows: parsed.map(({ time, amount }) => ({ time, amount: unitsAt(amount, decimals) })), decimals };
}

/** A first line of words; one with a cell that begins as a number is data, so that a typo does not vanish as a header. */
const isHeader = ({ cells }: CsvRow): boolean => !cells.some((cell) => /^\W?\d/.test(cell));

function parseRow({ line, cells }: CsvRow, decimalMark: '.' | ','): { time: number; amount: Decimal } {
  const [time = '', amount = ''] = cells;
  if (cells.length !== 2)
    throw new InputError(
      `line ${line}: expected two columns, time and amount, separated by comma, semicolon or tab, got ${cells.length}` +
        (cells.length > 2 ? '; amounts take no thousands separators, and a decimal comma only beside semicolons' : ''),
    );
  const moment = parseMoment(time);
  if (!moment.ok)
    throw new InputError(
      `line ${line}, column 1: expected Unix seconds or an ISO date such as 2021-02-01 or 2021-02-01T12:30:00Z, got ` +
        JSON.stringify(time) +
        (moment.problem === 'milliseconds' ? ', which looks like milliseconds' : ''),
    );
  // Where semicolons separate, both marks are in use; a number never has two.
  const number = parseDecimal(amount) ?? parseDecimal(amount, decimalMark);
  if (number === null)
    throw new InputError(
      `line ${line}, column 2: expected a decimal number such as -1007500 or 12.5, without unit or thousands separators, ` +
        `got ${JSON.stringify(amount)}`,
    );
  return { time: moment.seconds, amount: number };
}

// How is a history written into a file, and read from one that somebody else has made? Columns of integers as JSON.
import { plainText } from '../plain-text.ts';
import { SECONDS_PER_DAY } from '../units.ts';
import { HistoryError, type History, type PastChannel, type PastFee } from './history.ts';
import { messageOf } from '../message-of.ts';

const FORMAT = 'cl-revenue-ops-history';
const VERSION = 1;
/** 9999-12-31T23:59:59Z: what is later cannot be told as a date. */
const LAST_SECOND = 253_402_300_799;
/** Ten years, as revenue-backtest takes at most: each hour takes memory for each channel. */
const LONGEST = 3650 * SECONDS_PER_DAY;

type Columns = 'at' | 'from' | 'to' | 'amountMsat' | 'feeMsat';
const COLUMNS: readonly (readonly [Columns, string])[] = [
  ['at', 'at'],
  ['from', 'from'],
  ['to', 'to'],
  ['amountMsat', 'amount_msat'],
  ['feeMsat', 'fee_msat'],
];
type Row = Readonly<Record<Columns, number>>;

const columnsOf = (rows: readonly Row[]): object =>
  Object.fromEntries(COLUMNS.map(([key, name]) => [name, rows.map((row) => row[key])]));

/** One line for each part, so that people can look into it. */
export function historyText({ from, until, channels, forwards, circles, attempts }: History): string {
  const parts = {
    format: FORMAT,
    version: VERSION,
    from,
    until,
    channels: channels.map(({ name, capacityMsat, from: opened, until: closed, startMsat, fees }) => ({
      ...{ name, capacity_msat: capacityMsat, from: opened, until: closed, start_msat: startMsat },
      fees: fees.map(({ at, ppm }) => [at, ppm]),
    })),
    forwards: columnsOf(forwards),
    rebalances: columnsOf(circles),
    attempts,
  };
  const lines = Object.entries(parts).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return `{\n${lines.join(',\n')}\n}\n`;
}

const refuse = (where: string, expected: string, got: unknown): never => {
  const text = JSON.stringify(got ?? null);
  throw new HistoryError(`${where}: expected ${expected}, got ${text.length > 60 ? `${text.slice(0, 60)}...` : text}`);
};

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const objectAt = (value: unknown, where: string): Json => (isObject(value) ? value : refuse(where, 'an object', value));
const listAt = (value: unknown, where: string): readonly unknown[] =>
  Array.isArray(value) ? (value as readonly unknown[]) : refuse(where, 'a list', value);
const integerAt = (value: unknown, where: string, low: number, high = Number.MAX_SAFE_INTEGER): number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= low && value <= high
    ? value
    : refuse(where, `an integer ${low}..${high}`, value);

/** @throws HistoryError that names the place, what was expected and what was got */
export function parseHistory(text: string): History {
  const file = objectAt(jsonOf(text), 'file');
  if (file['format'] !== FORMAT) return refuse('format', `"${FORMAT}", as export makes it`, file['format']);
  if (file['version'] !== VERSION) return refuse('version', String(VERSION), file['version']);
  const from = integerAt(file['from'], 'from', 0);
  const until = integerAt(file['until'], 'until', from + 1, Math.min(LAST_SECOND, from + LONGEST));
  const channels = listAt(file['channels'], 'channels').map((each, k) =>
    channelOf(each, `channels[${k}]`, { from, until }),
  );
  const rows = (key: string): Row[] => rowsOf(file[key], key, { from, until }, channels.length);
  const attempts = objectAt(file['attempts'], 'attempts');
  return {
    from,
    until,
    channels,
    forwards: rows('forwards'),
    circles: rows('rebalances'),
    attempts: {
      succeeded: integerAt(attempts['succeeded'], 'attempts.succeeded', 0),
      failed: integerAt(attempts['failed'], 'attempts.failed', 0),
    },
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new HistoryError(`expected JSON, got: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

type Time = Pick<History, 'from' | 'until'>;

function channelOf(value: unknown, where: string, time: Time): PastChannel {
  const channel = objectAt(value, where);
  const { name, start_msat: start } = channel;
  const capacityMsat = integerAt(channel['capacity_msat'], `${where}.capacity_msat`, 1);
  const from = integerAt(channel['from'], `${where}.from`, time.from, time.until);
  const fees = listAt(channel['fees'], `${where}.fees`).map((each, i): PastFee => {
    const [at, ppm] = listAt(each, `${where}.fees[${i}]`);
    return {
      at: integerAt(at, `${where}.fees[${i}][0]`, 0),
      ppm: integerAt(ppm, `${where}.fees[${i}][1]`, 0, 1_000_000_000),
    };
  });
  if (fees.length === 0) refuse(`${where}.fees`, 'at least one fee', fees);
  const disorder = fees.findIndex(({ at }, i) => at < (fees[i - 1]?.at ?? 0));
  if (disorder >= 0) refuse(`${where}.fees[${disorder}]`, 'a time no earlier than the one before', fees[disorder]?.at);
  return {
    name: typeof name === 'string' ? plainText(name) : refuse(`${where}.name`, 'a text', name),
    capacityMsat,
    from,
    until: integerAt(channel['until'], `${where}.until`, from, time.until),
    startMsat: start === null ? null : integerAt(start, `${where}.start_msat`, 0, capacityMsat),
    fees,
  };
}

function rowsOf(value: unknown, where: string, { from, until }: Time, channels: number): Row[] {
  const table = objectAt(value, where);
  const columns = COLUMNS.map(([, name]) => listAt(table[name], `${where}.${name}`));
  const count = columns[0]?.length ?? 0;
  COLUMNS.forEach(([, name], i) => {
    if (columns[i]?.length !== count) refuse(`${where}.${name}`, `${count} values, as in at`, columns[i]?.length);
  });
  const at = (column: number, row: number, low: number, high?: number): number =>
    integerAt(columns[column]?.[row], `${where}.${COLUMNS[column]?.[1] ?? ''}[${row}]`, low, high);
  const rows = Array.from({ length: count }, (_, i) => ({
    at: at(0, i, from, until - 1),
    from: at(1, i, 0, channels - 1),
    to: at(2, i, 0, channels - 1),
    amountMsat: at(3, i, 1),
    feeMsat: at(4, i, 0),
  }));
  const disorder = rows.findIndex((row, i) => row.at < (rows[i - 1]?.at ?? 0));
  if (disorder >= 0) refuse(`${where}.at[${disorder}]`, 'a time no earlier than the one before', rows[disorder]?.at);
  return rows;
}

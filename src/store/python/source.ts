// What does the database of the Python original hold? Its tables were not STRICT: each row is checked, and one that
// makes no sense is counted, not guessed at. The file is only read.
import { CLBOSS_TAGS, StoreError, type ClbossTag } from '../../ports.ts';
import { tryScid, type Scid } from '../../core/units.ts';
import { tablesOf, type Database } from '../engine.ts';
import { openToRead } from '../open-to-read.ts';

export interface PythonForward {
  readonly id: number;
  readonly inChannel: Scid;
  readonly outChannel: Scid;
  readonly inMsat: bigint;
  readonly outMsat: bigint;
  readonly feeMsat: bigint;
  /** Unix seconds. */
  readonly time: number;
}

export interface PythonFeeChange {
  readonly channel: Scid;
  readonly peer: string;
  readonly oldPpm: number;
  readonly newPpm: number;
  readonly reason: string;
  readonly manual: boolean;
  readonly time: number;
}

export interface PythonRebalance {
  readonly from: Scid;
  readonly to: Scid;
  readonly amountSats: number;
  readonly maxFeeSats: number;
  readonly feeSats: number | null;
  readonly expectedProfitSats: number;
  readonly profitSats: number | null;
  readonly status: 'pending' | 'success' | 'failed';
  readonly message: string | null;
  readonly time: number;
}

export interface PythonRebalanceCost {
  readonly id: number;
  /** It was filled. */
  readonly channel: Scid;
  readonly costSats: number;
  readonly amountSats: number;
  readonly time: number;
}

export interface PythonOpening {
  readonly channel: Scid;
  readonly costSats: number;
}

/** Rows of one table. */
export interface Rows<T> {
  readonly rows: readonly T[];
  /** Rows in which something is missing or makes no sense. */
  readonly bad: number;
}

export interface PythonHistory {
  /** Unix seconds of the last that it tells of: each hour it looked at every channel. */
  readonly until: number;
  readonly forwards: Rows<PythonForward>;
  readonly feeChanges: Rows<PythonFeeChange>;
  readonly rebalances: Rows<PythonRebalance>;
  readonly rebalanceCosts: Rows<PythonRebalanceCost>;
  readonly openings: Rows<PythonOpening>;
  readonly tags: Rows<{ readonly peer: string; readonly tag: ClbossTag }>;
}

/** Tables by which a file is known as the Python plugin's; any version of it has them. */
const TELLTALE = ['channel_states', 'fee_changes', 'clboss_unmanaged'] as const;

/** @throws StoreError when the file cannot be read or is another program's; Errors of SQLite's */
export const readPython = (path: string): PythonHistory =>
  openToRead(path, 'it is where the Python plugin kept it, or where you have moved it', (database) => {
    const history = readTables(database, path);
    database.close();
    return history;
  });

function readTables(database: Database, path: string): PythonHistory {
  const tables = tablesOf(database);
  const absent = TELLTALE.find((name) => !tables.has(name));
  if (absent !== undefined)
    throw new StoreError(
      'foreign',
      `database ${path}: expected that of the Python plugin, with a table ${absent}, got one without`,
    );
  const read = <T>(table: string, parse: (row: Row) => T | null): Rows<T> =>
    tables.has(table) ? readTable(database, table, parse) : { rows: [], bad: 0 };
  const forwards = read('forwards', toForward);
  const looks = read('channel_states', (row) => second(row['updated_at']));
  return {
    until: [...looks.rows, ...forwards.rows.map(({ time }) => time)].reduce((last, time) => Math.max(last, time), 0),
    forwards,
    feeChanges: read('fee_changes', toFeeChange),
    rebalances: read('rebalance_history', toRebalance),
    rebalanceCosts: read('rebalance_costs', toRebalanceCost),
    openings: read('channel_costs', toOpening),
    tags: read('clboss_unmanaged', toTag),
  };
}

/** Whether it was the Python plugin that made these tables. */
export const isPython = (tables: ReadonlySet<string>): boolean => TELLTALE.every((name) => tables.has(name));

type Row = Readonly<Record<string, unknown>>;

function readTable<T>(database: Database, table: string, parse: (row: Row) => T | null): Rows<T> {
  const statement = database.prepare(`SELECT * FROM ${table} ORDER BY rowid`);
  statement.setReadBigInts(true);
  const rows: T[] = [];
  let bad = 0;
  for (const row of statement.all()) {
    const parsed = parse(row as Row);
    if (parsed === null) bad++;
    else rows.push(parsed);
  }
  return { rows, bad };
}

/** Whole, and neither below zero nor above 2^53. Python wrote some integers as REAL. */
function count(value: unknown): number | null {
  const number = typeof value === 'bigint' ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : null;
}

/** 90,000 BTC: more is no amount, and what reads it could not reckon with it. */
const MOST_SATS = Math.floor(Number.MAX_SAFE_INTEGER / 1000);

const atMost = (most: number, value: number | null): number | null => (value !== null && value <= most ? value : null);

const sats = (value: unknown): number | null => atMost(MOST_SATS, count(value));

function msats(value: unknown): bigint | null {
  const number = count(value);
  return number === null ? null : BigInt(number);
}

/** lightningd keeps it in 32 bits. */
const ppm = (value: unknown): number | null => atMost(2 ** 32 - 1, count(value));

/** Sats, rounded down; below zero too. */
function profit(value: unknown): number | null {
  const number = typeof value === 'bigint' ? Number(value) : value;
  return typeof number === 'number' && Math.abs(number) <= MOST_SATS ? Math.floor(number) : null;
}

/** Before 2015 there was no Lightning, and one time of then would count all years since as known; after 2106 are milliseconds. */
const TIMES = { first: 1_420_070_400, last: 2 ** 32 } as const;

/** A second, of whatever precision. */
function second(value: unknown): number | null {
  const number = typeof value === 'bigint' ? Number(value) : value;
  return typeof number === 'number' && number >= TIMES.first && number < TIMES.last ? Math.floor(number) : null;
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
/** Short channel ids were kept with x or, for a time, with colons. */
const channel = (value: unknown): Scid | null => tryScid(text(value)?.replaceAll(':', 'x') ?? '');

/** Null where any of them is. */
const allOf = <T extends object>(parts: { readonly [Key in keyof T]: T[Key] | null }): T | null =>
  Object.values(parts).includes(null) ? null : (parts as T);

const toForward = (row: Row): PythonForward | null =>
  allOf<PythonForward>({
    id: count(row['id']),
    inChannel: channel(row['in_channel']),
    outChannel: channel(row['out_channel']),
    inMsat: msats(row['in_msat']),
    outMsat: msats(row['out_msat']),
    feeMsat: msats(row['fee_msat']),
    time: second(row['timestamp']),
  });

const toFeeChange = (row: Row): PythonFeeChange | null =>
  allOf<PythonFeeChange>({
    channel: channel(row['channel_id']),
    peer: text(row['peer_id']),
    oldPpm: ppm(row['old_fee_ppm']),
    newPpm: ppm(row['new_fee_ppm']),
    reason: text(row['reason']) ?? '',
    manual: count(row['manual']) === 1,
    time: second(row['timestamp']),
  });

const STATUSES = ['pending', 'success', 'failed'] as const;

function toRebalance(row: Row): PythonRebalance | null {
  const parts = allOf<Omit<PythonRebalance, 'feeSats' | 'profitSats' | 'message'>>({
    from: channel(row['from_channel']),
    to: channel(row['to_channel']),
    amountSats: sats(row['amount_sats']),
    maxFeeSats: sats(row['max_fee_sats']),
    expectedProfitSats: profit(row['expected_profit_sats']),
    status: STATUSES.find((status) => status === row['status']) ?? null,
    time: second(row['timestamp']),
  });
  if (parts === null) return null;
  const [fee, gain] = [row['actual_fee_sats'], row['actual_profit_sats']];
  return { ...parts, feeSats: sats(fee), profitSats: profit(gain), message: text(row['error_message']) };
}

const toRebalanceCost = (row: Row): PythonRebalanceCost | null =>
  allOf<PythonRebalanceCost>({
    id: count(row['id']),
    channel: channel(row['channel_id']),
    costSats: sats(row['cost_sats']),
    amountSats: sats(row['amount_sats']),
    time: second(row['timestamp']),
  });

const toOpening = (row: Row): PythonOpening | null =>
  allOf<PythonOpening>({ channel: channel(row['channel_id']), costSats: sats(row['open_cost_sats']) });

const toTag = (row: Row): { readonly peer: string; readonly tag: ClbossTag } | null =>
  allOf({ peer: text(row['peer_id']), tag: CLBOSS_TAGS.find((tag) => tag === row['tag']) ?? null });

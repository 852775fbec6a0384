// Which files can be had, with which columns, of which time?
import { incurredFlows, isCapital, type CashFlow, type FlowKind } from '../../core/profit/cash-flow.ts';
import { msatToSats, negMsat, SECONDS_PER_DAY, unixSec, type Msat, type UnixSec } from '../../core/units.ts';
import type { ActionFilter, Before, ForwardMark, Store } from '../../ports.ts';
import { inNames, type NameOf } from '../../app/channel-names.ts';
import type { Judged } from '../../app/profit/channel-figures.ts';
import type { ExportName } from '../api.ts';
import { Refusal } from '../failure.ts';
import type { Readings } from '../readings.ts';
import { csvStream, type CsvValue } from './csv.ts';

/** The columns of each file. docs/dashboard.md says what they mean. */
export const EXPORT_COLUMNS = {
  forwards: [
    'date',
    'status',
    'in_channel',
    'out_channel',
    'in_sats',
    'out_sats',
    'fee_sats',
    'in_msat',
    'out_msat',
    'fee_msat',
    'received',
    'in_htlc_id',
    'failcode',
  ],
  rebalances: [
    'date',
    'ended',
    'status',
    'from_channel',
    'to_channel',
    'amount_sats',
    'moved_sats',
    'fee_sats',
    'moved_msat',
    'fee_msat',
    'max_fee_sats',
    'expected_profit_sats',
    'driver',
    'by',
    'payment_hash',
    'message',
  ],
  // The first ten are those of Koinly's universal format, which others read too.
  cashflows: [
    'Date',
    'Sent Amount',
    'Sent Currency',
    'Received Amount',
    'Received Currency',
    'Fee Amount',
    'Fee Currency',
    'Label',
    'Description',
    'TxHash',
    'kind',
    'channel',
    'amount_sats',
    'amount_msat',
    'estimated',
  ],
} as const satisfies Record<ExportName, readonly string[]>;

/** Rows read at once: some milliseconds. */
const PAGE = 1000;
/** Unix seconds of the year 2255, later than all that is kept: in nanoseconds the largest round one of 63 bits. */
const END_OF_TIME = 9_000_000_000;

interface Span {
  readonly from: UnixSec;
  /** Exclusive. */
  readonly until: UnixSec;
}

/** Unix seconds, or a day (UTC); `until` a day is until its end. @throws Refusal */
function spanIn(query: Readonly<Record<string, string>>): Span {
  const strange = Object.keys(query).find((name) => name !== 'from' && name !== 'until');
  if (strange !== undefined) throw new Refusal('invalid-request', `${strange}: expected from or until`);
  const read = (name: 'from' | 'until', absent: number, ofDay: number): UnixSec => {
    const text = query[name];
    if (text === undefined || text === '') return unixSec(absent);
    if (/^\d{1,10}$/.test(text)) return unixSec(Math.min(Number(text), END_OF_TIME));
    const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) / 1000 : NaN;
    if (Number.isNaN(day) || day < 0 || day > END_OF_TIME || isoOf(day).slice(0, 10) !== text)
      throw new Refusal(
        'invalid-request',
        `${name}: expected Unix seconds or a day like 2026-11-21, got ${JSON.stringify(text.slice(0, 40))}`,
      );
    return unixSec(day + ofDay);
  };
  return { from: read('from', 0, 0), until: read('until', END_OF_TIME, SECONDS_PER_DAY) };
}

/** The file, read and written piece by piece. @throws Refusal, CommandError */
export async function exportOf(
  name: ExportName,
  query: Readonly<Record<string, string>>,
  readings: Readings,
): Promise<ReadableStream<Uint8Array>> {
  const span = spanIn(query);
  const gathered = await readings.profits();
  const { store } = readings.context;
  const nameOf = readings.nameOf(gathered);
  switch (name) {
    case 'forwards':
      return csvStream(EXPORT_COLUMNS.forwards, forwardPages(store, span));
    case 'rebalances':
      return csvStream(EXPORT_COLUMNS.rebalances, rebalancePages(store, span, nameOf));
    case 'cashflows':
      return csvStream(EXPORT_COLUMNS.cashflows, cashFlowPages(gathered.channels, span));
  }
}

const isoOf = (seconds: number): string => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
const isoOfNs = (ns: bigint): string => new Date(Number(ns / 1_000_000n)).toISOString();
const satsOrNull = (amount: Msat | null): number | null => (amount === null ? null : msatToSats(amount));

function* forwardPages({ history }: Store, { from, until }: Span): Generator<CsvValue[][]> {
  let after: ForwardMark | null = null;
  do {
    const page = history.forwards(from, until, after, PAGE);
    yield page.rows.map((row) => [
      isoOfNs(row.resolvedNs ?? row.receivedNs),
      row.status,
      row.inChannel,
      row.outChannel,
      msatToSats(row.inMsat),
      satsOrNull(row.outMsat),
      satsOrNull(row.feeMsat),
      row.inMsat,
      row.outMsat,
      row.feeMsat,
      isoOfNs(row.receivedNs),
      row.inHtlcId,
      row.failcode,
    ]);
    after = page.next;
  } while (after !== null);
}

/** Newest first, as people look for them. */
function* rebalancePages({ history }: Store, { from, until }: Span, nameOf: NameOf): Generator<CsvValue[][]> {
  const filter: Omit<ActionFilter, 'before'> = { from, until, subjects: null, by: null, text: null };
  for (let before: Before | null = null; ;) {
    const rows = history.rebalances({ ...filter, before }, PAGE);
    yield rows.map((row) => [
      isoOf(row.timestamp),
      row.endedAt === null ? null : isoOf(row.endedAt),
      row.status,
      nameOf(row.fromChannel),
      nameOf(row.toChannel),
      row.amountSats,
      satsOrNull(row.movedMsat),
      satsOrNull(row.feeMsat),
      row.movedMsat,
      row.feeMsat,
      row.maxFeeSats,
      row.expectedProfitSats,
      row.driver,
      row.by,
      row.paymentHash,
      row.errorMessage === null ? null : inNames(row.errorMessage, nameOf),
    ]);
    const last = rows.at(-1);
    if (rows.length < PAGE || last === undefined) return;
    before = { time: last.timestamp, id: last.id };
  }
}

/** What an entry is to an accountant. */
const WORDS: Readonly<Record<FlowKind, readonly [label: string, description: string]>> = {
  capital_in: ['', 'capital into the channel'],
  opening_fee: ['cost', 'on-chain fee of the opening'],
  push: ['gift', 'balance given at the opening'],
  lease_fee: ['cost', 'fee of leased liquidity'],
  splice_in: ['', 'splice in'],
  splice_out: ['', 'splice out'],
  splice_fee: ['cost', 'on-chain fee of a splice'],
  routing_fee: ['income', 'routing fees of the day'],
  rebalance_fee: ['cost', 'fee of a rebalance'],
  capital_out: ['', 'capital out of the channel'],
  closing_fee: ['cost', 'on-chain fee of the closing'],
};

/** A channel at a time, oldest first; capital that only changes place is left out. */
function* cashFlowPages(channels: readonly Judged[], { from, until }: Span): Generator<CsvValue[][]> {
  for (const { account, name } of channels)
    yield incurredFlows(account)
      .filter((flow) => !isCapital(flow) && flow.time >= from && flow.time < until)
      .map((flow) => cashFlowRow(flow, name));
}

/** Exact: a BTC has eleven decimals down to the millisatoshi. */
function btc(amount: bigint): string {
  const digits = String(amount).padStart(12, '0');
  return `${digits.slice(0, -11)}.${digits.slice(-11)}`;
}

function cashFlowRow({ time, amount, kind, estimated }: CashFlow, channel: string): CsvValue[] {
  const isIncome = amount > 0n;
  const [label, description] = WORDS[kind];
  return [
    isoOf(time),
    isIncome ? null : btc(negMsat(amount)),
    isIncome ? null : 'BTC',
    isIncome ? btc(amount) : null,
    isIncome ? 'BTC' : null,
    null,
    null,
    isIncome && label === 'cost' ? 'income' : label,
    `${description}, channel ${channel}`,
    null,
    kind,
    channel,
    msatToSats(amount),
    amount,
    estimated,
  ];
}

// What does the file of cash flows say, in columns that accounting tools read?
import type { Judged } from '../../app/profit/channel-figures.ts';
import { incurredFlows, isCapital, type CashFlow, type FlowKind } from '../../core/profit/cash-flow.ts';
import { msatToSats, negMsat } from '../../core/units.ts';
import type { CsvValue } from './csv.ts';
import type { Span } from './span.ts';
import { isoOf } from './values.ts';

/** The first ten are those of Koinly's universal format, which others read too. */
export const CASH_FLOW_COLUMNS = [
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
] as const;

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
export function* cashFlowPages(channels: readonly Judged[], { from, until }: Span): Generator<CsvValue[][]> {
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

// The ledger of a recorded node: its replies through the real decoders, the real database and the real cycle.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { runLedgerCycle } from '../../src/app/ledger-cycle.ts';
import type { ChannelBooks } from '../../src/core/profit/books.ts';
import { addMsat, msat, sumMsat, ZERO_MSAT, type Msat, type UnixSec } from '../../src/core/units.ts';
import { LightningLedger } from '../../src/node/ledger.ts';
import type { Store } from '../../src/ports.ts';
import {
  answers,
  paged,
  readerOver,
  RECORDED_AT,
  recording,
  refusing,
  rows,
  stoppedClock,
  without,
} from '../node/recorded-node.ts';
import type { Answer, Call, Json } from '../node/recorded-node.ts';

type Node = Record<string, Answer>;

/** help that names these commands beside those every node has. */
const helpOf =
  (commands: readonly string[]): Answer =>
  () => ({
    help: ['getinfo', ...commands].map((command) => ({ command })),
  });

const PARAMETER = -32602;

/** Rows of bookkeeper by account or payment, as it answers; an account it never saw is refused. */
export function bookkeeper(events: readonly Json[], knowsPaymentId = true): Answer {
  return ({ account, payment_id }) => {
    if (payment_id !== undefined && !knowsPaymentId)
      return refusing('bkpr-listaccountevents', PARAMETER, 'unknown parameter: payment_id')({});
    const wanted = events.filter((event) =>
      payment_id === undefined ? event['account'] === account : event['payment_id'] === payment_id,
    );
    if (account !== undefined && wanted.length === 0)
      return refusing('bkpr-listaccountevents', -1, `Account '${account as string}' not found`)({});
    return { events: wanted };
  };
}

const sendpays = (): Json[] => rows('listsendpays', 'payments');

/** Lists payments by hash, by index of changes, or by status, as lightningd does. */
const listSendpays =
  (indexed: boolean, all = sendpays()): Answer =>
  (params) => {
    if (params['payment_hash'] !== undefined)
      return { payments: all.filter((row) => row['payment_hash'] === params['payment_hash']) };
    if (params['index'] === undefined)
      return { payments: all.filter((row) => params['status'] === undefined || row['status'] === params['status']) };
    if (!indexed) return refusing('listsendpays', PARAMETER, 'unknown parameter: index')({});
    return paged('payments', all)(params);
  };

/** The node R at v26.06. */
export const modern = (): Node => ({
  ...answers(),
  help: helpOf(['listchainmoves', 'listchannelmoves', 'bkpr-listaccountevents']),
  listchainmoves: paged('chainmoves', rows('listchainmoves', 'chainmoves')),
  listsendpays: listSendpays(true),
  feerates: () => recording('feerates-perkb').result,
});

/** The same without bookkeeper: its moves remain. */
export const withoutBookkeeper = (): Node => ({
  ...without(modern(), 'bkpr-listaccountevents'),
  help: helpOf(['listchainmoves', 'listchannelmoves']),
});

/** The same before v25.09: bookkeeper alone keeps books. */
export const before2509 = (events = rows('bkpr-listaccountevents', 'events')): Node => ({
  ...without(without(modern(), 'listchainmoves'), 'listchannelmoves'),
  help: helpOf(['bkpr-listaccountevents']),
  'bkpr-listaccountevents': bookkeeper(events),
});

/** At v23.05: no index of payments, and bookkeeper cannot be asked for one payment. */
export const at2305 = (): Node => ({
  ...before2509(),
  'bkpr-listaccountevents': bookkeeper(rows('bkpr-listaccountevents', 'events'), false),
  listsendpays: listSendpays(false),
});

/** Another recorded node, at v26.06 or, by bookkeeper alone, before v25.09. */
export function fixture(name: 'splices' | 'lease-taken' | 'lease-given', books: 'moves' | 'bookkeeper'): Node {
  const replies = JSON.parse(
    readFileSync(resolve(import.meta.dirname, `../fixtures/books/${name}.json`), 'utf8'),
  ) as Record<string, Record<string, Json[]>>;
  const list = (method: string, field: string): Json[] => replies[method]?.[field] ?? [];
  const node = books === 'moves' ? withoutBookkeeper() : before2509(list('bkpr-listaccountevents', 'events'));
  const moves = {
    listchainmoves: paged('chainmoves', list('listchainmoves', 'chainmoves')),
    listchannelmoves: paged('channelmoves', list('listchannelmoves', 'channelmoves')),
  };
  return {
    ...node,
    ...(books === 'moves' ? moves : {}),
    listpeerchannels: () => replies['listpeerchannels'],
    listclosedchannels: () => replies['listclosedchannels'],
    'bkpr-listincome': () => replies['bkpr-listincome'],
    listsendpays: () => ({ payments: [] }),
  };
}

/** No books at all. */
export const bookless = (): Node => ({
  ...without(before2509(), 'bkpr-listaccountevents'),
  help: helpOf([]),
});

/** One cycle; returns the calls it made. */
export async function runCycle(store: Store, node: Node, at: UnixSec = RECORDED_AT): Promise<readonly Call[]> {
  const clock = stoppedClock(at);
  const { ask, calls } = readerOver(node, clock);
  const signal = new AbortController().signal;
  await runLedgerCycle({ reader: new LightningLedger(ask, clock), ledger: store.ledger, signal });
  return calls;
}

/** All on-chain fees of a channel. */
export const onchainCost = ({ openingFee, splices, closing }: ChannelBooks): Msat =>
  sumMsat([openingFee.amount, ...splices.map(({ fee }) => fee.amount), ...(closing ? [closing.fee.amount] : [])]);

/** Net on-chain fees by account, as bkpr-listincome states them. */
export function bookedCosts(income: readonly Json[]): Map<string, Msat> {
  const costs = new Map<string, Msat>();
  for (const { account, tag, debit_msat, credit_msat } of income as readonly Income[])
    if (tag === 'onchain_fee' && account !== 'wallet')
      costs.set(account, addMsat(costs.get(account) ?? ZERO_MSAT, msat(debit_msat - credit_msat)));
  return costs;
}

interface Income extends Json {
  readonly account: string;
  readonly tag: string;
  readonly debit_msat: number;
  readonly credit_msat: number;
}

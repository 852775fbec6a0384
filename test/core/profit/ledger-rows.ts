// Rows of a node's books for tests, with what a test does not care about filled in.
import type { AccountRecord, Surroundings } from '../../../src/core/profit/books-derive.ts';
import type { ChainMove, ChannelFacts, ChannelMove } from '../../../src/core/profit/books-moves.ts';
import { channelId, msat, nodeId, scid, unixSec, type ChannelId, type Msat } from '../../../src/core/units.ts';

export const channel = (n: number): ChannelId => channelId(n.toString(16).padStart(64, '0'));
export const txid = (name: string): string => Buffer.from(name).toString('hex').padEnd(64, '0').slice(0, 64);
export const peer = nodeId(`02${'ab'.repeat(32)}`);
export const NOW = unixSec(1_795_300_000);

let last = 0;
/** Sats as msat, since chains know nothing smaller. */
const sats = (amount: number): Msat => msat(amount * 1000);

interface Coming {
  readonly account: string;
  readonly tag: string;
  readonly sats: number;
  readonly tx: string;
  readonly output?: number;
  readonly at?: number;
  readonly opener?: boolean;
}

/** An output that came. */
export const came = ({ account, tag, sats: amount, tx, output = 0, at = 1000, opener = false }: Coming): ChainMove => ({
  index: ++last,
  account,
  tag,
  opener,
  credit: sats(amount),
  debit: msat(0),
  time: unixSec(at),
  outpoint: `${txid(tx)}:${String(output)}`,
  spentBy: null,
  outputCount: null,
  peerId: tag === 'channel_open' ? peer : null,
});

interface Going {
  readonly account: string;
  readonly tag: string;
  readonly sats: number;
  readonly of: string;
  readonly output?: number;
  readonly by: string;
  readonly at?: number;
  readonly outputs?: number;
}

/** An output of transaction `of` that transaction `by` spent. */
export const went = ({ account, tag, sats: amount, of, output = 0, by, at = 1000, outputs }: Going): ChainMove => ({
  index: ++last,
  account,
  tag,
  opener: false,
  credit: msat(0),
  debit: sats(amount),
  time: unixSec(at),
  outpoint: `${txid(of)}:${String(output)}`,
  spentBy: txid(by),
  outputCount: outputs ?? null,
  peerId: null,
});

export const channelMove = (changes: Partial<ChannelMove> & Pick<ChannelMove, 'channelId' | 'tag'>): ChannelMove => ({
  index: ++last,
  credit: msat(0),
  debit: msat(0),
  fees: msat(0),
  paymentHash: null,
  time: unixSec(2000),
  ...changes,
});

/** What left by a channel for a payment, fees included. */
export const paid = (hash: string, from: number, debit: number, fees: number, at = 2000): ChannelMove =>
  channelMove({
    channelId: channel(from),
    tag: 'invoice',
    debit: msat(debit),
    fees: msat(fees),
    paymentHash: txid(hash),
    time: unixSec(at),
  });
/** What a payment brought into a channel. */
export const received = (hash: string, into: number, credit: number, at = 2000): ChannelMove =>
  channelMove({
    channelId: channel(into),
    tag: 'invoice',
    credit: msat(credit),
    paymentHash: txid(hash),
    time: unixSec(at),
  });

export const facts = (n: number, changes: Partial<ChannelFacts> = {}): ChannelFacts => ({
  channelId: channel(n),
  peerId: peer,
  scid: scid(`${String(100 + n)}x1x0`),
  aliases: [],
  opener: 'local',
  state: 'CHANNELD_NORMAL',
  capacity: msat(1_000_000_000),
  funding: msat(1_000_000_000),
  pushed: msat(0),
  lease: msat(0),
  lockedInAt: null,
  endedAt: null,
  lastTransactionFee: msat(196_000),
  ...changes,
});

export const around: Surroundings = { now: NOW, blockheight: 1000, openingFee: msat(177_000) };

/** The account of a channel we opened with a million sats in transaction `open`. */
export const record = (n: number, changes: Partial<AccountRecord> = {}): AccountRecord => ({
  source: 'moves',
  chain: [came({ account: channel(n), tag: 'channel_open', sats: 1_000_000, tx: 'open', opener: true })],
  fees: new Map([[txid('open'), msat(166_000)]]),
  gifts: [],
  ...changes,
});

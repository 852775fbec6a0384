// What do the books of one channel say from what is known of it, and what is estimated when something is not?
import { describe, expect, it } from 'vitest';
import { booksOf, type AccountRecord } from '../../../src/core/profit/books-derive.ts';
import type { ChannelFacts } from '../../../src/core/profit/books-moves.ts';
import { msat, scid, unixSec } from '../../../src/core/units.ts';
import { around, came, channel, channelMove, facts, NOW, peer, record, txid, went } from './ledger-rows.ts';

const books = (given: ChannelFacts | null, known: AccountRecord | null, changes: Partial<typeof around> = {}) =>
  booksOf(channel(1), given, known, { ...around, ...changes });

const pushed = (credit: number, debit: number) =>
  channelMove({ channelId: channel(1), tag: 'pushed', credit: msat(credit), debit: msat(debit) });
const close = went({ account: channel(1), tag: 'channel_close', sats: 800_000, of: 'open', by: 'close', at: 5000 });

describe('with books', () => {
  it('every figure is exact', () => {
    expect(books(facts(1), record(1, { gifts: [pushed(0, 2000)] }))).toEqual({
      channelId: channel(1),
      peerId: peer,
      names: [scid('101x1x0')],
      opener: 'local',
      openedAt: { time: 1000, estimated: false },
      funding: { amount: 1_000_000_000n, estimated: false },
      openingFee: { amount: 166_000n, estimated: false },
      push: { amount: -2000n, estimated: false },
      lease: { amount: 0n, estimated: false },
      splices: [],
      closing: null,
      source: 'moves',
    });
  });

  it('a fee they do not have is estimated for a channel of ours, and none for one of the peer', () => {
    const without = record(1, { fees: new Map() });
    expect(books(facts(1), without)?.openingFee).toEqual({ amount: 177_000n, estimated: true });
    expect(books(facts(1, { opener: 'remote' }), without)?.openingFee).toEqual({ amount: 0n, estimated: false });
  });

  it('a channel that lightningd has forgotten keeps its statement', () => {
    const fees = new Map([
      [txid('open'), msat(166_000)],
      [txid('close'), msat(5000)],
      [txid('sweep'), msat(134_000)],
    ]);
    const found = books(null, record(1, { chain: [...record(1).chain, close], fees }));
    expect(found).toMatchObject({ peerId: peer, opener: 'local', names: [] });
    expect(found?.closing).toEqual({
      time: unixSec(5000),
      estimated: false,
      fee: { amount: msat(139_000), estimated: false },
      resolved: true,
    });
  });

  it('the end is estimated while its outputs are not all accounted for', () => {
    const found = books(facts(1, { state: 'ONCHAIN' }), record(1, { chain: [...record(1).chain, close] }));
    expect(found?.closing).toMatchObject({ time: 5000, fee: { amount: 0n, estimated: true }, resolved: false });
  });

  it('that began after the channel, its opening and funding are taken from what the node lists', () => {
    // As lightningd makes them when it begins to keep them: an opening of now, then what corrects the balance.
    const late = record(1, {
      chain: [came({ account: channel(1), tag: 'channel_open', sats: 700_000, tx: 'open', at: NOW, opener: true })],
      fees: new Map(),
      gifts: [channelMove({ channelId: channel(1), tag: 'journal_entry', debit: msat(5) }), pushed(0, 300_000_000)],
    });
    expect(books(facts(1, { lockedInAt: unixSec(900_000) }), late)).toMatchObject({
      openedAt: { time: 900_000, estimated: true },
      funding: { amount: 1_000_000_000n, estimated: false },
      push: { amount: -300_000_000n, estimated: false },
      openingFee: { amount: 177_000n, estimated: true },
      source: 'node',
    });
  });

  it('that began after a channel without payments are told by its lock-in, long before', () => {
    const late = record(1, { chain: record(1).chain.map((move) => ({ ...move, time: NOW })) });
    expect(books(facts(1, { lockedInAt: unixSec(NOW - 15 * 86_400) }), late)).toMatchObject({
      openedAt: { time: NOW - 15 * 86_400, estimated: true },
      source: 'node',
    });
    expect(books(facts(1, { lockedInAt: unixSec(NOW - 13 * 86_400) }), late)?.source).toBe('moves');
  });

  it('an end that is signed but in no block yet is none', () => {
    expect(books(facts(1, { state: 'CLOSINGD_COMPLETE' }), record(1))?.closing).toBeNull();
  });
});

describe('without books', () => {
  it('what lightningd lists is exact, the rest an estimate', () => {
    const given = facts(1, { pushed: msat(4000), lease: msat(-70) });
    expect(books(given, null)).toMatchObject({
      funding: { amount: 1_000_000_000n, estimated: false },
      push: { amount: -4000n, estimated: false },
      lease: { amount: -70n, estimated: false },
      openingFee: { amount: 177_000n, estimated: true },
      source: 'node',
    });
    expect(books({ ...given, opener: 'remote' }, null)).toMatchObject({
      push: { amount: 4000n },
      openingFee: { amount: 0n, estimated: false },
    });
  });

  it('what was put in or given before a splice is unknown', () => {
    expect(books(facts(1, { funding: null, pushed: null }), null)).toMatchObject({
      funding: { amount: 1_000_000_000n, estimated: true },
      push: { amount: 0n, estimated: true },
    });
  });

  it('what a splice put in is not counted as funding once more', () => {
    // The books began after the opening, and before the splice.
    const chain = [
      came({ account: channel(1), tag: 'channel_open', sats: 700_000, tx: 'open', at: NOW - 86_400, opener: true }),
      went({ account: channel(1), tag: 'channel_close', sats: 700_000, of: 'open', by: 'splice', at: NOW }),
      came({ account: channel(1), tag: 'channel_open', sats: 1_200_000, tx: 'splice', at: NOW, opener: true }),
    ];
    const gifts = [channelMove({ channelId: channel(1), tag: 'journal_entry', debit: msat(5) })];
    const spliced = facts(1, { capacity: msat(1_500_000_000), funding: null, pushed: null, lease: null });
    expect(books(spliced, record(1, { chain, fees: new Map(), gifts }))).toMatchObject({
      funding: { amount: 1_000_000_000n, estimated: true },
      splices: [{ amount: { amount: 500_000_000n, estimated: false } }],
      source: 'node',
    });
  });

  it('an opening is reckoned back from now by its block, ten minutes each', () => {
    expect(books(facts(1, { scid: scid('900x1x0') }), null)?.openedAt).toEqual({
      time: NOW - 100 * 600,
      estimated: true,
    });
    expect(books(facts(1, { scid: null }), null)?.openedAt.time).toBe(NOW);
    // A block that the node has not seen yet is no reason for a time to come.
    expect(books(facts(1, { scid: scid('1001x1x0') }), null)?.openedAt.time).toBe(NOW);
  });

  it('lock-in is nearer to the opening than its block', () => {
    const found = books(facts(1, { lockedInAt: unixSec(7_000_000) }), null);
    expect(found?.openedAt).toEqual({ time: unixSec(7_000_000), estimated: true });
  });

  it('an estimate without feerates is nothing, and marked', () => {
    expect(books(facts(1), null, { openingFee: null })?.openingFee).toEqual({ amount: 0n, estimated: true });
  });

  it.each(['CLOSINGD_COMPLETE', 'AWAITING_UNILATERAL', 'FUNDING_SPEND_SEEN', 'ONCHAIN', 'CLOSED'])(
    'a channel in state %s has ended, at the cost of its last transaction',
    (state) => {
      const ended = facts(1, { state, endedAt: unixSec(8_000_000) });
      expect(books(ended, null)?.closing).toEqual({
        time: unixSec(8_000_000),
        estimated: true,
        fee: { amount: msat(196_000), estimated: true },
        resolved: state === 'CLOSED',
      });
      expect(books({ ...ended, opener: 'remote' }, null)?.closing?.fee.amount).toBe(0n);
      expect(books({ ...ended, endedAt: null }, null)?.closing?.time).toBe(NOW);
    },
  );

  it.each(['CHANNELD_NORMAL', 'CHANNELD_AWAITING_SPLICE', 'CHANNELD_SHUTTING_DOWN', 'CLOSINGD_SIGEXCHANGE'])(
    'a channel in state %s has not',
    (state) => {
      expect(books(facts(1, { state }), null)?.closing).toBeNull();
    },
  );
});

describe('a channel that may come to nothing', () => {
  it.each(['OPENINGD', 'DUALOPEND_AWAITING_LOCKIN', 'CHANNELD_AWAITING_LOCKIN'])(
    'has no books in state %s',
    (state) => {
      expect(books(facts(1, { state }), null)).toBeNull();
      // Unless its funding is in a block.
      expect(books(facts(1, { state }), record(1))).not.toBeNull();
    },
  );

  // As lightningd 26.06 lists what `close` ends before its funding is in a block, and a dual-funded opening called off.
  it.each(['CHANNELD_SHUTTING_DOWN', 'CLOSINGD_SIGEXCHANGE', 'CLOSINGD_COMPLETE', 'AWAITING_UNILATERAL', 'CLOSED'])(
    'has none in state %s, when it ends before its funding is in a block',
    (state) => {
      const unborn = facts(1, { state, scid: null, funding: null, endedAt: unixSec(8_000_000) });
      expect(books(unborn, null)).toBeNull();
      // Used before that, as one without confirmations is, or funded after all.
      expect(books({ ...unborn, lockedInAt: unixSec(7_000_000) }, null)).not.toBeNull();
      expect(books({ ...unborn, scid: scid('900x1x0') }, null)).not.toBeNull();
      expect(books(unborn, record(1))).toMatchObject({ source: 'moves' });
    },
  );

  it('has none when nothing is known of it', () => {
    expect(books(null, null)).toBeNull();
    expect(books(null, record(1, { chain: [close] }))).toBeNull();
  });
});

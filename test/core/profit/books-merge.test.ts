// Do facts stay, and estimates give way to facts only?
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { booksOf } from '../../../src/core/profit/books-derive.ts';
import { mergeBooks } from '../../../src/core/profit/books-merge.ts';
import type { ChannelBooks } from '../../../src/core/profit/books.ts';
import { msat, scid, unixSec } from '../../../src/core/units.ts';
import { around, channel, facts, record, txid, went } from './ledger-rows.ts';

const made = (books: ChannelBooks | null): ChannelBooks => {
  if (books === null) throw new Error('expected books');
  return books;
};
const close = went({ account: channel(1), tag: 'channel_close', sats: 800_000, of: 'open', by: 'close', at: 5000 });
const fees = (...more: [string, number][]) =>
  new Map([['open', 166_000] as const, ...more].map(([tx, amount]) => [txid(tx), msat(amount)]));

const estimated = made(booksOf(channel(1), facts(1), null, around));
const dearer = made(booksOf(channel(1), facts(1), null, { ...around, openingFee: msat(900_000) }));
const booked = made(booksOf(channel(1), facts(1), record(1, { source: 'bookkeeper' }), around));
const moved = made(booksOf(channel(1), facts(1), record(1), around));
const closing = (...more: [string, number][]) =>
  made(
    booksOf(
      channel(1),
      facts(1, { state: 'ONCHAIN' }),
      record(1, { chain: [...record(1).chain, close], fees: fees(...more) }),
      around,
    ),
  );
const endedAsListed = made(booksOf(channel(1), facts(1, { state: 'CLOSED', endedAt: unixSec(9000) }), null, around));

describe('books read again', () => {
  it('are as first read when nothing was known', () => {
    expect(mergeBooks(null, moved)).toEqual(moved);
  });

  it('keep what is exact when the node has only estimates now', () => {
    expect(mergeBooks(moved, estimated)).toEqual(moved);
    expect(mergeBooks(booked, estimated)).toEqual(booked);
  });

  it('become exact when the node has better ones', () => {
    expect(mergeBooks(estimated, moved)).toEqual(moved);
    expect(mergeBooks(booked, moved).source).toBe('moves');
  });

  it('do not change with the feerate of the hour', () => {
    expect(mergeBooks(estimated, dearer).openingFee.amount).toBe(177_000n);
  });

  it('take an estimate where there was none', () => {
    const unknown = made(booksOf(channel(1), facts(1), null, { ...around, openingFee: null }));
    expect(mergeBooks(unknown, dearer).openingFee).toEqual({ amount: 900_000n, estimated: true });
  });

  it('keep what the opening gave, which lightningd no longer lists once the channel is spliced, or closed', () => {
    const given = made(booksOf(channel(1), facts(1, { pushed: msat(300_000_000), lease: msat(-70) }), null, around));
    for (const state of ['CHANNELD_NORMAL', 'CLOSED']) {
      const spliced = facts(1, { state, funding: null, pushed: null, lease: null });
      expect(mergeBooks(given, made(booksOf(channel(1), spliced, null, around)))).toMatchObject({
        funding: { amount: 1_000_000_000n, estimated: false },
        push: { amount: -300_000_000n, estimated: false },
        lease: { amount: -70n, estimated: false },
      });
    }
  });

  it('keep every name the channel ever had, the present one first', () => {
    const renamed = { ...moved, names: [scid('200x1x1')] };
    expect(mergeBooks(moved, renamed).names).toEqual(['200x1x1', '101x1x0']);
  });

  it('learn of the end from whatever tells it first, and its exact fee later', () => {
    expect(mergeBooks(moved, endedAsListed).closing).toEqual(endedAsListed.closing);
    const known = mergeBooks(mergeBooks(moved, endedAsListed), closing(['close', 5000]));
    expect(known.closing).toMatchObject({ time: 5000, estimated: false, fee: { amount: 5000n, estimated: false } });
  });

  it('add the sweep to the fee of a close', () => {
    const known = mergeBooks(closing(['close', 5000]), closing(['close', 5000], ['sweep', 134_000]));
    expect(known.closing?.fee).toEqual({ amount: 139_000n, estimated: false });
    // What was exact once is not lost to a reading that knows less.
    expect(mergeBooks(known, closing()).closing?.fee).toEqual({ amount: 139_000n, estimated: false });
  });

  it('keep the end, and that it is settled, when the channel is listed nowhere any more', () => {
    const known = mergeBooks(closing(['close', 5000]), endedAsListed);
    expect(known.closing).toEqual({ ...closing(['close', 5000]).closing, resolved: true });
    expect(mergeBooks(known, estimated).closing).toEqual(known.closing);
  });

  it('are the same however often they are read', () => {
    const reading = fc.constantFrom(
      estimated,
      dearer,
      booked,
      moved,
      closing(),
      closing(['close', 5000]),
      endedAsListed,
    );
    fc.assert(
      fc.property(fc.array(reading, { minLength: 1, maxLength: 8 }), reading, (before, last) => {
        const known = before.reduce<ChannelBooks | null>((so, fresh) => mergeBooks(so, fresh), null);
        const once = mergeBooks(known, last);
        expect(mergeBooks(once, last)).toEqual(once);
        // Exact stays exact.
        if (known && !known.openingFee.estimated) expect(once.openingFee).toEqual(known.openingFee);
        if (known && !known.openedAt.estimated) expect(once.openedAt).toEqual(known.openedAt);
        if (known?.closing) expect(once.closing).not.toBeNull();
      }),
    );
  });
});

// Do our books of a real node agree with its own, to the msat, from every source they can come from?
import { describe, expect, it } from 'vitest';
import type { ChannelBooks } from '../../src/core/profit/books.ts';
import { channelId, msat, satsToMsat, sumMsat, unixSec, type ChannelId } from '../../src/core/units.ts';
import { decodeClosedIdentities, decodeOpenIdentities } from '../../src/node/channels.ts';
import { decodeInfo } from '../../src/node/small-replies.ts';
import { decodeForwards } from '../../src/node/forwards.ts';
import { RECORDED_AT, recording, rows, type Answer, type Json } from '../node/recorded-node.ts';
import { temporaryDatabase } from '../store/temporary.ts';
import {
  at2305,
  before2509,
  bookedCosts,
  bookless,
  fixture,
  modern,
  onchainCost,
  runCycle,
  withoutBookkeeper,
} from './recorded-ledger.ts';

/** The channels of the recordings, by what they are; see the guide to them. */
const id = (prefix: string): ChannelId =>
  channelId(
    [...rows('listpeerchannels', 'channels'), ...rows('listclosedchannels', 'closedchannels')]
      .map((row) => String(row['channel_id']))
      .find((text) => text.startsWith(prefix)) ?? prefix,
  );
const PUSHED_AWAY = id('a729');
const PUSHED_TO_US = id('fc62');
const MUTUAL = id('20bc');
const UNILATERAL = id('0050');

const bookedRebalanceFees = (): bigint =>
  sumMsat(
    rows('bkpr-listincome', 'income_events')
      .filter(({ tag }) => tag === 'rebalance_fee')
      .map((row) => msat(row['debit_msat'] as number)),
  );

describe('the books of a recorded node', () => {
  const database = temporaryDatabase();
  const booksOf = async (node: Record<string, Answer>): Promise<Map<ChannelId, ChannelBooks>> => {
    const store = database.open();
    await runCycle(store, node);
    const books = new Map(store.ledger.books().map((one) => [one.channelId, one]));
    store.close();
    return books;
  };

  const sources = [
    ['moves, bookkeeper running', modern, 'moves'],
    ['moves alone, bookkeeper disabled', withoutBookkeeper, 'moves'],
    ["bookkeeper's accounts, before v25.09", before2509, 'bookkeeper'],
    ["bookkeeper's accounts, v23.05", at2305, 'bookkeeper'],
  ] as const;

  describe.each(sources)('from %s', (_, node, source) => {
    it("cost on chain what bookkeeper's income statement says, for every channel", async () => {
      const books = await booksOf(node());
      const booked = bookedCosts(rows('bkpr-listincome', 'income_events'));
      expect([...books.keys()].sort()).toEqual(
        [...rows('listpeerchannels', 'channels'), ...rows('listclosedchannels', 'closedchannels')]
          .map((row) => row['channel_id'])
          .sort(),
      );
      for (const [channel, one] of books) expect(onchainCost(one), channel).toBe(booked.get(channel) ?? 0n);
      expect(booked.size).toBe(4);
    });

    it('tell an opening with a push away from one with a push to us', async () => {
      const books = await booksOf(node());
      expect(books.get(PUSHED_AWAY)).toMatchObject({
        opener: 'local',
        funding: { amount: satsToMsat(5_000_000), estimated: false },
        push: { amount: satsToMsat(-2_000_000), estimated: false },
        openingFee: { amount: satsToMsat(166), estimated: false },
        openedAt: { time: 1_795_226_816, estimated: false },
        closing: null,
        source,
      });
      expect(books.get(PUSHED_TO_US)).toMatchObject({
        opener: 'remote',
        funding: { amount: 0n, estimated: false },
        push: { amount: satsToMsat(900_000), estimated: false },
        openingFee: { amount: 0n, estimated: false },
      });
    });

    it('end a channel that was closed by agreement', async () => {
      const closed = (await booksOf(node())).get(MUTUAL);
      expect(closed).toMatchObject({
        openingFee: { amount: 155_000n, estimated: false },
        closing: { time: 1_795_226_858, estimated: false, fee: { amount: 195_250n, estimated: false }, resolved: true },
      });
    });

    it('end a channel that was closed by force with the sweep and the sats lost to rounding', async () => {
      const closed = (await booksOf(node())).get(UNILATERAL);
      expect(closed?.closing).toEqual({
        time: unixSec(1_795_226_862),
        estimated: false,
        fee: { amount: msat(970n + 134_000n), estimated: false },
        resolved: true,
      });
    });

    it("charge the node's one self-payment to the channel it filled, and nothing else", async () => {
      const store = database.open();
      await runCycle(store, node());
      expect(store.ledger.selfPayments()).toEqual([
        {
          paymentHash: '2dd9bc56f9f162a7a70a748243f155d6202a0e96927033f122ac7766738b8278',
          part: 0,
          outChannel: id('a729'),
          inChannel: id('45cc'),
          amount: 300_000_000n,
          fee: 8000n,
          time: 1_795_226_847,
        },
      ]);
      expect(bookedRebalanceFees()).toBe(8000n);
    });

    it('stay as they are when they are read again', async () => {
      const first = await booksOf(node());
      const again = await booksOf(node());
      expect(again).toEqual(first);
    });
  });

  it('take in a second self-payment when it settles', async () => {
    const store = database.open();
    const node = withoutBookkeeper();
    await runCycle(store, node);
    const moves = rows('listchannelmoves', 'channelmoves');
    const [into, out] = moves.filter((row) => String(row['payment_hash']).startsWith('2dd9'));
    // The second of the recordings' circular payments, made after the snapshot: 50,000 sats for 3000 msat.
    const again = { payment_hash: 'ab'.repeat(32), timestamp: RECORDED_AT };
    const later = [
      { ...into, ...again, created_index: 1001, credit_msat: 50_000_000 },
      { ...out, ...again, created_index: 1002, debit_msat: 50_003_000, fees_msat: 3000 },
    ];
    await runCycle(store, { ...node, listchannelmoves: pagedMoves([...moves, ...later.slice(0, 1)]) });
    expect(store.ledger.selfPayments()).toHaveLength(1);
    await runCycle(store, { ...node, listchannelmoves: pagedMoves([...moves, ...later]) });
    expect(store.ledger.selfPayments().map(({ fee }) => fee)).toEqual([8000n, 3000n]);
  });

  it('answer without any books, with what is estimated marked', async () => {
    const store = database.open();
    await runCycle(store, bookless());
    const books = new Map(store.ledger.books().map((one) => [one.channelId, one]));
    expect(books.get(PUSHED_AWAY)).toMatchObject({
      funding: { amount: satsToMsat(5_000_000), estimated: false },
      push: { amount: satsToMsat(-2_000_000), estimated: false },
      openingFee: { amount: satsToMsat(177), estimated: true },
      openedAt: { estimated: true },
      source: 'node',
    });
    expect(books.get(PUSHED_TO_US)).toMatchObject({ openingFee: { amount: 0n, estimated: false } });
    expect(books.get(MUTUAL)).toMatchObject({
      funding: { amount: satsToMsat(1_000_000), estimated: true },
      push: { amount: satsToMsat(-300_000), estimated: false },
      closing: { estimated: true, fee: { amount: 196_000n, estimated: true }, resolved: true },
    });
    // The fee is known, the channels are not.
    expect(store.ledger.selfPayments()).toMatchObject([{ fee: 8000n, inChannel: null, outChannel: null }]);
  });

  it('keep exact figures when the books are gone later', async () => {
    const exact = await booksOf(modern());
    expect(await booksOf(bookless())).toEqual(exact);
  });

  it('become exact when the node begins to keep books', async () => {
    await booksOf(bookless());
    const booked = await booksOf(before2509());
    expect(booked.get(PUSHED_AWAY)?.openingFee).toEqual({ amount: 166_000n, estimated: false });
    expect(booked.get(MUTUAL)?.closing?.fee).toEqual({ amount: 195_250n, estimated: false });
    const moved = await booksOf(withoutBookkeeper());
    expect(moved.get(MUTUAL)?.source).toBe('moves');
  });
});

describe('the books of a node that splices and leases', () => {
  const database = temporaryDatabase();
  const booksOf = async (node: Record<string, Answer>): Promise<ChannelBooks[]> => {
    const store = database.open();
    await runCycle(store, node);
    const books = [...store.ledger.books()];
    store.close();
    return books;
  };
  const incomeOf = (node: Record<string, Answer>): Json[] =>
    (node['bkpr-listincome']?.({}) as { income_events: Json[] }).income_events;

  describe.each(['moves', 'bookkeeper'] as const)('from %s', (from) => {
    it.each(['splices', 'lease-taken', 'lease-given'] as const)('agree with bookkeeper: %s', async (name) => {
      const node = fixture(name, from);
      const booked = bookedCosts(incomeOf(node));
      const books = await booksOf(node);
      for (const one of books) expect(onchainCost(one), one.channelId).toBe(booked.get(one.channelId) ?? 0n);
      expect(sumMsat(books.map(onchainCost))).toBe(sumMsat([...booked.values()]));
    });

    it('tell each splice by what it put in or took out', async () => {
      const books = await booksOf(fixture('splices', from));
      const spliced = books.find(({ splices }) => splices.length === 2);
      expect(spliced?.splices).toMatchObject([
        { amount: { amount: satsToMsat(200_000), estimated: false }, fee: { amount: 269_000n, estimated: false } },
        // 150,000 reached the wallet; the channel paid the fee, too.
        { amount: { amount: satsToMsat(-150_199), estimated: false }, fee: { amount: 199_000n, estimated: false } },
      ]);
      expect(spliced?.funding.amount).toBe(satsToMsat(800_000));
      expect(spliced?.closing?.fee).toEqual({ amount: 151_000n, estimated: false });
    });

    it('leave a push as it was when the channel is spliced later, and a splice of the peer without cost', async () => {
      const books = await booksOf(fixture('splices', from));
      const pushed = books.find(({ push, splices }) => push.amount === satsToMsat(-300_000) && splices.length === 1);
      expect(pushed?.splices[0]?.amount.amount).toBe(satsToMsat(500_000));
      const theirs = books.find(({ opener }) => opener === 'remote');
      expect(theirs?.splices).toMatchObject([
        { amount: { amount: 0n, estimated: false }, fee: { amount: 0n, estimated: false } },
      ]);
    });

    it('keep a lease paid or earned apart from the funding', async () => {
      const [taken] = (await booksOf(fixture('lease-taken', from))).filter(({ lease }) => lease.amount !== 0n);
      expect(taken).toMatchObject({
        opener: 'local',
        funding: { amount: 1_506_147_000n },
        lease: { amount: -6_147_000n, estimated: false },
      });
    });

    it('charge us our share of an opening that the peer began and we funded, too', async () => {
      const [given] = (await booksOf(fixture('lease-given', from))).filter(({ lease }) => lease.amount !== 0n);
      expect(given).toMatchObject({
        opener: 'remote',
        funding: { amount: satsToMsat(1_000_000) },
        lease: { amount: 6_147_000n },
        openingFee: { amount: 113_000n, estimated: false },
      });
    });
  });
});

describe('routing fees of a recorded node', () => {
  const database = temporaryDatabase();

  it('add up to what the node has collected, channels that are closed included', () => {
    const store = database.open();
    const forwards = decodeForwards(recording('listforwards').result);
    store.takeIn('listing', forwards, { keepSince: unixSec(0) });
    store.rememberChannels(decodeOpenIdentities(recording('listpeerchannels').result), RECORDED_AT);
    store.rememberChannels(decodeClosedIdentities(recording('listclosedchannels').result), RECORDED_AT);
    const days = store.ledger.days();
    const fees = sumMsat([...days.values()].flat().map(({ amount }) => amount));
    expect(fees).toBe(718_200n);
    expect(fees).toBe(decodeInfo(recording('getinfo').result).feesCollected);
    expect(days.get(MUTUAL)?.[0]?.amount).toBeGreaterThan(0n);
    expect(days.has(null)).toBe(false);
  });
});

const pagedMoves =
  (all: readonly Record<string, unknown>[]): Answer =>
  ({ start, limit }) => ({
    channelmoves: all.filter((row) => Number(row['created_index']) >= Number(start)).slice(0, Number(limit)),
  });

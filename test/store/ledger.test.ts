// Is the node's ledger kept once, with its cursors, whatever happens in between?
import * as fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ChannelBooks } from '../../src/core/profit/books.ts';
import type { ChainMove, ChannelMove } from '../../src/core/profit/books-moves.ts';
import { channelId, msat, nodeId, scid, unixSec } from '../../src/core/units.ts';
import { StoreError, type MovePage, type Store } from '../../src/ports.ts';
import { openStore } from '../../src/store/open.ts';
import { came, channel, channelMove, paid, received, txid, went } from '../core/profit/ledger-rows.ts';
import { temporaryDatabase } from './temporary.ts';

const page = <Move extends { readonly index: number }>(moves: readonly Move[]): MovePage<Move> => ({
  moves,
  cursor: moves.at(-1)?.index ?? 0,
  last: false,
});
const DAY = 86_400;

const books: ChannelBooks = {
  channelId: channelId('ab'.repeat(32)),
  peerId: nodeId(`03${'cd'.repeat(32)}`),
  names: [scid('200x1x1'), scid('100x1x0')],
  opener: 'local',
  openedAt: { time: unixSec(1000), estimated: true },
  funding: { amount: msat(2n ** 54n + 1n), estimated: false },
  openingFee: { amount: msat(166_000), estimated: true },
  push: { amount: msat(-5), estimated: false },
  lease: { amount: msat(7), estimated: false },
  splices: [
    {
      time: unixSec(2000),
      amount: { amount: msat(-150_199_000), estimated: false },
      fee: { amount: msat(199_000), estimated: true },
    },
    { time: unixSec(3000), amount: { amount: msat(9), estimated: true }, fee: { amount: msat(0), estimated: false } },
  ],
  closing: {
    time: unixSec(4000),
    estimated: false,
    fee: { amount: msat(970), estimated: true },
    resolved: false,
  },
  source: 'bookkeeper',
};

describe('the books of channels', () => {
  const database = temporaryDatabase();

  it('are kept as they are', () => {
    const open: ChannelBooks = { ...books, channelId: channel(2), peerId: null, names: [], splices: [], closing: null };
    const store = database.open();
    store.ledger.saveBooks([books, open], 'ONCHAIN 20778');
    store.close();
    const { ledger } = database.open();
    const kept = new Map(ledger.books().map((one) => [one.channelId, one]));
    expect(kept.get(books.channelId)).toEqual(books);
    expect(kept.get(channel(2))).toEqual(open);
    expect([...ledger.readStates().values()]).toEqual(['ONCHAIN 20778', 'ONCHAIN 20778']);
  });

  it('are replaced whole, splices included, and remember when bookkeeper was asked', () => {
    const { ledger } = database.open();
    ledger.saveBooks([books], 'CHANNELD_NORMAL');
    const spliced = { ...books, splices: books.splices.slice(1), closing: null };
    ledger.saveBooks([spliced]);
    expect(ledger.books()).toEqual([spliced]);
    expect(ledger.readStates().get(books.channelId)).toBe('CHANNELD_NORMAL');
  });

  it('are the same object while nothing has changed in them, also where those of others have', () => {
    const { ledger } = database.open();
    const other: ChannelBooks = { ...books, channelId: channel(2), closing: null };
    ledger.saveBooks([books, other]);
    const before = new Map(ledger.books().map((one) => [one.channelId, one]));
    ledger.saveBooks([books, { ...other, closing: books.closing }]);
    const after = new Map(ledger.books().map((one) => [one.channelId, one]));
    expect(after.get(books.channelId)).toBe(before.get(books.channelId));
    expect(after.get(channel(2))?.closing).toEqual(books.closing);
  });
});

describe('moves', () => {
  const database = temporaryDatabase();
  const open = came({ account: channel(1), tag: 'channel_open', sats: 1_000_000, tx: 'open', opener: true });
  const close = {
    ...went({ account: channel(1), tag: 'channel_close', sats: 5, of: 'open', by: 'end' }),
    outputCount: 3,
  };
  const push = channelMove({ channelId: channel(1), tag: 'pushed', debit: msat(300) });

  it('are kept as they are, with the cursors', () => {
    const { ledger } = database.open();
    ledger.takeInChainMoves(page([open, close]));
    ledger.takeInChannelMoves({ moves: [push], cursor: 5000, last: true });
    expect(ledger.chainMoves()).toEqual([open, close]);
    // Read before, and something has come since.
    const next = came({ account: 'wallet', tag: 'deposit', sats: 5, tx: 'later' });
    ledger.takeInChainMoves(page([next]));
    expect(ledger.chainMoves()).toEqual([open, close, next]);
    expect(ledger.giftMoves()).toEqual([push]);
    expect(ledger.ledgerCursors()).toEqual({ chainMoves: next.index, channelMoves: 5000, payments: 0 });
  });

  it('never move a cursor back', () => {
    const { ledger } = database.open();
    ledger.takeInChainMoves({ moves: [], cursor: 10, last: true });
    ledger.takeInChainMoves({ moves: [], cursor: 4, last: true });
    ledger.takeInSelfPayments({ moves: [], cursor: 7, last: true });
    ledger.takeInSelfPayments({ moves: [], cursor: 3, last: true });
    expect(ledger.ledgerCursors()).toEqual({ chainMoves: 10, channelMoves: 0, payments: 7 });
  });

  it('are taken in all or not at all, the cursor included', () => {
    const { ledger } = database.open();
    const broken = { ...push, index: push.index + 1, credit: 2n ** 70n } as ChannelMove;
    const sides = [received('h', 2, 1000), paid('h', 1, 1010, 10)];
    const before = ledger.ledgerCursors();
    expect(() => {
      ledger.takeInChannelMoves(page([push, ...sides, broken]));
    }).toThrow(StoreError);
    expect(ledger.giftMoves()).toEqual([]);
    expect(ledger.selfPayments()).toEqual([]);
    expect(ledger.ledgerCursors()).toEqual(before);
  });
});

describe('self-payments', () => {
  const database = temporaryDatabase();

  it('come to light when their other side does, pages apart', () => {
    const { ledger } = database.open();
    ledger.takeInChannelMoves(page([received('h', 2, 1000, 50), paid('other', 3, 7, 1)]));
    expect(ledger.selfPayments()).toEqual([]);
    ledger.takeInChannelMoves(page([paid('h', 1, 1010, 10, 60)]));
    expect(ledger.selfPayments()).toEqual([
      {
        paymentHash: txid('h'),
        part: 0,
        outChannel: channel(1),
        inChannel: channel(2),
        amount: 1000n,
        fee: 10n,
        time: 60,
      },
    ]);
  });

  it('are counted once, whether the ledger or the list of payments tells of them, or both', () => {
    const { ledger } = database.open();
    const listed = {
      paymentHash: txid('h'),
      part: 0,
      outChannel: null,
      inChannel: null,
      amount: msat(1000),
      fee: msat(10),
      time: unixSec(60),
    };
    ledger.takeInSelfPayments({ moves: [listed], cursor: 3, last: true });
    ledger.takeInSelfPayments({ moves: [listed], cursor: 3, last: true });
    expect(ledger.selfPayments()).toEqual([listed]);
    // After an upgrade the ledger tells by which channels it went.
    ledger.takeInChannelMoves(page([received('h', 2, 1000), paid('h', 1, 1010, 10)]));
    expect(ledger.selfPayments()).toMatchObject([{ fee: 10n, inChannel: channel(2) }]);
  });

  it('are the same objects up to the first that has changed', () => {
    const { ledger } = database.open();
    const self = (name: string, at: number) => [received(name, 2, 1000, at), paid(name, 1, 1010, 10, at)];
    ledger.takeInChannelMoves(page([...self('a', 10), ...self('b', 20)]));
    const before = ledger.selfPayments();
    ledger.takeInChannelMoves(page([received('invoice', 3, 5, 25)]));
    expect(ledger.selfPayments()).toBe(before);
    ledger.takeInChannelMoves(page(self('c', 30)));
    const after = ledger.selfPayments();
    expect(after.map(({ time: at }) => at)).toEqual([10, 20, 30]);
    expect([after[0], after[1]].every((one, i) => one === before[i])).toBe(true);
    // One that turns out to have been before others is put in its place.
    ledger.takeInChannelMoves(page(self('d', 15)));
    expect(ledger.selfPayments().map(({ time: at }) => at)).toEqual([10, 15, 20, 30]);
    expect(ledger.selfPayments()[0]).toBe(before[0]);
  });

  it('stay when the sides of payments too old to have another are let go', () => {
    const { ledger } = database.open();
    ledger.takeInChannelMoves(page([received('h', 2, 1000), paid('h', 1, 1010, 10), received('late', 2, 500)]));
    ledger.takeInChannelMoves(page([received('new', 2, 5, 2000 + 29 * DAY)]));
    expect(ledger.selfPayments()).toHaveLength(1);
    // The other side after four weeks is no other side any more; within them it is.
    ledger.takeInChannelMoves(page([paid('late', 1, 500, 0, 2000 + 29 * DAY)]));
    expect(ledger.selfPayments()).toHaveLength(1);
    ledger.takeInChannelMoves(page([paid('other', 3, 7, 1, 2000 + 57 * DAY)]));
    ledger.takeInChannelMoves(page([paid('new', 1, 5, 0, 2000 + 57 * DAY)]));
    expect(ledger.selfPayments()).toHaveLength(2);
  });
});

describe('whatever the pages, repetitions and restarts', () => {
  /** A ledger of self-payments in one or more parts, payments and invoices of others, and moves on chain. */
  const payment = fc.record({
    kind: fc.constantFrom('self', 'out', 'in'),
    parts: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 3 }),
    fee: fc.nat(5),
  });
  const story = fc.record({
    payments: fc.array(payment, { maxLength: 12 }),
    order: fc.array(fc.nat(), { minLength: 80, maxLength: 80 }),
    cuts: fc.array(fc.record({ size: fc.integer({ min: 1, max: 9 }), again: fc.boolean(), restart: fc.boolean() }), {
      minLength: 1,
      maxLength: 12,
    }),
  });

  function movesOf({ payments, order }: typeof story extends fc.Arbitrary<infer T> ? T : never): ChannelMove[] {
    const moves = payments.flatMap(({ kind, parts, fee }, i) => [
      ...(kind === 'out' ? [] : parts.map((amount, n) => received(`p${String(i)}`, n, amount))),
      ...(kind === 'in' ? [] : parts.map((amount, n) => paid(`p${String(i)}`, 5 + n, amount + fee, fee))),
    ]);
    return moves
      .map((move, i) => [order[i] ?? 0, move] as const)
      .sort(([a], [b]) => a - b)
      .map(([, move], i) => ({ ...move, index: i + 1 }));
  }

  const chain: readonly ChainMove[] = [
    came({ account: channel(1), tag: 'channel_open', sats: 100, tx: 'open' }),
    went({ account: 'wallet', tag: 'withdrawal', sats: 110, of: 'coins', by: 'open' }),
    went({ account: channel(1), tag: 'channel_close', sats: 100, of: 'open', by: 'end', outputs: 1 }),
    came({ account: 'wallet', tag: 'deposit', sats: 90, tx: 'end' }),
  ].map((move, i) => ({ ...move, index: i + 1 }));

  /** The ledger as one page into a new database. */
  function whole(folder: string, moves: readonly ChannelMove[]): unknown {
    const store = openStore(join(folder, 'whole.db'), { lockWaitMs: 0 });
    store.ledger.takeInChainMoves(page(chain));
    store.ledger.takeInChannelMoves(page(moves));
    const state = stateOf(store);
    store.close();
    return state;
  }

  const stateOf = ({ ledger }: Store): unknown => ({
    self: ledger.selfPayments(),
    chain: ledger.chainMoves(),
    cursors: ledger.ledgerCursors(),
  });

  it('the ledger is the same', () => {
    fc.assert(
      fc.property(story, (told) => {
        const moves = movesOf(told);
        const folder = mkdtempSync(join(tmpdir(), 'revenue-ledger-'));
        try {
          const path = join(folder, 'pages.db');
          let store = openStore(path, { lockWaitMs: 0 });
          for (let step = 0; ; step++) {
            const { size, again, restart } = told.cuts[step % told.cuts.length] ?? {
              size: 1,
              again: false,
              restart: false,
            };
            const { chainMoves, channelMoves } = store.ledger.ledgerCursors();
            if (restart) {
              store.close();
              store = openStore(path, { lockWaitMs: 0 });
            }
            const onChain = page(chain.filter(({ index }) => index > chainMoves).slice(0, size));
            // A page that was taken in already may come again: its reply was under way when we were killed.
            const next = moves.filter(({ index }) => index > (again ? Math.max(0, channelMoves - 3) : channelMoves));
            const inChannels = page(next.slice(0, size + 3));
            store.ledger.takeInChainMoves(onChain);
            store.ledger.takeInChannelMoves(inChannels);
            store.ledger.selfPayments();
            if (channelMoves >= moves.length && chainMoves >= chain.length) break;
          }
          expect(stateOf(store)).toEqual(whole(folder, moves));
          store.close();
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
      }),
      { numRuns: 40 },
    );
  });

  it('and backwards, too', () => {
    fc.assert(
      fc.property(story, (told) => {
        const moves = movesOf(told);
        const folder = mkdtempSync(join(tmpdir(), 'revenue-ledger-'));
        try {
          const store = openStore(join(folder, 'backwards.db'), { lockWaitMs: 0 });
          for (const move of [...moves].reverse()) store.ledger.takeInChannelMoves(page([move]));
          store.ledger.takeInChainMoves(page(chain));
          expect(stateOf(store)).toEqual(whole(folder, moves));
          store.close();
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
      }),
      { numRuns: 25 },
    );
  });
});

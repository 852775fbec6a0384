// Do cycles, which fold the past once, come to the same figures as a reckoning from the beginning, whatever happens?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readProfits } from '../../../src/app/profit/channel-profits.ts';
import { Standings } from '../../../src/app/profit/standing.ts';
import type { ChannelBooks, ChannelDay, SelfPayment } from '../../../src/core/profit/books.ts';
import { addMsat, msat, SECONDS_PER_DAY, unixSec, type ChannelId } from '../../../src/core/units.ts';
import type { Ledger } from '../../../src/ports.ts';
import { channelNumber } from '../node-in-memory.ts';
import { channel, peer } from '../../core/profit/ledger-rows.ts';

const CHANNELS = [1, 2, 3].map(channel);
const START = 20_000 * SECONDS_PER_DAY;

const figure = (amount: number) => ({ amount: msat(amount), estimated: false });

const booksOf = (channelId: ChannelId): ChannelBooks => ({
  channelId,
  peerId: peer,
  names: [],
  opener: 'local',
  openedAt: { time: unixSec(START), estimated: false },
  funding: figure(1_000_000),
  openingFee: figure(700),
  push: figure(0),
  lease: figure(0),
  splices: [],
  closing: null,
  source: 'moves',
});

interface Moved {
  readonly from: number;
  readonly to: number;
  readonly amount: number;
  readonly fee: number;
  /** Seconds. */
  readonly ago: number;
}

/** A ledger to which things happen; lists and entries stay the same objects as long as nothing has changed in them. */
class Life implements Ledger {
  now = START;
  #books: readonly ChannelBooks[] = CHANNELS.map(booksOf);
  #payments: readonly SelfPayment[] = [];
  #days = new Map<ChannelId, readonly ChannelDay[]>();
  #count = 0;

  books = () => this.#books;
  selfPayments = () => this.#payments;
  days = () => this.#days;

  pass(seconds: number): void {
    this.now += seconds;
  }

  /** @param ago a forward may come to light late: then its day stands in the middle of the list */
  forward({ from, to, amount, fee, ago }: Moved): void {
    const at = Math.max(START, this.now - ago);
    this.#add(from, at, { received: amount + fee, sent: 0, fee: 0 });
    this.#add(to, at, { received: 0, sent: amount, fee });
  }

  #add(k: number, at: number, { received, sent, fee }: { received: number; sent: number; fee: number }): void {
    const id = CHANNELS[k] as ChannelId;
    const day = at - (at % SECONDS_PER_DAY);
    const days = this.#days.get(id) ?? [];
    const after = days.filter(({ time }) => time >= day + SECONDS_PER_DAY);
    const known = days.slice(0, days.length - after.length);
    const before = known.filter(({ time }) => time < day);
    const same = known[before.length];
    const entry: ChannelDay = {
      // Anywhere in the day, as a mean second is.
      time: unixSec(day + ((at * 7) % SECONDS_PER_DAY)),
      amount: msat((same?.amount ?? 0n) + BigInt(fee)),
      estimated: false,
      sentCount: (same?.sentCount ?? 0) + Number(sent > 0),
      sent: msat((same?.sent ?? 0n) + BigInt(sent)),
      receivedCount: (same?.receivedCount ?? 0) + Number(received > 0),
      received: msat((same?.received ?? 0n) + BigInt(received)),
      sourced: msat(0),
    };
    // The store reads again all days from the first one that has changed.
    this.#days.set(id, [...before, entry, ...structuredClone(after)]);
  }

  /** @param ago a payment may come to light late: then it stands in the middle of the list */
  rebalance({ from, to, amount, fee, ago }: Moved): void {
    const payment: SelfPayment = {
      paymentHash: String(++this.#count),
      part: 0,
      outChannel: CHANNELS[from] ?? null,
      inChannel: CHANNELS[to] ?? null,
      amount: msat(amount),
      fee: msat(fee),
      time: unixSec(Math.max(START, this.now - ago)),
    };
    this.#payments = [...this.#payments, payment].sort((a, b) => a.time - b.time);
  }

  splice(k: number, amount: number): void {
    const splice = { time: unixSec(this.now), amount: figure(amount), fee: figure(300) };
    this.#change(k, (books) => ({ ...books, splices: [...books.splices, splice] }));
  }

  close(k: number): void {
    const closing = { time: unixSec(this.now), estimated: false, fee: figure(900), resolved: true };
    this.#change(k, (books) => ({ ...books, closing }));
  }

  #change(k: number, to: (books: ChannelBooks) => ChannelBooks): void {
    this.#books = this.#books.map((books, i) => (i === k ? to(books) : books));
  }

  /** What a restart, or new names of channels, make of all that is kept. */
  readAgain(): void {
    this.#books = structuredClone(this.#books);
    this.#payments = structuredClone(this.#payments);
    this.#days = structuredClone(this.#days);
  }
}

type Step = (life: Life) => void;
const k = fc.nat({ max: 2 });
const movedWithin = (ago: fc.Arbitrary<number>): fc.Arbitrary<Moved> =>
  fc.record({ from: k, to: k, amount: fc.integer({ min: 1, max: 400_000 }), fee: fc.nat({ max: 500 }), ago });
const forwarded = (ago: fc.Arbitrary<number>): fc.Arbitrary<Step> =>
  movedWithin(ago).map((moved): Step => (life) => {
    life.forward(moved);
  });
const rebalanced = (ago: fc.Arbitrary<number>): fc.Arbitrary<Step> =>
  movedWithin(ago).map((moved): Step => (life) => {
    life.rebalance(moved);
  });
const seldomLate = fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.nat({ max: 300_000 }));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: forwarded(seldomLate) },
  { weight: 4, arbitrary: rebalanced(seldomLate) },
  {
    weight: 4,
    arbitrary: fc.oneof(fc.nat({ max: 40_000 }), fc.nat({ max: 400_000 })).map((seconds): Step => (life) => {
      life.pass(seconds);
    }),
  },
  fc.tuple(k, fc.integer({ min: -1000, max: 90_000 })).map(([at, sats]): Step => (life) => {
    life.splice(at, sats);
  }),
  k.map((at): Step => (life) => {
    life.close(at);
  }),
  fc.constant<Step>((life) => {
    life.readAgain();
  }),
);

/** Looks, and reckons the same from the beginning; returns how many lots there were to tell of. */
function expectAsFromTheBeginning(
  standings: Standings,
  life: Life,
  { balances, close }: { readonly balances: readonly number[]; readonly close: number },
): number {
  const channels = CHANNELS.map((channelId, i) => ({
    ...channelNumber(i + 1),
    channelId,
    toUs: msat(balances[i] ?? 0),
  }));
  const present = { now: unixSec(life.now), channels, mutualClose: close === 0 ? null : msat(close) };
  const expected = readProfits(life, { ...present, rate: 0 }).channels.map((profit) => {
    const { netProfit, totalCost, openCost } = profit.metrics.totals;
    const { openingFee, end } = profit.account;
    const { books, age } = profit;
    const left = profit.lots.filter(({ remaining }) => remaining > 0n);
    const chainCost = addMsat(openingFee.amount, end.fee.amount);
    return { books, netProfit, totalCost, openCost, chainCost, lots: left, age };
  });
  const byId = <T extends { readonly books: ChannelBooks }>(all: readonly T[]): T[] =>
    [...all].sort((a, b) => (a.books.channelId < b.books.channelId ? -1 : 1));
  expect(byId(standings.read(life, present))).toEqual(byId(expected));
  return expected.reduce((count, { lots }) => count + lots.length, 0);
}

const look = fc.record({
  balances: fc.array(fc.nat({ max: 900_000 }), { minLength: 3, maxLength: 3 }),
  close: fc.nat({ max: 2000 }),
});

describe('how channels stand', () => {
  it('is as reckoned from the beginning, look after look', () => {
    let lots = 0;
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.array(step, { maxLength: 4 }), look), { maxLength: 15 }), (looks) => {
        const life = new Life();
        const standings = new Standings();
        for (const [steps, seen] of looks) {
          for (const each of steps) each(life);
          lots += expectAsFromTheBeginning(standings, life, seen);
        }
      }),
      { numRuns: 400 },
    );
    expect(lots).toBeGreaterThan(1000);
  });

  it('is as reckoned from the beginning in whatever order days and payments come to light', () => {
    const days = 9;
    const whenever = fc.nat({ max: days * SECONDS_PER_DAY });
    const happening = fc.oneof(forwarded(whenever), rebalanced(whenever));
    let lots = 0;
    fc.assert(
      fc.property(fc.array(happening, { minLength: 6, maxLength: 15 }), look, (happenings, seen) => {
        const life = new Life();
        life.pass(days * SECONDS_PER_DAY);
        const standings = new Standings();
        for (const each of happenings) {
          each(life);
          lots += expectAsFromTheBeginning(standings, life, seen);
        }
      }),
      { numRuns: 400 },
    );
    expect(lots).toBeGreaterThan(1000);
  });

  it('takes a day that comes to light before a refill already reckoned with', () => {
    const life = new Life();
    const standings = new Standings();
    life.pass(5 * SECONDS_PER_DAY);
    const on = (day: number): Moved => ({
      ...{ from: 0, to: 1, amount: 50_000, fee: 100 },
      ago: (5 - day) * SECONDS_PER_DAY,
    });
    const seen = { balances: [500_000, 500_000, 500_000], close: 300 };
    life.forward(on(1));
    life.forward(on(5));
    life.rebalance({ ...on(4), amount: 60_000 });
    expectAsFromTheBeginning(standings, life, seen);
    life.forward(on(3));
    expect(expectAsFromTheBeginning(standings, life, seen)).toBe(1);
  });
});

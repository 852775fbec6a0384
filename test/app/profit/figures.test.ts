// Do a channel's books, days and payments become the balance, the lots, the period and the economics that they tell of?
import { describe, expect, it } from 'vitest';
import { economicsByPeer } from '../../../src/app/fees/economics-of.ts';
import { readProfits } from '../../../src/app/profit/channel-profits.ts';
import { meanBalanceOf, type Movements } from '../../../src/app/profit/balance.ts';
import type { Standing } from '../../../src/app/profit/channel-fold.ts';
import { lotsOf } from '../../../src/app/profit/lots-of.ts';
import { periodDayFigures, periodOf } from '../../../src/app/profit/period.ts';
import { routedDays } from '../../../src/app/profit/routed-days.ts';
import type { ChannelBooks, ChannelDay, SelfPayment } from '../../../src/core/profit/books.ts';
import { traceLots } from '../../../src/core/profit/lots.ts';
import {
  msat,
  msatToSats,
  satsToMsat,
  SECONDS_PER_DAY,
  unixSec,
  ZERO_MSAT,
  type ChannelId,
} from '../../../src/core/units.ts';
import type { Ledger } from '../../../src/ports.ts';
import type { Analysis } from '../../../src/app/analysis.ts';
import { channel, peer } from '../../core/profit/ledger-rows.ts';

const DAY = SECONDS_PER_DAY;
const T = 20_000 * DAY;
const at = (seconds: number) => unixSec(T + seconds);
const exact = (sats: number) => ({ amount: satsToMsat(sats), estimated: false });

const books = (n: number, changes: Partial<ChannelBooks> = {}): ChannelBooks => ({
  channelId: channel(n),
  peerId: peer,
  names: [],
  opener: 'local',
  openedAt: { time: at(0), estimated: false },
  funding: exact(1_000_000),
  openingFee: exact(0),
  push: exact(0),
  lease: exact(0),
  splices: [],
  closing: null,
  source: 'moves',
  ...changes,
});
const day = (seconds: number, sentSats: number, feeSats: number): ChannelDay => ({
  time: at(seconds),
  estimated: false,
  amount: satsToMsat(feeSats),
  sentCount: 1,
  sent: satsToMsat(sentSats),
  receivedCount: 0,
  received: ZERO_MSAT,
  sourced: ZERO_MSAT,
});
/** By channel number; 0: nobody knows which. */
const payment = (from: number, to: number, sats: number, feeSats: number, seconds: number): SelfPayment => ({
  paymentHash: `${from} ${to} ${seconds}`,
  part: 0,
  outChannel: from === 0 ? null : channel(from),
  inChannel: to === 0 ? null : channel(to),
  amount: satsToMsat(sats),
  fee: satsToMsat(feeSats),
  time: at(seconds),
});
const movements = (changes: Partial<Movements> = {}): Movements => ({
  books: books(1),
  days: [],
  refills: [],
  drains: [],
  ...changes,
});

describe('the mean balance', () => {
  /** 850,000 all the time, 200,000 more for the half, 101,000 less for the last quarter. */
  const moved = movements({
    books: books(1, { push: exact(-100_000), lease: exact(-50_000) }),
    refills: [payment(2, 1, 200_000, 500, 50)],
    drains: [payment(1, 2, 100_000, 1000, 75)],
  });

  it('is without what the opening gave away, and what a drain cost is gone with it', () => {
    expect(meanBalanceOf(moved, at(100), null)).toBe(satsToMsat(924_750));
    expect(meanBalanceOf(moved, at(100), satsToMsat(949_000))).toBe(satsToMsat(924_750));
  });

  it('takes what nobody has told of for moved evenly: half of it was there on average', () => {
    expect(meanBalanceOf(moved, at(100), satsToMsat(969_000))).toBe(satsToMsat(934_750));
    expect(meanBalanceOf(moved, at(100), ZERO_MSAT)).toBe(satsToMsat(450_250));
  });
});

describe('lots', () => {
  it('are not sold by what had been sold when they came', () => {
    const bought = payment(2, 1, 100_000, 50, 60);
    const sold = (seconds: number) =>
      lotsOf(movements({ days: [day(seconds, 40_000, 20)], refills: [bought] }), null, at(DAY))[0]?.sold;
    expect([59, 60, 61].map(sold)).toEqual([0n, 0n, satsToMsat(40_000)]);
  });
});

class Kept implements Ledger {
  readonly #books: readonly ChannelBooks[];
  readonly #payments: readonly SelfPayment[];
  readonly #days: ReadonlyMap<ChannelId | null, readonly ChannelDay[]>;

  constructor(
    all: readonly ChannelBooks[],
    payments: readonly SelfPayment[],
    days: ReadonlyMap<ChannelId | null, readonly ChannelDay[]>,
  ) {
    this.#books = all;
    this.#payments = payments;
    this.#days = days;
  }
  books = () => this.#books;
  selfPayments = () => this.#payments;
  days = () => this.#days;
}

describe('a node', () => {
  const now = at(3 * DAY - 1);
  const spliced = books(1, {
    openedAt: { time: at(0), estimated: false },
    openingFee: exact(300),
    splices: [{ time: at(DAY + 5), amount: exact(50_000), fee: exact(70) }],
  });
  const older = books(2, {
    openedAt: { time: unixSec(T - 5 * DAY), estimated: false },
    openingFee: exact(900),
    lease: exact(-40),
    closing: { time: at(2 * DAY), estimated: false, fee: exact(20), resolved: true },
  });
  const ledger = new Kept(
    [spliced, older],
    [
      payment(1, 2, 10_000, 30, -DAY),
      payment(1, 2, 10_000, 11, 10),
      payment(2, 1, 10_000, 12, DAY + 10),
      payment(1, 9, 10_000, 13, DAY + 20),
      payment(9, 1, 10_000, 14, 2 * DAY + 20),
      payment(2, 0, 10_000, 15, 2 * DAY + 30),
    ],
    new Map([
      [channel(1), [day(-DAY + 9, 900, 1000), day(100, 1000, 1), day(DAY, 2000, 2)]],
      [channel(2), [day(200, 4000, 4)]],
      [channel(9), [day(2 * DAY + 50, 8000, 8)]],
    ]),
  );
  const profits = readProfits(ledger, { now, channels: [], mutualClose: null, rate: 0 });

  it('bears itself what nobody can name the channel of: fees of what came in, and what was earned there', () => {
    expect(profits.unattributed).toEqual({ revenue: satsToMsat(8), rebalanceCost: satsToMsat(13 + 15) });
  });

  it('has in a period, from its first second on, all that happened, each once', async () => {
    const { totals, capital, forwards, volume, days } = periodOf(
      ledger,
      profits.channels,
      at(0),
      now,
      await routedDays(ledger.days()),
    );
    expect([forwards, volume]).toEqual([4, satsToMsat(15_000)]);
    // What channel 2 had in before it, less the lease; what the first put in then, and by its splice.
    expect(capital).toBe(satsToMsat(999_960 + 1_000_000 + 50_000));
    expect([totals.revenue, totals.rebalanceCost].map(msatToSats)).toEqual([15, 11 + 12 + 13 + 14 + 15]);
    expect([totals.openCost, totals.spliceCost, totals.closeCost, totals.leaseCost].map(msatToSats)).toEqual([
      300, 70, 20, 0,
    ]);
    expect(days.map(periodDayFigures)).toEqual([
      { day: at(0), revenue_sats: 5, rebalance_cost_sats: 11, chain_cost_sats: 300, net_profit_sats: -306 },
      { day: at(DAY), revenue_sats: 2, rebalance_cost_sats: 25, chain_cost_sats: 70, net_profit_sats: -93 },
      { day: at(2 * DAY), revenue_sats: 8, rebalance_cost_sats: 29, chain_cost_sats: 20, net_profit_sats: -41 },
    ]);
  });
});

describe('the economics of a peer', () => {
  const lots = (sats: number, ppm: number, seconds: number) =>
    traceLots([
      {
        kind: 'bought',
        time: at(seconds),
        rebalance: 'r',
        amount: satsToMsat(sats),
        fee: msat(sats * ppm * 1e-3),
      },
    ]);
  const standing = (n: number, changes: Partial<Standing> = {}): Standing => ({
    books: books(n),
    netProfit: satsToMsat(500),
    totalCost: satsToMsat(1000),
    openCost: satsToMsat(1000),
    chainCost: satsToMsat(1200),
    lots: [],
    age: 2 * DAY,
    ...changes,
  });
  const flows = (incoming: number, outgoing: number) =>
    ({
      flows: new Map([[channel(1), { in: { settledCount: incoming }, out: { settledCount: outgoing } }]]),
      window: { days: 7 },
    }) as unknown as Pick<Analysis, 'flows' | 'window'>;
  const of = (standings: readonly Standing[], given = flows(1, 0)) =>
    economicsByPeer(new Map([[peer, [channel(1), channel(2)]]]), standings, given, at(10 * DAY)).get(peer);

  it('are those of all its channels together, and of none where one is not known', () => {
    const second = standing(2, { netProfit: satsToMsat(-490), totalCost: satsToMsat(3000) });
    expect(of([standing(1), second])).toEqual({
      chainCostMsat: satsToMsat(2400),
      profitClass: 'break_even',
      lots: null,
    });
    expect(of([standing(1)])).toBeUndefined();
    expect(of([])).toBeUndefined();
  });

  it('are a zombie’s only where the oldest has outlived the window, and nothing went either way', () => {
    const old = standing(2, { age: 8 * DAY });
    expect(of([standing(1), old], flows(0, 0))?.profitClass).toBe('zombie');
    expect(of([standing(1), standing(2)], flows(0, 0))?.profitClass).toBe('profitable');
    for (const [incoming, outgoing] of [
      [1, 0],
      [0, 1],
    ] as const)
      expect(of([standing(1), old], flows(incoming, outgoing))?.profitClass).toBe('profitable');
  });

  it('hold what is left of bought liquidity, its cost and age by amount', () => {
    const bought = [standing(1, { lots: lots(300_000, 100, 0) }), standing(2, { lots: lots(100_000, 500, 8 * DAY) })];
    const known = of(bought)?.lots;
    expect(known?.remainingMsat).toBe(satsToMsat(400_000));
    expect(known?.costPpm).toBeCloseTo(200, 9);
    expect(known?.ageDays).toBeCloseTo(0.75 * 10 + 0.25 * 2, 9);
  });
});

// How does one channel stand now, with years of days and payments behind it? Those of days gone by are folded once: only
// the present day is gone through again.
import type { ChannelBooks, ChannelDay, SelfPayment } from '../../core/profit/books.ts';
import { incurredFlows, inOrder } from '../../core/profit/cash-flow.ts';
import type { BalanceChange } from '../../core/profit/employed.ts';
import { LotTrace, type Lot } from '../../core/profit/lots.ts';
import { totalsOf, type Totals } from '../../core/profit/totals.ts';
import { addMsat, msat, SECONDS_PER_DAY, ZERO_MSAT, type Msat, type UnixSec } from '../../core/units.ts';
import { accountOf } from './account-of.ts';
import { balancesFrom, rareChanges } from './balance.ts';
import { balanceEvent, lotEvents } from './lots-of.ts';

export interface Standing {
  readonly books: ChannelBooks;
  readonly netProfit: Msat;
  readonly totalCost: Msat;
  /** Of the total: what opening it cost us. */
  readonly openCost: Msat;
  /** What opening it cost, and what closing it has cost or would cost now. */
  readonly chainCost: Msat;
  /** Those of which something is still here, oldest first. */
  readonly lots: readonly Lot[];
  /** Seconds from the opening to the end, or to now. */
  readonly age: number;
}

/** Payments to ourselves that touched a channel. */
export interface Touching {
  readonly refills: SelfPayment[];
  readonly drains: SelfPayment[];
}

const NO_DAYS: readonly ChannelDay[] = [];

/** What a channel's opening and end cost, whatever it carries. */
interface Costs {
  readonly mutualClose: Msat | null;
  readonly totals: Totals;
  readonly chainCost: Msat;
}

/** Folded up to the beginning of its last day. */
export class ChannelFold {
  readonly books: ChannelBooks;
  readonly #touching: Touching;
  #days = NO_DAYS;
  /** How many days are folded: all but the last, which may still change. */
  #folded = 0;
  #revenue = 0n;
  #paid = 0n;
  #balance = ZERO_MSAT;
  #trace = new LotTrace();
  /** Everything before this second is folded. */
  #from = -Infinity;
  /** What is not. */
  #refills: SelfPayment[] = [];
  #drains: SelfPayment[] = [];
  #rare: BalanceChange[];
  #refillsSeen = 0;
  #drainsSeen = 0;
  #lastMoved: number;
  #costs: Costs | null = null;
  /** True until something new is taken in. */
  #sums: { readonly costs: Costs; readonly netProfit: Msat; readonly totalCost: Msat } | null = null;
  #lots: { readonly actual: Msat | null; readonly lots: readonly Lot[] } | null = null;

  constructor(books: ChannelBooks, touching: Touching) {
    this.books = books;
    this.#touching = touching;
    this.#rare = rareChanges({ books, days: NO_DAYS, refills: [], drains: [] });
    this.#lastMoved = this.#rare.reduce((last, { time }) => Math.max(last, time), 0);
  }

  /** When the last movement was. */
  get last(): number {
    return Math.max(this.#lastMoved, this.#days.at(-1)?.time ?? 0);
  }

  takeIn(days: readonly ChannelDay[]): void {
    const { refills, drains } = this.#touching;
    if (days === this.#days && refills.length === this.#refillsSeen && drains.length === this.#drainsSeen) return;
    this.#lots = null;
    this.#sums = null;
    if (!this.#continues(days) || this.#isLate(refills, this.#refillsSeen) || this.#isLate(drains, this.#drainsSeen))
      this.#startAgain();
    this.#days = days;
    const newRefills = refills.slice(this.#refillsSeen);
    const newDrains = drains.slice(this.#drainsSeen);
    this.#refillsSeen = refills.length;
    this.#drainsSeen = drains.length;
    for (const { fee, time } of newRefills) {
      this.#paid += fee;
      this.#lastMoved = Math.max(this.#lastMoved, time);
    }
    for (const { time } of newDrains) this.#lastMoved = Math.max(this.#lastMoved, time);
    this.#refills.push(...newRefills);
    this.#drains.push(...newDrains);
    this.#fold();
  }

  /**
   * Whether the days folded are the first of these, and no other lies before what is folded. An entry that is the same
   * object vouches for all before it: the ledger reads again all days from the first that has changed.
   */
  #continues(days: readonly ChannelDay[]): boolean {
    if (this.#folded === 0) return true;
    const next = days[this.#folded];
    return days[this.#folded - 1] === this.#days[this.#folded - 1] && next !== undefined && next.time >= this.#from;
  }

  /** Whether a payment has come to light that lies before what is folded. */
  #isLate(payments: readonly SelfPayment[], seen: number): boolean {
    for (let i = seen; i < payments.length; i++) if ((payments[i] as SelfPayment).time < this.#from) return true;
    return false;
  }

  #startAgain(): void {
    this.#folded = 0;
    this.#revenue = this.#paid = 0n;
    this.#balance = ZERO_MSAT;
    this.#trace = new LotTrace();
    this.#from = -Infinity;
    this.#refills = [];
    this.#drains = [];
    this.#rare = rareChanges({ books: this.books, days: NO_DAYS, refills: [], drains: [] });
    this.#refillsSeen = this.#drainsSeen = 0;
  }

  /** Days that are over, and what else was before the last began. */
  #fold(): void {
    const last = this.#days.at(-1);
    if (last === undefined || this.#folded === this.#days.length - 1) return;
    const until = last.time - (last.time % SECONDS_PER_DAY);
    const over = ({ time }: { readonly time: number }): boolean => time < until;
    const days = this.#days.slice(this.#folded, -1);
    const stretch = { days, refills: this.#refills.filter(over), drains: this.#drains.filter(over) };
    const rare = this.#rare.filter(over);
    for (const event of this.#eventsOf(stretch, rare)) this.#trace.add(event);
    const changes = this.#changesOf(stretch, rare);
    let balance: bigint = this.#balance;
    for (const { amount } of changes) balance += amount;
    for (const { received, sent, amount } of days) {
      balance += received - sent;
      this.#revenue += amount;
    }
    this.#balance = msat(balance);
    const open = (one: { readonly time: number }): boolean => !over(one);
    this.#refills = this.#refills.filter(open);
    this.#drains = this.#drains.filter(open);
    this.#rare = this.#rare.filter(open);
    this.#folded = this.#days.length - 1;
    this.#from = until;
  }

  #changesOf(
    { refills, drains }: Pick<Touching, 'refills' | 'drains'>,
    rare: readonly BalanceChange[],
  ): BalanceChange[] {
    // The opening is among the rare ones already.
    const [, ...moved] = rareChanges({ books: { ...this.books, splices: [] }, days: NO_DAYS, refills, drains });
    return [...rare, ...moved];
  }

  #eventsOf(
    stretch: { readonly days: readonly ChannelDay[] } & Touching,
    rare: readonly BalanceChange[],
  ): ReturnType<typeof lotEvents> {
    const balances =
      stretch.drains.length === 0 ? [] : balancesFrom(this.#balance, this.#changesOf(stretch, rare), stretch.days);
    return lotEvents(stretch, (time) => balances.findLast((each) => each.time <= time)?.balance ?? this.#balance);
  }

  standing(now: UnixSec, actual: Msat | null, mutualClose: Msat | null): Standing {
    const { books } = this;
    const costs = this.#costsAt(mutualClose);
    if (this.#sums?.costs !== costs) this.#sums = { costs, ...this.#sumsWith(costs) };
    const { netProfit, totalCost } = this.#sums;
    const end = Math.max(books.closing?.time ?? now, this.last);
    return {
      books,
      netProfit,
      totalCost,
      openCost: costs.totals.openCost,
      chainCost: costs.chainCost,
      lots: this.#lotsAt(now, actual),
      age: Math.max(0, end - books.openedAt.time),
    };
  }

  #sumsWith({ totals }: Costs): { readonly netProfit: Msat; readonly totalCost: Msat } {
    const revenue = this.#revenue + (this.#days.at(-1)?.amount ?? 0n);
    return {
      netProfit: msat(totals.netProfit + revenue - this.#paid),
      totalCost: msat(totals.totalCost + this.#paid),
    };
  }

  /** But for forwards and refills. */
  #costsAt(mutualClose: Msat | null): Costs {
    if (this.#costs?.mutualClose === mutualClose) return this.#costs;
    const account = accountOf(this.books, NO_DAYS, [], mutualClose);
    const totals = totalsOf(inOrder(incurredFlows(account)));
    const chainCost = addMsat(account.openingFee.amount, account.end.fee.amount);
    this.#costs = { mutualClose, totals, chainCost };
    return this.#costs;
  }

  #lotsAt(now: UnixSec, actual: Msat | null): readonly Lot[] {
    if (this.#touching.refills.length === 0) return NO_LOTS;
    if (this.#lots?.actual === actual) return this.#lots.lots;
    const trace = this.#trace.copy();
    const stretch = { days: this.#days.slice(this.#folded), refills: this.#refills, drains: this.#drains };
    for (const event of this.#eventsOf(stretch, this.#rare)) trace.add(event);
    const balance = this.books.closing !== null ? ZERO_MSAT : actual;
    if (balance !== null) trace.add(balanceEvent(now, balance));
    const lots = trace.open();
    this.#lots = { actual, lots };
    return lots;
  }
}

const NO_LOTS: readonly Lot[] = [];

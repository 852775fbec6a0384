// How does each channel stand now: what it has earned and cost, how old it is, what is left of what was bought? What the
// cycles decide by, of the same figures as profitability.ts, which has the returns too and takes them from the beginning.
import type { ChannelBooks, ChannelDay, SelfPayment } from '../../core/profit/books.ts';
import { unixSec, type ChannelId } from '../../core/units.ts';
import type { Ledger } from '../../ports.ts';
import type { Present } from './channel-profits.ts';
import { ChannelFold, type Standing, type Touching } from './channel-fold.ts';

const NO_DAYS: readonly ChannelDay[] = [];

/** What is known of the channels of one ledger, from one look to the next. */
export class Standings {
  #touching = new Map<ChannelId, Touching>();
  #payments = 0;
  #lastPayment: SelfPayment | undefined = undefined;
  #channels = new Map<ChannelId, ChannelFold>();

  /** Of every channel that ever was, in the order of the books. @throws StoreError */
  read(ledger: Ledger, { now: present, channels: views, mutualClose }: Omit<Present, 'rate'>): readonly Standing[] {
    this.#takeIn(ledger.selfPayments());
    const days = ledger.days();
    const balances = new Map(views.map(({ channelId, toUs }) => [channelId, toUs]));
    // A clock may say that the last movement is still to come.
    let latest: number = present;
    const folds: ChannelFold[] = [];
    for (const books of ledger.books()) {
      const fold = this.#foldOf(books);
      fold.takeIn(days.get(books.channelId) ?? NO_DAYS);
      latest = Math.max(latest, fold.last);
      folds.push(fold);
    }
    const now = unixSec(latest);
    return folds.map((fold) => fold.standing(now, balances.get(fold.books.channelId) ?? null, mutualClose));
  }

  /** A list that only grew by its end; any other is grouped from the beginning. */
  #takeIn(payments: readonly SelfPayment[]): void {
    if (payments.length < this.#payments || payments[this.#payments - 1] !== this.#lastPayment) {
      this.#touching = new Map();
      this.#channels = new Map();
      this.#payments = 0;
    }
    for (; this.#payments < payments.length; this.#payments++) {
      const payment = payments[this.#payments] as SelfPayment;
      const { inChannel, outChannel } = payment;
      if (inChannel !== null) this.#touchingOf(inChannel).refills.push(payment);
      if (outChannel !== null) this.#touchingOf(outChannel).drains.push(payment);
      this.#lastPayment = payment;
    }
    if (payments.length === 0) this.#lastPayment = undefined;
  }

  #touchingOf(channel: ChannelId): Touching {
    let touching = this.#touching.get(channel);
    if (touching === undefined) {
      touching = { refills: [], drains: [] };
      this.#touching.set(channel, touching);
    }
    return touching;
  }

  #foldOf(books: ChannelBooks): ChannelFold {
    const known = this.#channels.get(books.channelId);
    if (known?.books === books) return known;
    const fold = new ChannelFold(books, this.#touchingOf(books.channelId));
    this.#channels.set(books.channelId, fold);
    return fold;
  }
}

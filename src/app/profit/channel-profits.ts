// What did each channel that ever was earn, and what it cost? The ledger's records put together, channel by channel.
import { groupBy } from '../../core/group-by.ts';
import type { ChannelAccount } from '../../core/profit/account.ts';
import type { ChannelBooks, ChannelDay } from '../../core/profit/books.ts';
import { MARGINAL_WINDOW_SECONDS, marginalRoi, type Lot } from '../../core/profit/lots.ts';
import { metricsOf, type Holding, type Metrics } from '../../core/profit/metrics.ts';
import type { Measure } from '../../core/profit/reasons.ts';
import { displayId, type ChannelView } from '../../core/snapshot.ts';
import { compareScids, sumMsat, tryScid, unixSec, type ChannelId, type Msat, type UnixSec } from '../../core/units.ts';
import type { Ledger } from '../../ports.ts';
import { breathe } from '../breathe.ts';
import { accountOf } from './account-of.ts';
import { lastMovement, meanBalanceOf, type Movements } from './balance.ts';
import { lotsOf } from './lots-of.ts';

/** What is known beside the ledger. */
export interface Present {
  readonly now: UnixSec;
  /** Usable channels as they are; empty where no node is at hand. */
  readonly channels: readonly ChannelView[];
  /** What a mutual close costs its opener; null where the node cannot say. */
  readonly mutualClose: Msat | null;
  /** Yearly discount rate of net present values, a fraction above -1. */
  readonly rate: number;
}

export interface ChannelProfit extends Holding {
  /** What people type: short channel id, else alias, else channel id. */
  readonly name: string;
  readonly account: ChannelAccount;
  readonly books: ChannelBooks;
  /** Null for a channel that is not usable. */
  readonly view: ChannelView | null;
  readonly days: readonly ChannelDay[];
  readonly lots: readonly Lot[];
  readonly marginalRoi: Measure;
  readonly metrics: Metrics;
  /** Seconds from the opening to the end, or to now. */
  readonly age: number;
}

/** What is the node's but no channel's, because nobody can say any more whose it was. */
export interface Unattributed {
  readonly revenue: Msat;
  readonly rebalanceCost: Msat;
}

export interface NodeProfit {
  /** The present, or the last movement where a clock says that this is still to come. */
  readonly now: UnixSec;
  /** By name. */
  readonly channels: readonly ChannelProfit[];
  readonly unattributed: Unattributed;
  /** What the channels carried, those too that nobody can name any more. */
  readonly days: ReturnType<Ledger['days']>;
}

/** @throws StoreError */
export function readProfits(ledger: Ledger, present: Present): NodeProfit {
  const { each, ...node } = begin(ledger, present);
  return { ...node, channels: inOrder([...each]) };
}

/** Channels judged in one go: some milliseconds of work, with years behind each. */
const AT_ONCE = 25;

/** The same of the ledger as it is now, with pauses: a thousand channels take a second the first time. @throws StoreError */
export async function readProfitsCalmly(ledger: Ledger, present: Present): Promise<NodeProfit> {
  const { each, ...node } = begin(ledger, present);
  const channels: ChannelProfit[] = [];
  for (const channel of each) if (channels.push(channel) % AT_ONCE === 0) await breathe();
  return { ...node, channels: inOrder(channels) };
}

interface Begun extends Omit<NodeProfit, 'channels'> {
  /** Each is reckoned when it is asked for, of what the ledger held at the beginning. */
  readonly each: Iterable<ChannelProfit>;
}

function begin(ledger: Ledger, present: Present): Begun {
  const days = ledger.days();
  const payments = ledger.selfPayments();
  const refills = groupBy(payments, ({ inChannel }) => inChannel);
  const drains = groupBy(payments, ({ outChannel }) => outChannel);
  const views = new Map(present.channels.map((view) => [view.channelId, view]));
  const books = ledger.books();
  const known = new Set<ChannelId | null>(books.map(({ channelId }) => channelId));
  const strangers = <T>(groups: ReadonlyMap<ChannelId | null, T>): T[] =>
    [...groups].filter(([channel]) => !known.has(channel)).map(([, group]) => group);
  const movements = books.map((one) => ({
    books: one,
    days: days.get(one.channelId) ?? [],
    refills: refills.get(one.channelId) ?? [],
    drains: drains.get(one.channelId) ?? [],
  }));
  const now = unixSec(movements.reduce<number>((latest, each) => Math.max(latest, lastMovement(each)), present.now));
  return {
    now,
    days,
    each: channelProfits(movements, views, { ...present, now }),
    unattributed: {
      revenue: sumMsat(strangers(days).flatMap((list) => list.map(({ amount }) => amount))),
      rebalanceCost: sumMsat(strangers(refills).flatMap((list) => list.map(({ fee }) => fee))),
    },
  };
}

function* channelProfits(
  movements: readonly Movements[],
  views: ReadonlyMap<ChannelId, ChannelView>,
  present: Present,
): Generator<ChannelProfit> {
  for (const each of movements) yield channelProfit(each, views.get(each.books.channelId) ?? null, present);
}

function channelProfit(movements: Movements, view: ChannelView | null, present: Present): ChannelProfit {
  const { books, days, refills } = movements;
  const account = accountOf(books, days, refills, present.mutualClose);
  const { now } = present;
  const end = unixSec(Math.max(books.closing?.time ?? now, lastMovement(movements)));
  const actual = view?.toUs ?? null;
  const holding = { account, employed: meanBalanceOf(movements, end, actual) };
  const lots = lotsOf(movements, actual, now);
  return {
    ...holding,
    name: nameOf(books, view),
    books,
    view,
    days,
    lots,
    marginalRoi: marginalRoi(lots, unixSec(Math.max(0, now - MARGINAL_WINDOW_SECONDS))),
    metrics: metricsOf([holding], now, present.rate),
    age: Math.max(0, end - account.openedAt),
  };
}

const nameOf = (books: ChannelBooks, view: ChannelView | null): string =>
  view === null ? (books.names[0] ?? books.channelId) : displayId(view);

/** Whether people may mean this channel by a name: any it was ever known by. */
export const isNamed = ({ name, books }: ChannelProfit, asked: string): boolean =>
  name === asked || books.channelId === asked || books.names.some((each) => each === asked);

const inOrder = (channels: ChannelProfit[]): ChannelProfit[] => channels.sort((a, b) => compareNames(a.name, b.name));

/** Short channel ids by block, then all others. */
function compareNames(a: string, b: string): number {
  const [left, right] = [tryScid(a), tryScid(b)];
  if (left !== null && right !== null) return compareScids(left, right);
  return Number(left === null) - Number(right === null) || (a < b ? -1 : 1);
}

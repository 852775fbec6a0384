// How do the plugin's records become the history of a backtest? By peers, over whole days, with the fees that were live.
import type { PastChange } from '../fee/types.ts';
import { groupBy } from '../group-by.ts';
import type { ChannelBooks, ChannelDay, SelfPayment } from '../profit/books.ts';
import { utcSecond } from '../profit/discounted.ts';
import { msatToFloat, SECONDS_PER_DAY, SECONDS_PER_HOUR, type ChannelId, type NodeId } from '../units.ts';
import { HistoryError, type History, type PastChannel, type PastCircle, type PastForward } from './history.ts';
import { liveFees } from './live-fees.ts';

/** As much as is looked back when nobody says how far: what is older was another market. */
const DEFAULT_DAYS = 90;

/** What of the records is whole. Unix seconds. */
export interface Bounds {
  /** Since then every change of a fee has been written down. */
  readonly feesKnownSince: number;
  /** Since then every settled forward is there, one by one. */
  readonly forwardsSince: number;
  /** Every forward settled before has been seen. */
  readonly knownUntil: number;
}

/** Half-open. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

export interface RecordedForward {
  readonly at: number;
  readonly from: ChannelId;
  readonly to: ChannelId;
  readonly amountMsat: number;
  readonly feeMsat: number;
}

export interface Records {
  readonly channels: readonly {
    readonly channelId: ChannelId;
    readonly peerId: NodeId | null;
    readonly capacityMsat: number;
  }[];
  /** Settled within the span, ascending by time. */
  readonly forwards: readonly RecordedForward[];
  /** Those within the span or later, and the last before it of each channel; oldest first. */
  readonly changes: readonly PastChange[];
  readonly books: readonly ChannelBooks[];
  readonly days: ReadonlyMap<ChannelId | null, readonly ChannelDay[]>;
  readonly selfPayments: readonly SelfPayment[];
  readonly attempts: History['attempts'];
}

const floorTo = (unit: number, time: number): number => Math.floor(time / unit) * unit;

/**
 * The part of what was asked for that the records cover. It begins at midnight UTC, because balances are known by sums of
 * days; and so that it is no shorter than was asked for, at the one before `since`. What the records have not whole is left
 * out.
 * @throws HistoryError where they cover nothing of it
 */
export function spanOf(bounds: Bounds, since: number | null, until: number | null): Span {
  const end = floorTo(SECONDS_PER_HOUR, Math.min(until ?? Infinity, bounds.knownUntil));
  const whole = Math.max(bounds.feesKnownSince, bounds.forwardsSince);
  const wanted = since ?? end - DEFAULT_DAYS * SECONDS_PER_DAY;
  const firstWhole = Math.ceil(whole / SECONDS_PER_DAY) * SECONDS_PER_DAY;
  const from = Math.max(floorTo(SECONDS_PER_DAY, wanted), firstWhole);
  if (wanted < end && from < end) return { from, until: end };
  const covered = Number.isFinite(whole) && whole < bounds.knownUntil;
  throw new HistoryError(
    `history: expected single forwards and fees that were written down for at least a whole day${since === null && until === null ? '' : ' of the time asked for'}, ` +
      `got ${covered ? `those from ${utcSecond(whole)} to ${utcSecond(bounds.knownUntil)}` : 'none yet; they begin when the plugin first runs'}`,
  );
}

export function assemble(records: Records, span: Span): History {
  const { books, channels, changes, forwards, selfPayments, attempts } = records;
  const bookOf = new Map(books.map((book) => [book.channelId, book]));
  const lives = channels.map((channel) => ({ ...channel, ...lifeOf(bookOf.get(channel.channelId), span) }));
  const units = new Map<string, typeof lives>();
  for (const life of lives) {
    if (life.from >= life.until) continue;
    const peer = life.peerId ?? life.channelId;
    units.set(peer, [...(units.get(peer) ?? []), life]);
  }
  const numbers = new Map<ChannelId, number>();
  [...units.values()].forEach((members, k) => {
    for (const { channelId } of members) numbers.set(channelId, k);
  });
  const byChannel = groupBy(forwards, ({ to }) => to);
  const changesOf = groupBy(changes, ({ channelId }) => channelId);
  const start = balancesAt(records, span.from);
  const past = [...units.values()].map((members): PastChannel => {
    const open = members.filter(({ until }) => until >= span.until);
    const busiest = members.reduce((a, b) =>
      (byChannel.get(b.channelId)?.length ?? 0) > (byChannel.get(a.channelId)?.length ?? 0) ? b : a,
    );
    const balances = members.map(({ channelId }) => start.get(channelId));
    return {
      name: members.map(({ channelId }) => bookOf.get(channelId)?.names[0] ?? channelId).join(' + '),
      capacityMsat: (open.length > 0 ? open : members).reduce((sum, { capacityMsat }) => sum + capacityMsat, 0),
      from: Math.min(...members.map(({ from }) => from)),
      until: Math.max(...members.map(({ until }) => until)),
      startMsat: balances.reduce<number | null>(
        (sum, each) => (sum === null || each === undefined ? null : sum + each),
        0,
      ),
      fees: liveFees(changesOf.get(busiest.channelId) ?? [], byChannel.get(busiest.channelId) ?? [], span.from),
    };
  });
  return {
    ...span,
    channels: withoutFees(past),
    forwards: forwards.flatMap((forward): PastForward[] => {
      const [from, to] = [numbers.get(forward.from), numbers.get(forward.to)];
      return from === undefined || to === undefined ? [] : [{ ...forward, from, to }];
    }),
    circles: circlesOf(selfPayments, numbers, span),
    attempts,
  };
}

/** Within the span. */
function lifeOf(book: ChannelBooks | undefined, span: Span): Span {
  return {
    from: Math.max(span.from, book?.openedAt.time ?? 0),
    until: Math.min(span.until, book?.closing?.time ?? Infinity),
  };
}

/** A channel whose fee nobody wrote down, and that forwarded nothing, is taken to ask what the others did. */
function withoutFees(channels: readonly PastChannel[]): PastChannel[] {
  const known = channels.flatMap(({ fees }) => fees.slice(0, 1).map(({ ppm }) => ppm)).sort((a, b) => a - b);
  const median = known[Math.floor(known.length / 2)] ?? 0;
  return channels.map((channel) =>
    channel.fees.length > 0 ? channel : { ...channel, fees: [{ at: channel.from, ppm: median }] },
  );
}

/** By what moved them until then; a channel that was opened later begins with what was put in. */
function balancesAt({ books, days, selfPayments }: Records, at: number): Map<ChannelId, number> {
  const balances = new Map<ChannelId, number>();
  const add = (channel: ChannelId | null, msat: number): void => {
    const before = channel === null ? undefined : balances.get(channel);
    if (channel !== null && before !== undefined) balances.set(channel, before + msat);
  };
  for (const { channelId, funding, push, lease, splices } of books) {
    const given = [funding, push, lease].reduce((sum, { amount }) => sum + msatToFloat(amount), 0);
    const spliced = splices.filter(({ time }) => time < at);
    balances.set(channelId, given + spliced.reduce((sum, { amount }) => sum + msatToFloat(amount.amount), 0));
  }
  for (const [channel, entries] of days)
    for (const { time, received, sent } of entries)
      if (time < at) add(channel, msatToFloat(received) - msatToFloat(sent));
  for (const { time, outChannel, inChannel, amount, fee } of selfPayments) {
    if (time >= at) continue;
    add(outChannel, -msatToFloat(amount) - msatToFloat(fee));
    add(inChannel, msatToFloat(amount));
  }
  return balances;
}

function circlesOf(
  payments: readonly SelfPayment[],
  numbers: ReadonlyMap<ChannelId, number>,
  { from: start, until }: Span,
): PastCircle[] {
  return payments.flatMap(({ time: at, outChannel, inChannel, amount, fee }) => {
    if (at < start || at >= until || outChannel === null || inChannel === null) return [];
    const [from, to] = [numbers.get(outChannel), numbers.get(inChannel)];
    if (from === undefined || to === undefined || from === to) return [];
    return [{ at, from, to, amountMsat: msatToFloat(amount), feeMsat: msatToFloat(fee) }];
  });
}

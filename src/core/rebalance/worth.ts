// What is a chunk of liquidity worth where it goes, and what is given up where it comes from?
//
// Sats are worth what they will sell for, by when. The bid price says for how much, at the balance halfway through the
// chunk: its first sats are worth more and its last less, and the price is about straight between them, so that filling
// stops by itself where another chunk would not pay. It is never taken for more than the channel's own fee, because that
// is all a lot can earn; and pricing does not sell it for less than it cost (the floor of lots, fee/bounds.ts). The
// measured outflow says by when: what is there already sells first, and demand that must be waited for may be gone when
// its time comes.
import { CHANNEL_LIFE_DAYS } from '../channel-life.ts';
import { levelPrice } from '../fee/bid-price.ts';
import { msatToFloat } from '../units.ts';
import type { Board } from './board.ts';
import type { PlanChannel } from './plan-types.ts';
import { lean } from './traffic.ts';

/**
 * A sale that is waited for comes true with a chance that falls to 1/e in a channel's life: mean of
 * exp(-t / CHANNEL_LIFE_DAYS) while `amount` sells after what is `ahead` of it, at so much a day; 0..1.
 */
export function timeFactor(ahead: number, amount: number, daily: number): number {
  if (!(daily > 0)) return 0;
  const wait = Math.max(0, ahead) / daily / CHANNEL_LIFE_DAYS;
  const last = amount / daily / CHANNEL_LIFE_DAYS;
  return Math.exp(-wait) * (last > 0 ? -Math.expm1(-last) / last : 1);
}

/**
 * Room in a channel that is nearly full is worth what comes in by it earns: there the level price is half a scale. Once as
 * much left the busiest ways in of a graph's node full, and thrice as much made too much room in the other markets. Never
 * more than it earns, or an order could cost more than it brings.
 */
const FULL_LEVELS = 2;

/**
 * What a sat of room is worth, ppm, once the channel holds so much more: what comes in by it earns at other exits, and
 * nothing comes in where it is full. It counts as the balance bends prices, from the half on, for as much of the traffic as
 * does not leave again by itself, by when it will be used. 0 where nothing is known to come in.
 */
function roomWorth(channel: PlanChannel, amount: number, board: Board): number {
  const traffic = board.traffic(channel);
  const filling = -lean(traffic);
  if (traffic === undefined || !(filling > 0)) return 0;
  const standing = board.standingAfter(channel, amount);
  if (standing === null || standing.share <= 0.5) return 0;
  const time = timeFactor(standing.roomMsat, 0, traffic.inMsat);
  const scarcity = Math.min(1, FULL_LEVELS * -levelPrice(standing.share));
  return traffic.earnsPpm * filling * scarcity * time;
}

/** No source gives up less of a sat than this, ppm: not above 0. */
export const leastOfAll = (channels: readonly PlanChannel[], board: Board): number =>
  channels.reduce((least, channel) => Math.min(least, -roomWorth(channel, 0, board)), 0);

/** ppm, with what they are made of. */
export interface DestinationWorth {
  readonly valuePpm: number;
  readonly bidPpm: number;
  /** The channel's fee now. */
  readonly feePpm: number;
  readonly time: number;
  /** Of the room that is filled. */
  readonly roomPpm: number;
}

export function worthAt(channel: PlanChannel, amount: number, board: Board): DestinationWorth {
  const bidPpm = board.priceAfter(channel, amount / 2);
  const { feePpm } = channel.view;
  const time = timeFactor(board.figures(channel).local, amount, channel.dailyOutMsat ?? 0);
  const roomPpm = roomWorth(channel, amount / 2, board);
  return { valuePpm: Math.min(bidPpm, feePpm) * time - roomPpm, bidPpm, feePpm, time, roomPpm };
}

export interface SourceWorth {
  readonly opportunityPpm: number;
  readonly bidPpm: number;
  readonly time: number;
  /** Cost of bought liquidity that would leave without a sale. */
  readonly lotPpm: number;
  /** Of the room that is made. */
  readonly roomPpm: number;
}

/**
 * Below 0 where the room that is made is worth more than what leaves: that it earns is only counted on where something has
 * come in of late. A source whose outflow is not known is taken to sell at once.
 */
export function givenUpAt(channel: PlanChannel, amount: number, board: Board): SourceWorth {
  const bidPpm = board.priceAfter(channel, -amount / 2);
  const left = board.figures(channel).local - amount;
  const time = channel.dailyOutMsat === null ? 1 : timeFactor(left, amount, channel.dailyOutMsat);
  const remaining = msatToFloat(channel.lots.remainingMsat);
  const lost = Math.max(0, Math.min(remaining, remaining - left));
  const lotPpm = lost > 0 ? (msatToFloat(channel.lots.costMsat) * (lost / remaining) * 1e6) / amount : 0;
  const roomPpm = roomWorth(channel, -amount / 2, board);
  return { opportunityPpm: Math.max(0, bidPpm * time, lotPpm) - roomPpm, bidPpm, time, lotPpm, roomPpm };
}

/**
 * No amount gives up less of a sat, ppm: the price rises as the channel empties, what is left sells sooner, and room is worth
 * most where there is none.
 */
export function leastGivenUp(channel: PlanChannel, board: Board): number {
  const bidPpm = board.priceAfter(channel, 0);
  const roomPpm = roomWorth(channel, 0, board);
  if (!(bidPpm > 0)) return -roomPpm;
  const { dailyOutMsat } = channel;
  return -roomPpm + bidPpm * (dailyOutMsat === null ? 1 : timeFactor(board.figures(channel).local, 0, dailyOutMsat));
}

/** A window of a week, in which the seed's plain rule lets liquidity turn over. */
const PLAIN_DAYS = 7;

/**
 * The seed's plain rule, for display: destination fee - inbound cost - source fee weighted by how much of the source turns
 * over in a week.
 */
export function plainSpread(from: PlanChannel, to: PlanChannel, inboundPpm: number): number {
  const turnover = (from.dailyOutMsat ?? 0) / Math.max(1, msatToFloat(from.view.capacity));
  return to.view.feePpm - inboundPpm - Math.min(1, turnover * PLAIN_DAYS) * from.view.feePpm;
}

// Who is the one customer that is as large as all others together? The largest channel's peer, until it leaves.
import { DAY } from '../basics.ts';
import { demandAt } from './demand.ts';
import { largestPayment, type Market } from '../market.ts';
import { cappedLognormalMean } from './normal.ts';

export interface Whale {
  readonly to: number;
  /** Payments a day to it if its channel were free. */
  readonly perDay: number;
  /** When it leaves, seconds since the epoch. */
  readonly until: number;
}

/** As many payments as make its share of the volume at the start, were everything free. */
export function drawWhale(market: Market): Whale | null {
  const { scenario, channels, start } = market;
  const { whale } = scenario;
  if (whale === null || channels.length < 2) return null;
  const largest = Math.max(...channels.map(({ capacityMsat }) => capacityMsat));
  const to = channels.findIndex(({ capacityMsat }) => capacityMsat === largest);
  const others = demandAt(market, start).volume.reduce((sum, row) => sum + row.reduce((all, sats) => all + sats, 0), 0);
  const wanted = (others * whale.volumeShare) / (1 - whale.volumeShare);
  const reach = channels.reduce((sum, _, from) => sum + satsPerPayment(market, from, to), 0);
  return { to, perDay: wanted / reach, until: start + whale.leavesOnDay * DAY };
}

/** What comes from one channel in the mean of its payments, sats: its part of them times their mean. */
export function satsPerPayment(market: Market, from: number, to: number): number {
  const { channels, scenario } = market;
  const { whale } = scenario;
  if (whale === null || from === to) return 0;
  const part = (channels[from]?.source ?? 0) / (1 - (channels[to]?.source ?? 0));
  return part * cappedLognormalMean(whale.medianSats, whale.sigma, largestPayment(market, from, to) / 1000);
}

// What would have been read of a rival, every two hours, while we asked this and it asked that?
import { NOTHING_WATCHED, watchRivals, type OtherFee, type RivalWatch } from '../../../src/core/fee/rival-watch.ts';
import { NO_RIVALRY, type Rivalry } from '../../../src/core/fee/rivalry.ts';
import { unixSec } from '../../../src/core/units.ts';
import { START } from './builders.ts';

export const READ_HOURS = 2;

/** Fees by the hour since START. */
export type Course = (hour: number) => number;

/** @param others by the name of their channel */
export function lived(ours: Course, others: Readonly<Record<string, Course>>, hours: number): RivalWatch {
  let watch = NOTHING_WATCHED(unixSec(START));
  for (let hour = 0; hour <= hours; hour += READ_HOURS) {
    const now = unixSec(START + 3600 * hour);
    const fees = Object.entries(others).map(([channelId, course]): OtherFee => {
      return { channelId, feePpm: Math.round(course(hour)) };
    });
    watch = watchRivals(watch, fees, Math.round(ours(hour)), now);
  }
  return watch;
}

/** Asks a part of what we asked so long ago, and never more than usual. */
export const follows =
  (ours: Course, { ratio = 0.9, lagHours = 30, usualPpm = 500 } = {}): Course =>
  (hour) =>
    Math.min(usualPpm, ratio * ours(hour - lagHours));

/** A fee of these after the other, each for so many hours. */
export const turns =
  (fees: readonly number[], hours: number): Course =>
  (hour) =>
    fees[Math.max(0, Math.floor(hour / hours)) % fees.length] ?? 0;

/** Of a peer to which someone has followed us for twenty days. */
export function followedRivalry(usualPpm = 500): Rivalry {
  const ours = turns([0.95 * usualPpm, 0.7 * usualPpm, 0.5 * usualPpm, 1.4 * usualPpm], 48);
  return { ...NO_RIVALRY(unixSec(START)), watch: lived(ours, { rival: follows(ours, { usualPpm }) }, 480) };
}

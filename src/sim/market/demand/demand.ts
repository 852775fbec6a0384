// What would a planner who knew everything plan with? The demand that the streams of payments are drawn from, in sums.
import { bankColumns } from './bank-market.ts';
import { isWithin } from './hours.ts';
import { largestPayment, regimeAt, shareAt, type Market } from '../market.ts';
import { cappedLognormalMean, cappedLognormalTail } from './normal.ts';
import { Season } from './season.ts';
import { stormAt } from './storm.ts';
import { satsPerPayment } from './whale.ts';
import { MOST_PPM, rivalMultiple } from './willingness.ts';

/** Payments to one channel whose senders are alike. */
export interface DemandClass {
  /** Sats a day by the channel they come from, if it were free. */
  readonly from: Float64Array;
  /**
   * Share of them that pays a fee, ppm.
   * @param rival what a rival asks, in multiples of its usual price; 1, where more pay than at any other, unless it is told
   */
  share(feePpm: number, rival?: number): number;
}

/** Payments to one channel at the times at which one fee is asked of all of them. */
export interface DemandColumn {
  readonly to: number;
  /** Whether they come within the scenario's hours; false for all where no hours differ. */
  readonly within: boolean;
  /** Fees among which the best one is, ppm, ascending. */
  readonly fees: Float64Array;
  readonly classes: readonly DemandClass[];
  /** What the rival asks, in multiples of its usual price, once it has seen that fee of ours; null: it stays where it is. */
  readonly follows: ((feePpm: number) => number) | null;
}

/** Demand between two changes of it, in the mean of days and weeks. */
export interface Demand {
  /** Sats a day that would go from i to j if it were free: `volume[i][j]`. */
  readonly volume: readonly (readonly number[])[];
  /** Of each channel, outside of the scenario's hours. */
  readonly scalePpm: readonly number[];
  /** The same by channel and part of the day, with what senders pay. */
  readonly columns: readonly DemandColumn[];
}

/**
 * Fees considered, ppm: nothing, and from 1 to 5000 in steps of 5 %. Revenue is flat at its top: 0.05 % is lost at most.
 */
export const FEES = Float64Array.from({ length: 176 }, (_, i) => (i === 0 ? 0 : Math.min(MOST_PPM, 1.05 ** (i - 1))));

export function demandAt(market: Market, time: number): Demand {
  const { channels, scenario } = market;
  const scalePpm = channels.map((channel) => regimeAt(channel, time).scalePpm);
  const columns = scenario.bank === null ? drawnColumns(market, time) : bankColumns(market, scenario.bank, time);
  const volume = channels.map(() => channels.map(() => 0));
  for (const { to, classes } of columns)
    for (const { from } of classes)
      from.forEach((sats, i) => {
        const row = volume[i];
        if (row !== undefined) row[to] = (row[to] ?? 0) + sats;
      });
  return { volume, scalePpm, columns };
}

/** Demand of that volume from i to j whose senders are of the scenario's family. */
export function familyDemand(market: Market, volume: Demand['volume'], scalePpm: readonly number[]): Demand {
  const columns = scalePpm.map((scale, to) => {
    const from = Float64Array.from(volume, (row) => row[to] ?? 0);
    const classes = [familyClass(market, scale, from)];
    return { to, within: false, fees: FEES, classes, follows: followsAt(market, scale) };
  });
  return { volume, scalePpm, columns };
}

function familyClass(market: Market, scale: number, from: Float64Array): DemandClass {
  return { from, share: (fee, rival = 1) => shareAt(market, scale, fee, rival) };
}

function followsAt({ scenario }: Market, scale: number): DemandColumn['follows'] {
  const { rival } = scenario;
  return rival === null ? null : (fee) => rivalMultiple(rival, scale, fee);
}

function drawnColumns(market: Market, time: number): DemandColumn[] {
  const { channels, scenario } = market;
  const { hours } = scenario;
  const inside = hours === null ? 0 : new Season(scenario.season).partOfDay(hours.from, hours.until);
  const satsPerDay = volumes(market, time);
  return channels.flatMap((channel, to) => {
    const { scalePpm } = regimeAt(channel, time);
    const column = (within: boolean, part: number, scale: number, rate: number): DemandColumn => {
      const from = Float64Array.from(channels, (_, i) => part * satsPerDay(i, to, rate));
      const classes = [familyClass(market, scale, from)];
      return { to, within, fees: FEES, classes, follows: followsAt(market, scale) };
    };
    const outside = column(false, 1 - inside, scalePpm, 1);
    if (hours === null) return [outside];
    return [outside, column(true, inside, scalePpm * channel.hours.scale, channel.hours.rate)];
  });
}

/** What goes from one channel to another at so many times the channel's rate, were it free. */
function volumes(market: Market, time: number): (from: number, to: number, rate: number) => number {
  const { channels, scenario, whale } = market;
  const storm = stormAt(market, time);
  const means = meansOf(market);
  const sinks = channels.map((channel) => channel.sinkPerDay * regimeAt(channel, time).rateFactor);
  const all = sinks.reduce((sum, perDay) => sum + perDay, 0);
  // Of one sat each.
  const micro = ((scenario.noise?.micro ?? 0) * scenario.forwardsPerDay) / all;
  return (from, to, rate) => {
    const [into, out] = [channels[from], channels[to]];
    if (from === to || into === undefined || out === undefined) return 0;
    let mean = means[from * channels.length + to] ?? 0;
    if (storm !== null) {
      const { medianSats, sigma } = scenario.payment;
      const large = cappedLognormalTail(medianSats, sigma, storm.largeSats, largestPayment(market, from, to) / 1000);
      mean += (storm.largeRate - 1) * large;
    }
    const payments = ((sinks[to] ?? 0) * rate * into.source) / (1 - out.source);
    const sats = payments * (mean + micro);
    const swallowed = whale?.to === to && time < whale.until ? whale.perDay * satsPerPayment(market, from, to) : 0;
    return (sats + swallowed) * into.onlineShare * out.onlineShare;
  };
}

const known = new WeakMap<Market['channels'], Float64Array>();

/** Mean payment from i to j, sats, at i x count + j. */
function meansOf(market: Market): Float64Array {
  const { channels, scenario } = market;
  const found = known.get(channels);
  if (found !== undefined) return found;
  const { medianSats, sigma } = scenario.payment;
  const count = channels.length;
  const means = Float64Array.from({ length: count * count }, (_, at) => {
    const cap = largestPayment(market, Math.floor(at / count), at % count) / 1000;
    return cappedLognormalMean(medianSats, sigma, cap);
  });
  known.set(channels, means);
  return means;
}

/** Whether a column's payments come at that time. */
export const isNow = (column: DemandColumn, market: Market, time: number): boolean =>
  column.within === isWithin(market.scenario.hours, time);

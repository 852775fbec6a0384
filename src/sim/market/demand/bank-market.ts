// What does a demand bank say of the market? Channels and payments as a search in a graph found them: no formula.
import { groupBy } from '../../../core/group-by.ts';
import { MAINNET_MEDIAN_PPM } from '../basics.ts';
import { bestFee, type Sale } from './best-fee.ts';
import { FEES, type DemandClass, type DemandColumn } from './demand.ts';
import { regimeAt, type Draft, type Market } from '../market.ts';
import type { DemandBank } from '../scenario.ts';
import { MOST_PPM } from './willingness.ts';

interface Row extends Sale {
  readonly from: number;
}

/** Of the bank's payments those to a channel, by the channel they come from. */
function rowsTo({ payments }: DemandBank, channel: number): Map<number, Row[]> {
  const rows = payments.to.flatMap((to, i) =>
    to === channel
      ? [
          {
            from: payments.from[i] ?? 0,
            sats: (payments.amountSats[i] ?? 0) * (payments.weight[i] ?? 0),
            reservationPpm: capped(payments.reservationPpm[i] ?? 0),
          },
        ]
      : [],
  );
  return groupBy(rows, ({ from }) => from);
}

const capped = (ppm: number): number => Math.min(MOST_PPM, ppm);

/** A channel's scale is its fee of highest revenue, as it is of the families that are drawn from. */
export function bankChannels(bank: DemandBank): Draft[] {
  const { from, to, weight } = bank.payments;
  const per = 1 / totalWeight(bank);
  const share = (column: readonly number[], k: number): number =>
    per * weight.reduce((sum, one, row) => (column[row] === k ? sum + one : sum), 0);
  return bank.channels.map(({ capacitySats }, k) => ({
    capacityMsat: Math.round(capacitySats) * 1000,
    source: share(from, k),
    sinkPerDay: bank.perDay * share(to, k),
    // Where nobody pays no fee is best: the network's then.
    scalePpm: bestFee([...rowsTo(bank, k).values()].flat()) || MAINNET_MEDIAN_PPM,
  }));
}

/** What a payment's weight is a share of. */
const totalWeight = ({ payments }: DemandBank): number => payments.weight.reduce((sum, one) => sum + one, 0) || 1;

/** The bank's payments themselves: what pays at a fee is what was found to. */
export function bankColumns(market: Market, bank: DemandBank, time: number): DemandColumn[] {
  const total = totalWeight(bank);
  return market.channels.map((channel, to) => {
    const { scalePpm, rateFactor } = regimeAt(channel, time);
    const scale = scalePpm / (channel.regimes[0]?.scalePpm ?? scalePpm);
    const rows = rowsTo(bank, to);
    const perWeight = (bank.perDay / total) * rateFactor * channel.onlineShare;
    const classes = [...rows].map(([from, ofPair]): DemandClass => {
      const online = market.channels[from]?.onlineShare ?? 1;
      const share = shareOf(ofPair, scale);
      const perDay = ofPair.reduce((sum, { sats }) => sum + sats, 0) * perWeight * online;
      const column = Float64Array.from(market.channels, (_, i) => (i === from ? perDay : 0));
      return { from: column, share };
    });
    return { to, within: false, fees: feesOf([...rows.values()].flat(), scale), classes, follows: null };
  });
}

/** Share by amount of those who would pay that much. */
function shareOf(rows: readonly Row[], scale: number): (feePpm: number) => number {
  const sorted = [...rows].sort((a, b) => b.reservationPpm - a.reservationPpm);
  const limits = sorted.map(({ reservationPpm }) => capped(reservationPpm * scale));
  let sum = 0;
  const sold = sorted.map(({ sats }) => (sum += sats));
  return (feePpm) => {
    let low = 0;
    let high = limits.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((limits[middle] ?? 0) >= feePpm) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? 0 : (sold[low - 1] ?? 0) / Math.max(sum, 1e-12);
  };
}

/** Between two of what senders would pay, more is better. */
function feesOf(rows: readonly Row[], scale: number): Float64Array {
  if (rows.length === 0) return FEES;
  const limits = new Set([0, ...rows.map(({ reservationPpm }) => capped(reservationPpm * scale))]);
  return Float64Array.from([...limits].sort((a, b) => a - b));
}

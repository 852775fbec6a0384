// What do LNDg's AutoFees earn? Steps by balance and by a week's flow, once a day at most.
//
// peers-and-drivers 4.4; cryptosharks131/lndg bd75f83 (1.10.1), af.py and jobs.py auto_fees. Not ported: inbound fees,
// which lightningd does not have (off by default there, too).
import type { FeeTool } from '../engine/run.ts';
import { FlowWindow } from './flow-window.ts';

export interface AutoFeesOptions {
  /** AF-MaxRate, AF-MinRate. */
  readonly maxPpm: number;
  readonly minPpm: number;
  /** AF-Increment: fees are multiples of it. */
  readonly incrementPpm: number;
  /** AF-Multiplier. */
  readonly multiplier: number;
}

export const AUTO_FEES_SHIPPED: AutoFeesOptions = { maxPpm: 2500, minPpm: 0, incrementPpm: 5, multiplier: 5 };
/** AF-LowLiqLimit and AF-ExcessLimit, percent on our side. */
const LIMIT = { low: 15, excess: 95 } as const;
/** AF-FailedHTLCs and AF-UpdateHours. */
const FAILED = 25;
const UPDATE_SECONDS = 24 * 3600;
/** Forwards below do not count. */
const LEAST_MSAT = 1_000_000;
const DAY = 86_400;

/** One peer's week, as af.py has it in one row. */
export interface PeerWeek {
  /** Percent of the capacity on our side. */
  readonly outPercent: number;
  /** Payments refused for want of liquidity in the last 24 hours. */
  readonly failed: number;
  /** Sats that came in within 24 hours, in and out within 7 days. */
  readonly in1dSats: number;
  readonly in7dSats: number;
  readonly out7dSats: number;
  readonly capacitySats: number;
  /** Fees of what left, and of what came in, within 7 days. */
  readonly revenue: number;
  readonly assisted: number;
}

/** compute_outbound_adjustment, ppm. */
export function autoFeeStep(week: PeerWeek, multiplier: number): number {
  const { outPercent, in7dSats, out7dSats, capacitySats } = week;
  const idle = in7dSats + out7dSats === 0;
  const net = (out7dSats - in7dSats) / capacitySats;
  if (outPercent <= LIMIT.low) return week.failed > FAILED && week.in1dSats === 0 ? 5 * multiplier : 0;
  if (outPercent < LIMIT.excess) {
    if (idle) return -3 * multiplier;
    return net > 1 ? 2 * multiplier * (1 + net) : 0;
  }
  if (idle) return -5 * multiplier;
  return net < 0 && week.assisted > week.revenue * 10 ? -5 * multiplier : 0;
}

/** The next fee, ppm: to the nearest increment, within the bounds. */
export function autoFee(feePpm: number, week: PeerWeek, options: AutoFeesOptions): number {
  const { maxPpm, minPpm, incrementPpm, multiplier } = options;
  const wanted = roundHalfEven((feePpm + autoFeeStep(week, multiplier)) / incrementPpm) * incrementPpm;
  return Math.min(maxPpm, Math.max(minPpm, wanted));
}

/** As pandas rounds. */
function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}

const sats = (msat: number | undefined): number => Math.floor((msat ?? 0) / 1000);

type Row = { -readonly [Column in keyof PeerWeek]: PeerWeek[Column] };

const emptyRow = (): Row => ({
  outPercent: 0,
  failed: 0,
  in1dSats: 0,
  in7dSats: 0,
  out7dSats: 0,
  capacitySats: 0,
  revenue: 0,
  assisted: 0,
});

export function autoFees(options: AutoFeesOptions = AUTO_FEES_SHIPPED): FeeTool {
  let week: FlowWindow | null = null;
  let day: FlowWindow | null = null;
  /** One for all: a new one for each look at each channel costs more than all that is reckoned with it. */
  const row = emptyRow();
  /** By channel, of `refused`. */
  let failed: number[] = [];
  let changedAt: number[] = [];
  const refused: { readonly at: number; readonly to: number }[] = [];
  return {
    name: 'lndg',
    wake(node) {
      const count = node.capacityMsat.length;
      if (week === null || day === null) {
        week = new FlowWindow(count, 7 * DAY);
        day = new FlowWindow(count, DAY);
        // fees_updated of a channel that LNDg sees for the first time.
        changedAt = node.capacityMsat.map(() => node.now);
        failed = node.capacityMsat.map(() => 0);
      }
      for (const forward of node.news) {
        if (forward.outcome === 'no-liquidity') {
          refused.push(forward);
          failed[forward.to] = (failed[forward.to] ?? 0) + 1;
        }
        if (forward.amountMsat < LEAST_MSAT) continue;
        week.add(forward);
        day.add(forward);
      }
      week.forget(node.now);
      day.forget(node.now);
      for (let old = refused[0]; old !== undefined && old.at < node.now - UPDATE_SECONDS; old = refused[0]) {
        failed[old.to] = (failed[old.to] ?? 0) - 1;
        refused.shift();
      }
      for (let k = 0; k < count; k++) {
        if (node.now - (changedAt[k] ?? 0) <= UPDATE_SECONDS) continue;
        const capacity = node.capacityMsat[k] ?? 1;
        row.outPercent = (node.localMsat(k) / capacity) * 100;
        row.failed = failed[k] ?? 0;
        row.in1dSats = sats(day.inMsat[k]);
        row.in7dSats = sats(week.inMsat[k]);
        row.out7dSats = sats(week.outMsat[k]);
        row.capacitySats = capacity / 1000;
        row.revenue = week.earnedMsat[k] ?? 0;
        row.assisted = week.assistedMsat[k] ?? 0;
        const fee = autoFee(node.feePpm(k), row, options);
        if (fee === node.feePpm(k)) continue;
        node.publish(k, fee);
        changedAt[k] = node.now;
      }
    },
  };
}

// What does lightningd's feeadjuster plugin earn? A fee by the balance, told where the balance has moved.
//
// peers-and-drivers 4.2; lightningd/plugins c0b768f3, feeadjuster.py. Not ported: the base fee, which the market does not
// have; htlc_maximum (off by default); the few seconds' delay of one event in ten. Each forward is an event there; here
// those of half an hour are one.
import type { SeededRandom } from '../../world/random.ts';
import type { NodeView } from '../engine/node-engine.ts';
import type { FeeTool } from '../engine/run.ts';

/** feeadjuster-adjustment-method. */
export type Method = 'default' | 'soft' | 'hard';

export interface FeeAdjusterOptions {
  /** Fee at half the capacity. By channel, ppm: feestrategy `median`; one number: `global`, lightningd's fee-per-satoshi. */
  readonly basePpm: number | readonly number[];
  readonly method: Method;
  /** feeadjuster-enough-liquidity, msat; 0: off. */
  readonly enoughMsat: number;
  /** feeadjuster-imbalance, 0 to 0.5; inside (i, 1 - i) the base is asked. 0.5: nowhere. */
  readonly imbalance: number;
}

/** fee-per-satoshi is 10 where nobody sets it. */
export const FEEADJUSTER_SHIPPED: FeeAdjusterOptions = {
  basePpm: 10,
  method: 'default',
  enoughMsat: 0,
  imbalance: 0.5,
};

/** feeadjuster-threshold and -threshold-abs (0.001 btc), and the fuzz of both. */
const THRESHOLD = { share: 0.05, msat: 100_000_000, fuzz: 0.015 } as const;

/** get_ratio and its kin: what the base is multiplied with at a share of the balance on our side. */
export function adjustment(method: Method, share: number): number {
  switch (method) {
    case 'default':
      return 50 ** (0.5 - share);
    case 'soft':
      return 10 ** (0.5 - share);
    case 'hard':
      return 100 ** (0.5 - share) * (1 - share) * 2;
  }
}

/** get_adjusted_percentage: between `enough` on both sides all is one half. */
export function adjustedShare(ourMsat: number, totalMsat: number, enoughMsat: number): number {
  if (enoughMsat === 0) return ourMsat / totalMsat;
  const least = Math.min(totalMsat / 2, enoughMsat);
  const theirMsat = totalMsat - ourMsat;
  if (ourMsat >= least && theirMsat >= least) return 0.5;
  if (ourMsat < least) return ourMsat / least / 2;
  return (least - theirMsat) / least / 2 + 0.5;
}

export function feeadjuster(random: SeededRandom, options: FeeAdjusterOptions = FEEADJUSTER_SHIPPED): FeeTool {
  const { basePpm, method, enoughMsat, imbalance } = options;
  /** Balance at the last change; null before the first. */
  let changedAt: (number | null)[] | null = null;
  const adjust = (node: NodeView, k: number, balances: (number | null)[]): void => {
    const our = node.localMsat(k);
    const total = node.capacityMsat[k] ?? 1;
    const base = Math.trunc(typeof basePpm === 'number' ? basePpm : (basePpm[k] ?? 0));
    const share = our / total;
    let fee = base;
    if (share <= imbalance || share >= 1 - imbalance) {
      if (!moved(balances[k] ?? null, our, total, random)) return;
      fee = Math.trunc(base * adjustment(method, adjustedShare(our, total, enoughMsat)));
    }
    if (fee === node.feePpm(k)) return;
    node.publish(k, fee);
    balances[k] = our;
  };
  return {
    name: 'feeadjuster',
    wake(node) {
      const all = node.capacityMsat.map((_, k) => k);
      if (changedAt === null) {
        const balances: (number | null)[] = all.map(() => null);
        changedAt = balances;
        for (const k of all) adjust(node, k, balances);
        return;
      }
      const used = new Set<number>();
      for (const { from, to, outcome } of node.news) if (outcome === 'settled') used.add(from).add(to);
      for (const k of all) if (used.has(k)) adjust(node, k, changedAt);
    },
  };
}

/** significant_update: far enough from where it was at the last change, with chance in it against probing. */
function moved(before: number | null, our: number, total: number, random: SeededRandom): boolean {
  if (before === null) return true;
  const share = THRESHOLD.share + random.between(-THRESHOLD.fuzz, THRESHOLD.fuzz);
  const msat = THRESHOLD.msat * (1 + random.between(-THRESHOLD.fuzz, THRESHOLD.fuzz));
  return Math.abs(before / total - our / total) > share || Math.abs(before - our) > msat;
}

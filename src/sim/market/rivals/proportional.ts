// What does a fee that falls with the balance earn? charge-lnd's `proportional` strategy, run every hour.
import type { FeeTool } from '../engine/run.ts';

const HOUR = 3600;

/**
 * ppm = min + (1 - local share) x (max - min), changes below 10 ppm not told: charge-lnd's arithmetic and its
 * min_fee_ppm_delta for this strategy (peers-and-drivers 4.3).
 */
export function proportional(minPpm = 10, maxPpm = 500): FeeTool {
  const leastChange = 10;
  return {
    name: 'proportional',
    wake(node) {
      if (node.now % HOUR !== 0) return;
      node.capacityMsat.forEach((capacity, k) => {
        const fee = Math.trunc(minPpm + (1 - node.localMsat(k) / capacity) * (maxPpm - minPpm));
        if (Math.abs(fee - node.feePpm(k)) >= leastChange) node.publish(k, fee);
      });
    },
  };
}

// What does a node earn that asks what others ask, once and for all? (peers-and-drivers 4.7: the control group)
import type { FeeTool } from '../engine/run.ts';
import type { Surroundings } from './surroundings.ts';

export function marketMedian({ medianPpm }: Pick<Surroundings, 'medianPpm'>): FeeTool {
  let done = false;
  return {
    name: 'market-median',
    wake(node) {
      if (done) return;
      done = true;
      medianPpm.forEach((fee, k) => {
        node.publish(k, fee);
      });
    },
  };
}

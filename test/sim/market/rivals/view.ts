// What does a fee tool see of a node whose balances and forwards are made up?
import type { ForwardSeen, NodeView } from '../../../../src/sim/market/engine/node-engine.ts';
import type { FeeTool } from '../../../../src/sim/market/engine/run.ts';

/** One node with channels of equal capacity. Fees are what was published. */
export class MadeUpNode {
  readonly fees: number[];
  readonly shares: number[];
  readonly capacityMsat: number;
  /** Channels whose peers are not connected. */
  readonly offline = new Set<number>();
  now = 0;

  constructor(fees: readonly number[], shares: readonly number[], capacityMsat = 5e9) {
    this.fees = [...fees];
    this.shares = [...shares];
    this.capacityMsat = capacityMsat;
  }

  /** Wakes the tool after so many seconds with what has happened since. */
  wake(tool: FeeTool, seconds: number, news: readonly ForwardSeen[] = []): readonly number[] {
    this.now += seconds;
    const view: NodeView = {
      now: this.now,
      capacityMsat: this.fees.map(() => this.capacityMsat),
      reserveMsat: this.fees.map(() => this.capacityMsat / 100),
      localMsat: (k) => Math.round((this.shares[k] ?? 0) * this.capacityMsat),
      feePpm: (k) => this.fees[k] ?? 0,
      online: (k) => !this.offline.has(k),
      rivalPpm: () => null,
      news,
      purchases: () => ({ costMsat: 0, boughtMsat: 0, netMsat: 0, lots: null }),
      publish: (k, ppm) => {
        this.fees[k] = ppm;
      },
    };
    tool.wake(view);
    return [...this.fees];
  }

  /** A forward at the present time. */
  forward(from: number, to: number, amountMsat: number, outcome: ForwardSeen['outcome'] = 'settled'): ForwardSeen {
    const feeMsat = outcome === 'settled' ? Math.floor((amountMsat * (this.fees[to] ?? 0)) / 1e6) : 0;
    return { at: this.now, from, to, amountMsat, feeMsat, outcome };
  }
}

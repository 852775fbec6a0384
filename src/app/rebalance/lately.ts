// What have forwards and rebalances of late taught? Worked out anew only when there is more to learn from.
import { paidOf } from '../../core/rebalance/inbound.ts';
import type { Intent } from '../../core/rebalance/intent.ts';
import type { PaidCost, PlanInput } from '../../core/rebalance/plan-types.ts';
import { trafficOf, type Exit } from '../../core/rebalance/traffic.ts';
import type { NodeId } from '../../core/units.ts';
import type { FeeStore, KeptPricing } from '../../ports.ts';

export class Lately {
  #pricing: ReadonlyMap<NodeId, KeptPricing> | null = null;
  #traffic: PlanInput['traffic'] = new Map();
  #arrived: readonly Intent[] | null = null;
  #paid: readonly PaidCost[] = [];

  /**
   * Which way forwards have gone, by what pricing remembers of them; valued at the fees that are usual there.
   * @param pricing a new object after each cycle of pricing, even one that has changed nothing but fees
   * @param isExit whether there is a channel to the peer: pricing remembers for ever what left by those who are gone
   */
  traffic(
    pricing: ReadonlyMap<NodeId, KeptPricing>,
    isExit: (peer: NodeId) => boolean,
    fees: Pick<FeeStore, 'decision'>,
  ): PlanInput['traffic'] {
    if (pricing === this.#pricing) return this.#traffic;
    const exits: Exit[] = [];
    for (const [peer, { state }] of pricing) {
      if (!isExit(peer)) continue;
      const price = fees.decision(peer)?.price ?? null;
      if (price !== null) exits.push({ peer, state, scale: price.scale });
    }
    this.#pricing = pricing;
    return (this.#traffic = trafficOf(exits));
  }

  /** What rebalances that arrived have really cost. */
  paid(arrived: readonly Intent[]): readonly PaidCost[] {
    if (arrived === this.#arrived) return this.#paid;
    this.#arrived = arrived;
    return (this.#paid = paidOf(arrived));
  }
}

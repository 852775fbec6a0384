// Did any msat appear or vanish? Every channel's balance told again from what moved it (quant 4.9 g).
import { DAY, OUTSIDE } from '../market.ts';
import type { NodeEngine } from '../engine/node-engine.ts';

/** Longer than any payment is under way (circular-routes.ts: a day at most). */
const UNTIL_ALL_HAS_ENDED = 2 * DAY;

export class Audit {
  readonly #engine: NodeEngine;
  readonly #balance: bigint[];
  /** What forwards earned and rebalances cost, by what was told of them one by one. */
  #earned = 0n;
  #paid = 0n;

  /** To be made before anything has happened. */
  constructor(engine: NodeEngine) {
    this.#engine = engine;
    this.#balance = engine.capacityMsat.map((_, k) => BigInt(engine.localMsat(k)));
    const limited = engine.market.scenario.liquidity === 'coupled';
    engine.listen({
      forwarded: ({ from, to, amountMsat, feeMsat }) => {
        this.#earned += BigInt(feeMsat);
        if (!limited) return;
        this.#move(to, -amountMsat);
        if (from !== OUTSIDE) this.#move(from, amountMsat + feeMsat);
      },
      rebalanced: ({ from, to, amountMsat, feeMsat }) => {
        this.#paid += BigInt(feeMsat);
        this.#move(from, -(amountMsat + feeMsat));
        this.#move(to, amountMsat);
      },
    });
  }

  /**
   * Lets what is under way come to its end, so the run is over for good.
   * @throws Error that names the first balance or sum that is off
   */
  close(): void {
    const engine = this.#engine;
    const { feesMsat, rebalanceFeesMsat } = engine.totals;
    same('fees earned', this.#earned, feesMsat);
    same('paid for rebalances', this.#paid, rebalanceFeesMsat);
    engine.advanceTo(engine.now + UNTIL_ALL_HAS_ENDED);
    this.#balance.forEach((told, k) => {
      same(`channel ${k}`, told, engine.localMsat(k));
    });
  }

  #move(channel: number, byMsat: number): void {
    this.#balance[channel] = (this.#balance[channel] ?? 0n) + BigInt(byMsat);
  }
}

function same(what: string, told: bigint, heldMsat: number): void {
  if (Number.isInteger(heldMsat) && told === BigInt(heldMsat)) return;
  throw new Error(`conservation: ${what}: expected ${told} msat by what moved, got ${heldMsat}`);
}

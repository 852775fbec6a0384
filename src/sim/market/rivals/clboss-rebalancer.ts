// What does clboss's rebalancing earn? Its three rebalancers at their times.
//
// ksedgwic/clboss 49ffd76 (0.16.3). Two things differ from it. Its JIT rebalancer holds a payment for which there is too
// little until the channel is filled; here the payment has been refused by then, and only the next ones find it filled.
// And moves follow one another, where clboss carries them out side by side.
import type { SeededRandom } from '../../world/random.ts';
import type { MarketDriver } from '../engine/market-driver.ts';
import type { ForwardSeen, NodeEngine } from '../engine/node-engine.ts';
import type { FeeTool, Rebalancer } from '../engine/run.ts';
import { moveFunds } from './clboss-funds-mover.ts';
import {
  earningsMoves,
  initialMoves,
  isNearlyFull,
  jitMove,
  type ClbossMove,
  type PeerAccount,
} from './clboss-moves.ts';

/** TimerRandomHourly, of which every second one is taken. */
const EARNINGS_EVERY = { least: 1800, most: 5400, chance: 0.5 } as const;

/** All that ever came and went, as EarningsTracker adds it up. */
class Accounts {
  readonly #engine: NodeEngine;
  readonly #of: { inEarned: number; outEarned: number; inSpent: number; outSpent: number }[];

  constructor(engine: NodeEngine) {
    this.#engine = engine;
    this.#of = engine.capacityMsat.map(() => ({ inEarned: 0, outEarned: 0, inSpent: 0, outSpent: 0 }));
    const of = this.#of;
    engine.listen({
      forwarded: ({ from, to, feeMsat }) => {
        const into = of[from];
        if (into !== undefined) into.inEarned += feeMsat;
        const out = of[to];
        if (out !== undefined) out.outEarned += feeMsat;
      },
      rebalanced: ({ from, to, feeMsat }) => {
        const source = of[from];
        if (source !== undefined) source.inSpent += feeMsat;
        const destination = of[to];
        if (destination !== undefined) destination.outSpent += feeMsat;
      },
    });
  }

  peers(): PeerAccount[] {
    return this.#of.map(({ inEarned, outEarned, inSpent, outSpent }, k) => ({
      localMsat: this.#engine.localMsat(k),
      capacityMsat: this.#engine.capacityMsat[k] ?? 1,
      inEarnedMsat: inEarned,
      outEarnedMsat: outEarned,
      inSpentMsat: inSpent,
      outSpentMsat: outSpent,
    }));
  }
}

/** The rebalancer, and the same fee tool again: through it the rebalancer hears of refused payments. */
export function withClbossRebalancer(
  fees: FeeTool,
  engine: NodeEngine,
  driver: MarketDriver,
  random: SeededRandom,
): { readonly fees: FeeTool; readonly rebalancer: Rebalancer } {
  const accounts = new Accounts(engine);
  let refused: ForwardSeen[] = [];
  let due = engine.now;
  const carryOut = (moves: readonly ClbossMove[]): void => {
    for (const move of moves) moveFunds(engine, driver, move);
  };
  return {
    fees: {
      name: fees.name,
      wake(node) {
        for (const forward of node.news) if (forward.outcome === 'no-liquidity') refused.push(forward);
        fees.wake(node);
      },
    },
    rebalancer: {
      name: 'clboss',
      wake() {
        const asked = refused;
        refused = [];
        for (const { to, amountMsat } of asked) {
          const move = jitMove(accounts.peers(), to, amountMsat, random);
          if (move !== null) carryOut([move]);
        }
        if (engine.capacityMsat.some((capacity, k) => isNearlyFull(engine.localMsat(k), capacity)))
          carryOut(initialMoves(accounts.peers(), random));
        if (engine.now < due) return;
        while (due <= engine.now) due += random.between(EARNINGS_EVERY.least, EARNINGS_EVERY.most);
        if (random.chance(EARNINGS_EVERY.chance)) carryOut(earningsMoves(accounts.peers()));
      },
    },
  };
}

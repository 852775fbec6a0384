// What do the ways cost by which the best orders would go? Asked before one is chosen, the most promising first.
//
// What is not known is hoped to be cheap. The best order is asked for, again and again, until the best is one whose price
// is known: no other is worth asking for then (optimal search, Weitzman 1979).
import type { PlanInput, Proposal } from '../../core/rebalance/plan-types.ts';
import { HopedOrder } from '../../core/rebalance/plan.ts';
import { knownWay, toldOf } from '../../core/rebalance/ways.ts';
import { NodeError, type RebalanceDriver, type WayPrice, type WayQuestion } from '../../ports.ts';
import { driversAmong } from './driver-choice.ts';
import { learnOfPair } from './learn.ts';
import { orderId } from './order-id.ts';
import type { RebalancePorts } from './rebalance-ports.ts';

/** Part of a cycle that may go by with questions: each keeps askrene, and a core of the node's machine, busy for seconds. */
const ASKING_SHARE = 0.2;

/** No ledger knows of questions: one whose layer could not be removed is not to be taken for another instance's order. */
const QUESTION = 'ask-';

/** How much of a cycle is left for questions. */
export class AskingTime {
  #seconds: number;

  /** @param cycleSeconds from one cycle to the next */
  constructor(cycleSeconds: number) {
    this.#seconds = ASKING_SHARE * cycleSeconds;
  }

  get isLeft(): boolean {
    return this.#seconds > 0;
  }

  spend(seconds: number): void {
    this.#seconds -= seconds;
  }
}

export interface Asked {
  /** Look anew then, be it that nothing was answered: balances, and what the operator wants, have had time to change. */
  readonly asked: boolean;
  /** Whether an order may be worth carrying out: what does not pay by the cheapest way hoped for pays by none. */
  readonly hope: boolean;
}

/**
 * Finds out what it can, and sends nothing.
 * @throws NodeError where even the node's commands cannot be read; StoreError
 */
export async function askWays(
  ports: RebalancePorts,
  given: PlanInput,
  time: AskingTime,
  goOn: () => boolean,
): Promise<Asked> {
  const { clock, store, ways, log } = ports;
  const search = new HopedOrder(given);
  let driver: RebalanceDriver | null = null;
  let asked = false;
  while (time.isLeft && goOn()) {
    const best = search.best();
    if (best === null) return { asked, hope: false };
    if (knownWay(ways.memory, pairOf(best), given.waysAsOf) !== null) break;
    driver ??= await driverOf(ports);
    if (driver?.priceOf === undefined) break;
    const began = clock.now();
    asked = true;
    try {
      learn(ports, best, await driver.priceOf(questionOf(best, ports), ports.stopping));
    } catch (error) {
      if (!(error instanceof NodeError)) throw error;
      log.debug(`rebalance: what a way costs could not be asked, and the usual is expected: ${error.message}`);
      break;
    } finally {
      time.spend(clock.now() - began);
    }
    search.learn(pairOf(best), { ways: ways.memory, failures: store.rebalances.failures() });
  }
  return { asked, hope: true };
}

const pairOf = ({ from, to }: Proposal) => ({ from: from.channelId, to: to.channelId });

/** Null where there is none: the cycle says so itself. @throws NodeError */
async function driverOf(ports: RebalancePorts): Promise<RebalanceDriver | null> {
  const { driver } = driversAmong(await ports.node.readCommandNames(), ports).choice;
  return driver === null ? null : ports.rebalancing.driver(driver);
}

const questionOf = (
  { from, to, amountMsat, maxFeeMsat }: Proposal,
  { clock, rng }: Pick<RebalancePorts, 'clock' | 'rng'>,
): WayQuestion => ({ id: `${QUESTION}${orderId(clock.now(), rng)}`, from, to, amountMsat, maxFeeMsat });

function learn({ clock, store, ways }: RebalancePorts, proposal: Proposal, price: WayPrice): void {
  const now = clock.now();
  if (price.feeMsat === null) learnOfPair(store.rebalances, proposal, price.failure, now);
  else ways.tell(pairOf(proposal), toldOf(price.feeMsat, proposal.amountMsat, now));
}

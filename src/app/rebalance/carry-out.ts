// How does a decision to rebalance become a settled one? Reserve, dispatch, drive, settle, learn: the only way money leaves.
import { approve, type CapitalRefusal } from '../../core/rebalance/guard.ts';
import { eventOf, type Intent } from '../../core/rebalance/intent.ts';
import type { OpenRebalance, Proposal } from '../../core/rebalance/plan-types.ts';
import { mayGive, mayTake, rebalancePolicyOf } from '../../core/rebalance/policy.ts';
import type { ApprovedOrder, DriverName, DriverOutcome } from '../../core/rebalance/types.ts';
import { msatToSats, unixSec } from '../../core/units.ts';
import { NodeError, StoreError, type Policy } from '../../ports.ts';
import { inBooksNames } from '../channel-names.ts';
import { budgetSince, lessUnderWay, limitsOf, readFunds } from './capital.ts';
import { keptFromOthers } from './foreign-payments.ts';
import { learnOfDriver, learnOfPair } from './learn.ts';
import { orderId } from './order-id.ts';
import type { RebalancePorts } from './rebalance-ports.ts';

export type CarriedOut =
  /** Nothing was reserved. */
  | { readonly kind: 'refused'; readonly refusal: CapitalRefusal }
  /** A rebalance of the same two channels has not ended, or one of either has begun since we decided. */
  | { readonly kind: 'busy' }
  /** Reserved, and given back before anything was sent. */
  | { readonly kind: 'held-back'; readonly because: string }
  | { readonly kind: 'ended'; readonly intent: Intent; readonly outcome: DriverOutcome };

export interface Terms {
  readonly driver: DriverName;
  /** What was under way when we decided; null for the operator's own order, which stands whatever else has changed. */
  readonly seen: readonly OpenRebalance[] | null;
}

/**
 * Carries one proposal out under the capital controls, read again here. What happens once it has been dispatched ends in
 * the ledger, or stays open there for recovery.
 * @throws NodeError before anything is reserved; StoreError at any step, which recovery finishes
 */
export async function carryOut(ports: RebalancePorts, proposal: Proposal, terms: Terms): Promise<CarriedOut> {
  const { node, store, clock, rebalancing, flights, log } = ports;
  const { rebalanceTimeout } = ports.config();
  const manual = terms.seen === null;
  const ledger = store.rebalances;
  const read = await readFunds(node);
  const paymentsBefore = await rebalancing.payments.readPaymentsIndex();

  // No await from here to the reservation: nobody comes between.
  const now = clock.now();
  const { from, to, amountMsat, maxFeeMsat, evaluation } = proposal;
  const open = ledger.openIntents();
  if (open.some((intent) => isInTheWay(intent, proposal, terms.seen))) return { kind: 'busy' };
  const funds = lessUnderWay(
    read,
    open.filter(({ id }) => flights.ids.has(id)),
  );
  const order = {
    id: orderId(now, ports.rng),
    from,
    to,
    amountMsat,
    maxFeeMsat,
    deadline: unixSec(now + rebalanceTimeout),
  };
  const { expectedFeeMsat, expectedProfitMsat } = evaluation;
  const reserved = ledger.reserve(
    budgetSince(now),
    (spending) => approve(order, { ...limitsOf(ports.config()), spending, funds }),
    { driver: terms.driver, manual, expectedFeeMsat, expectedProfitMsat },
    now,
  );
  if (!reserved.ok) return { kind: 'refused', refusal: reserved.error };
  const restraint = ports.restraint(manual) ?? (manual ? null : forbidden(proposal, store.fees.policies(now)));
  if (restraint !== null) {
    ledger.advance(order.id, 'drop', now, { message: `not sent: ${restraint}` });
    return { kind: 'held-back', because: restraint };
  }
  ledger.advance(order.id, 'dispatch', now, paymentsBefore === null ? {} : { paymentsBefore });
  log.info(`rebalance ${describe(reserved.value)} by ${terms.driver}, at most ${msatToSats(maxFeeMsat)} sats`);

  // Until it is settled: recovery would do the same at the same time.
  return flights.follow(order.id, async () => {
    try {
      return await settle(ports, order.id, await drive(ports, reserved.value, terms.driver));
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      const sent = `${describe(reserved.value)} may have been sent: it stays reserved and is settled by the next cycle`;
      throw new StoreError(error.kind, `${error.message}; ${sent}`, { cause: error });
    }
  });
}

/**
 * One of the same pair; for what we have decided on ourselves also one of either channel that we did not know of then, such as
 * the operator's the other way.
 */
function isInTheWay(other: Intent, { from, to }: Proposal, seen: Terms['seen']): boolean {
  const [giver, taker] = [other.from.channelId, other.to.channelId];
  if (giver === from.channelId && taker === to.channelId) return true;
  if (seen === null || seen.some((each) => each.from === giver && each.to === taker)) return false;
  return [giver, taker].some((channel) => channel === from.channelId || channel === to.channelId);
}

/** What the operator has laid down while we looked at funds and payments. */
const forbidden = ({ from, to }: Proposal, policies: readonly Policy[]): string | null =>
  mayGive(rebalancePolicyOf(from.peerId, from.channelId, policies)) &&
  mayTake(rebalancePolicyOf(to.peerId, to.channelId, policies))
    ? null
    : 'a policy set meanwhile forbids it';

export const describe = ({ from, to, amountMsat }: Pick<Intent, 'from' | 'to' | 'amountMsat'>): string =>
  `${msatToSats(amountMsat)} sats from ${from.scid} to ${to.scid}`;

async function drive({ rebalancing, store, stopping }: RebalancePorts, order: ApprovedOrder, driver: DriverName) {
  return rebalancing.driver(driver).rebalance(order, {
    signal: stopping,
    onDispatched: (paymentHash) => {
      store.rebalances.addPaymentHash(order.id, paymentHash);
    },
  });
}

/** @throws StoreError: the intent stays as it was, and the next cycle settles it by what the node says */
async function settle(ports: RebalancePorts, id: string, outcome: DriverOutcome): Promise<CarriedOut> {
  const { store, clock, log, stopping } = ports;
  const ledger = store.rebalances;
  const at = clock.now();
  if (outcome.paymentHash !== null) ledger.addPaymentHash(id, outcome.paymentHash);
  const { event, news } = eventOf(outcome);
  const intent = ledger.advance(id, event, at, news);
  const said = `rebalance ${describe(intent)}: ${outcome.status}, ${outcome.reason}`;
  log[outcome.status === 'unknown' ? 'warn' : 'info'](inBooksNames(said, store.ledger));
  // That we stop it ourselves says nothing of the pair, nor of the driver.
  if (!stopping.aborted) {
    learnOfDriver(ledger, intent, outcome, at);
    learnOfPair(ledger, intent, outcome.failure, at);
    if (outcome.failure === 'too-expensive')
      ports.ways.forget({ from: intent.from.channelId, to: intent.to.channelId });
  }
  if (outcome.status === 'success') await afterSuccess(ports, intent);
  return { kind: 'ended', intent, outcome };
}

/**
 * clboss keeps off what we have balanced (anti-thrashing): it would move it back. What it cost is read at once, so that
 * the next decision knows.
 */
export async function afterSuccess(
  { store, clboss, clock, exclusive, takeInAccounts, log, restraint }: RebalancePorts,
  { from, to, manual }: Pick<Intent, 'from' | 'to' | 'manual'>,
) {
  await exclusive(async () => {
    // Looked up only now: what the operator has given back, or stopped, while it was under way is left alone.
    if (restraint(manual) !== null) return;
    for (const peer of keptFromOthers([from, to], store.fees, clock.now())) await clboss.take(peer, ['balance']);
  });
  if (restraint(manual) !== null) return;
  try {
    await takeInAccounts();
  } catch (error) {
    if (!(error instanceof NodeError || error instanceof StoreError)) throw error;
    log.debug(`rebalance: its cost will be read later: ${error.message}`);
  }
}

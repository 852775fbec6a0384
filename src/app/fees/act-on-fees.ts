// How does a decision on fees become the node's? One peer after the other, each call checked by the next.
import type { SetFee } from '../../core/fee/types.ts';
import type { ChannelId, NodeId, Ppm } from '../../core/units.ts';
import { NodeError, type FeeNode, type FeeStore, type Log } from '../../ports.ts';
import { OUTCOMES } from './outcomes.ts';

export interface ActPorts {
  readonly fees: FeeNode;
  readonly store: FeeStore;
  readonly log: Log;
  /** What people call a channel. */
  readonly nameOf: (channel: ChannelId) => string;
  /** Makes clboss leave the peer's fees alone; null once it does, else why it does not. @throws NodeError */
  readonly takeFees: (peer: NodeId) => Promise<string | null>;
  /** Why nothing may be changed any more; null while it may. Asked before every peer, and right before every sending. */
  readonly restraint: () => string | null;
}

/**
 * Carries out what was written down. An intent whose end is known is settled; one of which the node did not answer stays
 * open for the next cycle to look at.
 * @throws NodeError in the end when something could not be done, at once when the node does not answer; StoreError
 */
export async function actOnFees(ports: ActPorts, sets: readonly SetFee[]): Promise<void> {
  const failures: string[] = [];
  for (const [done, decision] of sets.entries()) {
    const restraint = ports.restraint();
    if (restraint !== null) {
      for (const rest of sets.slice(done)) drop(ports, rest, `not set: ${restraint}`);
      break;
    }
    try {
      const failure = await actOn(ports, decision);
      if (failure !== null) failures.push(failure);
    } catch (error) {
      // One that does not answer now would keep us waiting at every peer; what was not sent is known not to be done.
      for (const rest of sets.slice(done + 1)) drop(ports, rest, 'not set: the node did not answer');
      throw error;
    }
  }
  const [first] = failures;
  if (first !== undefined)
    throw new NodeError('refused', `${failures.length} of ${sets.length} fees could not be set; first: ${first}`);
}

/** Nothing of it was sent. */
function drop({ store }: ActPorts, { peerId, changes }: SetFee, outcome: string): void {
  for (const { channelId } of changes) store.settleIntent(channelId, 'dropped');
  store.saveOutcome(peerId, outcome);
}

/** Why it could not be done, or null. @throws NodeError when the node does not answer */
async function actOn(ports: ActPorts, decision: SetFee): Promise<string | null> {
  const { fees, store } = ports;
  const { peerId, changes } = decision;
  let before: ReadonlyMap<ChannelId, Ppm>;
  try {
    const refusal = await ports.takeFees(peerId);
    if (refusal !== null) {
      drop(ports, decision, `not set: ${refusal}`);
      ports.log.warn(`fees: ${refusal}`);
      return refusal;
    }
    before = await fees.readFees(peerId);
  } catch (error) {
    if (error instanceof NodeError) drop(ports, decision, `not set: ${error.message}`);
    throw error;
  }
  const failures: string[] = [];
  const sent: ChannelId[] = [];
  let restraint: string | null = null;
  for (const [i, { channelId, fromPpm }] of changes.entries()) {
    const present = before.get(channelId);
    if (present === decision.ppm) {
      sent.push(channelId);
      continue;
    }
    if (present !== fromPpm) {
      store.settleIntent(channelId, 'dropped');
      failures.push(
        `${ports.nameOf(channelId)}: expected ${fromPpm} ppm as a moment ago, got ${present === undefined ? 'no such channel' : `${present} ppm`}`,
      );
      continue;
    }
    // clboss and the node have had up to a minute each since this was asked before.
    const stop = ports.restraint();
    if (stop !== null) {
      restraint = stop;
      store.settleIntent(channelId, 'dropped');
      continue;
    }
    const refusal = await send(ports, decision, i);
    if (refusal === null) sent.push(channelId);
    else failures.push(refusal);
  }
  if (sent.length > 0) failures.push(...(await verify(ports, decision, sent)));
  const failure = failures.length === 0 ? null : failures.join('; ');
  const because = failure ?? restraint;
  store.saveOutcome(peerId, because === null ? OUTCOMES.set : `not set: ${because}`);
  return failure;
}

/** One call. Why it was refused, or null. @throws NodeError when the node does not answer: the end is not known then */
async function send(ports: ActPorts, { peerId, ppm, changes }: SetFee, i: number): Promise<string | null> {
  const { fees, store, nameOf } = ports;
  const change = changes[i];
  if (change === undefined) return null;
  try {
    await fees.setFee(change.channelId, ppm);
    return null;
  } catch (error) {
    if (!(error instanceof NodeError)) throw error;
    if (error.isRefusal) {
      store.settleIntent(change.channelId, 'dropped');
      return `${nameOf(change.channelId)}: ${error.message}`;
    }
    for (const { channelId } of changes.slice(i + 1)) store.settleIntent(channelId, 'dropped');
    store.saveOutcome(peerId, `not known whether it was set: ${error.message}`);
    throw error;
  }
}

/** Reads back what the node accepted, and settles it. @throws NodeError when it does not answer; the ends stay open */
async function verify(ports: ActPorts, decision: SetFee, sent: readonly ChannelId[]): Promise<string[]> {
  const { fees, store, log, nameOf } = ports;
  let after: ReadonlyMap<ChannelId, Ppm>;
  try {
    after = await fees.readFees(decision.peerId);
  } catch (error) {
    if (error instanceof NodeError)
      store.saveOutcome(decision.peerId, `set, and not known whether it stayed: ${error.message}`);
    throw error;
  }
  const failures: string[] = [];
  for (const channel of sent) {
    const found = after.get(channel);
    const from = decision.changes.find(({ channelId }) => channelId === channel)?.fromPpm;
    if (found === decision.ppm) {
      store.settleIntent(channel, 'done');
      log.info(`fees: ${nameOf(channel)} ${from} -> ${decision.ppm} ppm (${decision.reason})`);
    } else {
      store.settleIntent(channel, 'dropped');
      failures.push(
        `${nameOf(channel)}: set to ${decision.ppm} ppm, but the node reports ${found === undefined ? 'no such channel' : `${found} ppm`}`,
      );
    }
  }
  return failures;
}

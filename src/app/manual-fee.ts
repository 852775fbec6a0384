// How does the operator's own fee get onto a channel, and how is the controller kept from it?
import type { Config } from '../core/config/options.ts';
import { CommandError } from '../core/errors.ts';
import { policyOf } from '../core/fee/policy.ts';
import { displayId, type ChannelView, type NodeSnapshot } from '../core/snapshot.ts';
import { SECONDS_PER_HOUR, unixSec, type ChannelId, type NodeId, type Ppm, type UnixSec } from '../core/units.ts';
import {
  DRY_RUN_REASON,
  NodeError,
  type Clock,
  type FeeIntent,
  type FeeNode,
  type FeeStore,
  type Ledger,
  type Log,
  type NodeReader,
  type Policy,
} from '../ports.ts';
import type { Clboss, Taking } from './clboss.ts';
import { settleIntents } from './fees/settle-intents.ts';
import { requireWithin } from './hand-bounds.ts';
import { namedChannel } from './named-channel.ts';

/** Stands in fee_changes as the reason, and in holds as who asked. */
const COMMAND = 'revenue-set-fee';

export interface ManualFeePorts {
  readonly node: NodeReader;
  readonly fees: FeeNode;
  readonly clboss: Pick<Clboss, 'take' | 'giveBack' | 'isUnmanaged'>;
  readonly store: FeeStore;
  readonly ledger: Pick<Ledger, 'books'>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface ManualOrder {
  /** Short channel id, alias or channel id. */
  readonly channel: string;
  readonly feePpm: Ppm;
  /** Hours for which the controller leaves the peer alone; 0: not at all. */
  readonly holdHours: number;
}

export interface ManualFee {
  readonly channel: ChannelView;
  readonly oldPpm: Ppm;
  /** Whether clboss leaves the peer's fees alone; null where there is no clboss to work with. */
  readonly clbossUnmanaged: boolean | null;
  readonly heldUntil: UnixSec | null;
  readonly dryRun: boolean;
}

/**
 * Only within the queue of those who act.
 * @throws CommandError, NodeError, StoreError; unless it is `fee-unconfirmed`, nothing is left of the order then
 */
export async function setFeeByHand(ports: ManualFeePorts, config: Config, order: ManualOrder): Promise<ManualFee> {
  const { node, clboss, store, clock } = ports;
  const snapshot = await node.readSnapshot();
  settleIntents(store, snapshot, ports.log);
  const channel = await permitted(ports, config, order, snapshot);
  const { peerId } = channel;
  if (config.dryRun) return pretend(ports, channel, order);
  const taking = await clboss.take(peerId, ['lnfee']);
  if (taking.kind === 'refused')
    throw new CommandError(
      'clboss-refused',
      `clboss would go on setting the fees of ${peerId}, so nothing was changed: ${taking.reason}`,
    );
  const now = clock.now();
  const heldUntil = holdOf(order, now);
  const oldPpm = await set(ports, channel, order.feePpm, heldUntil, now).catch(async (error: unknown) => {
    if (isKnownFailure(error)) await undoTaking(ports, peerId, taking);
    throw error;
  });
  takeOver(store, channel, order.feePpm);
  ports.log.info(`fees: ${displayId(channel)} ${oldPpm} -> ${order.feePpm} ppm by hand`);
  return { channel, oldPpm, clbossUnmanaged: taking.kind === 'unmanaged' ? true : null, heldUntil, dryRun: false };
}

/** What would become of the order. Changes and records nothing. @throws CommandError, NodeError, StoreError */
export async function previewFeeByHand(ports: ManualFeePorts, config: Config, order: ManualOrder): Promise<ManualFee> {
  const snapshot = await ports.node.readSnapshot();
  const channel = await permitted(ports, config, order, snapshot);
  // Where clboss is there, the order takes the fee from it.
  const isThere = (await ports.clboss.isUnmanaged(channel.peerId, 'lnfee')) !== null;
  const clbossUnmanaged = isThere ? true : null;
  const heldUntil = config.dryRun ? null : holdOf(order, snapshot.takenAt);
  return { channel, oldPpm: channel.feePpm, clbossUnmanaged, heldUntil, dryRun: true };
}

/** The channel meant. @throws CommandError unknown-channel, fee-out-of-bounds */
async function permitted(
  { node, store, ledger }: ManualFeePorts,
  config: Config,
  order: ManualOrder,
  snapshot: NodeSnapshot,
): Promise<ChannelView> {
  const channel = await namedChannel('channel_id', order.channel, snapshot.channels, node, ledger);
  const policy = policyInForce(channel, snapshot.channels, store.policies(snapshot.takenAt));
  requireWithin(order.feePpm, config, policy, snapshot.channels);
  return channel;
}

const holdOf = ({ holdHours }: ManualOrder, now: UnixSec): UnixSec | null =>
  holdHours === 0 ? null : unixSec(now + Math.round(holdHours * SECONDS_PER_HOUR));

/**
 * A fee that somebody else had changed is the operator's from now on, and the one that stands for the peer where its
 * channels differ, even where the order finds it as it is.
 */
function takeOver(store: FeeStore, channel: ChannelView, feePpm: Ppm): void {
  const { peerId } = channel;
  const kept = store.pricing().get(peerId);
  if (kept === undefined) return;
  const lastPpm = channel.private ? kept.state.lastPpm : feePpm;
  const state = { ...kept.state, externalUntil: unixSec(0), lastPpm };
  store.saveCycle({
    pricing: new Map([[peerId, { ...kept, state }]]),
    decisions: new Map(),
    intents: [],
    changes: [],
  });
}

/** The peer's, else its channels', a private one's own included: it is named by hand. */
const policyInForce = (
  { peerId, channelId }: ChannelView,
  channels: readonly ChannelView[],
  policies: readonly Policy[],
): Policy | null =>
  policyOf(
    peerId,
    channels.filter((each) => each.channelId === channelId || (each.peerId === peerId && !each.private)).map(idOf),
    policies,
  );
const idOf = ({ channelId }: ChannelView): ChannelId => channelId;

/** Records what would have been done. A hold would outlast the dry run and keep a fee that was never set. */
async function pretend(ports: ManualFeePorts, channel: ChannelView, order: ManualOrder): Promise<ManualFee> {
  const clbossUnmanaged = await ports.clboss.isUnmanaged(channel.peerId, 'lnfee');
  const change = {
    ...intentOf(channel, channel.feePpm, order.feePpm, ports.clock.now()),
    reason: DRY_RUN_REASON + COMMAND,
  };
  ports.store.saveCycle({ pricing: new Map(), decisions: new Map(), intents: [], changes: [change] });
  return { channel, oldPpm: channel.feePpm, clbossUnmanaged, heldUntil: null, dryRun: true };
}

const intentOf = (channel: ChannelView, oldFeePpm: Ppm, newFeePpm: Ppm, at: UnixSec): FeeIntent => ({
  channelId: channel.channelId,
  peerId: channel.peerId,
  oldFeePpm,
  newFeePpm,
  reason: COMMAND,
  manual: true,
  at,
});

/** Returns the fee that it was. */
async function set(
  { fees, store }: ManualFeePorts,
  channel: ChannelView,
  feePpm: Ppm,
  heldUntil: UnixSec | null,
  now: UnixSec,
): Promise<Ppm> {
  const { channelId, peerId } = channel;
  const name = displayId(channel);
  const live = async (): Promise<Ppm | undefined> => (await fees.readFees(peerId)).get(channelId);
  const oldPpm = await live();
  if (oldPpm === undefined)
    throw new CommandError(
      'unknown-channel',
      `channel_id: expected a usable channel, got ${name}, which has just gone`,
    );
  const hold = heldUntil === null ? null : { until: heldUntil, by: COMMAND };
  if (oldPpm === feePpm) {
    store.saveHold(peerId, hold);
    return oldPpm;
  }
  store.saveManual(intentOf(channel, oldPpm, feePpm, now), hold);
  try {
    await fees.setFee(channelId, feePpm);
  } catch (error) {
    if (!(error instanceof NodeError)) throw error;
    if (error.isRefusal) {
      store.settleIntent(channelId, 'dropped');
      throw new CommandError('fee-not-set', `${name} stays at ${oldPpm} ppm: ${error.message}`);
    }
    // What was not answered may have been done all the same.
    if ((await live().catch(() => null)) !== feePpm) throw unconfirmed(name, feePpm, error.message);
  }
  const after = await live().catch((error: unknown) => {
    throw error instanceof NodeError ? unconfirmed(name, feePpm, error.message) : error;
  });
  if (after !== feePpm) {
    store.settleIntent(channelId, 'dropped');
    throw new CommandError(
      'fee-not-set',
      `${name}: lightningd took ${feePpm} ppm, but reports ${after ?? 'no such channel'} a moment later; somebody else sets it too`,
    );
  }
  store.settleIntent(channelId, 'done');
  return oldPpm;
}

const unconfirmed = (name: string, feePpm: Ppm, reason: string): CommandError =>
  new CommandError('fee-unconfirmed', `${name}: it is not known whether ${feePpm} ppm was set: ${reason}`);
const isKnownFailure = (error: unknown): boolean =>
  error instanceof NodeError || (error instanceof CommandError && error.errorName !== 'fee-unconfirmed');

/** What was taken for an order that came to nothing goes back. */
async function undoTaking({ clboss, log }: ManualFeePorts, peer: NodeId, taking: Taking): Promise<void> {
  if (taking.kind !== 'unmanaged' || !taking.added.includes('lnfee')) return;
  try {
    await clboss.giveBack(peer, 'lnfee');
  } catch (error) {
    if (!(error instanceof NodeError)) throw error;
    log.warn(`clboss: lnfee of ${peer} could not be given back: ${error.message}`);
  }
}

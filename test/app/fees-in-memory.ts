// Fees of a node in memory, and what others charge: set as lightningd would, or failing as a test says.
import type { ChannelView } from '../../src/core/snapshot.ts';
import type { ChannelId, NodeId, Ppm } from '../../src/core/units.ts';
import type { FeeNode, NodeError, RivalFee } from '../../src/ports.ts';
import type { NodeInMemory } from './node-in-memory.ts';

export interface SetCall {
  readonly channelId: ChannelId;
  readonly feePpm: Ppm;
}

export class FeesInMemory implements FeeNode {
  /** Every setFee that reached the node, refused ones too. */
  readonly calls: SetCall[] = [];
  readonly asked: NodeId[] = [];
  readonly failing = new Map<keyof FeeNode, NodeError>();
  /** A node that does as it was told and then answers too late. */
  doesThenFails = false;
  /** A node that says yes and does nothing. */
  forgets = false;
  rivals: readonly RivalFee[] = [];
  /** Told of every call, before it is answered. */
  onCall: (method: keyof FeeNode) => void = () => undefined;
  readonly #node: NodeInMemory;

  constructor(node: NodeInMemory) {
    this.#node = node;
  }

  async setFee(channelId: ChannelId, feePpm: Ppm): Promise<void> {
    await Promise.resolve();
    this.onCall('setFee');
    this.calls.push({ channelId, feePpm });
    const error = this.failing.get('setFee');
    if (error && !this.doesThenFails) throw error;
    if (!this.forgets) this.change(channelId, { feePpm });
    if (error) throw error;
  }

  async readFees(peer: NodeId): Promise<ReadonlyMap<ChannelId, Ppm>> {
    await Promise.resolve();
    this.onCall('readFees');
    const error = this.failing.get('readFees');
    if (error) throw error;
    const theirs = this.#node.snapshot.channels.filter(({ peerId }) => peerId === peer);
    return new Map(theirs.map(({ channelId, feePpm }) => [channelId, feePpm]));
  }

  async readFeesToward(peer: NodeId): Promise<readonly RivalFee[]> {
    await Promise.resolve();
    this.onCall('readFeesToward');
    this.asked.push(peer);
    const error = this.failing.get('readFeesToward');
    if (error) throw error;
    return this.rivals;
  }

  /** Someone with access to the node changes a channel. */
  change(channelId: ChannelId, changes: Partial<ChannelView>): void {
    const { snapshot } = this.#node;
    const channels = snapshot.channels.map((one) => (one.channelId === channelId ? { ...one, ...changes } : one));
    this.#node.snapshot = { ...snapshot, channels };
  }
}

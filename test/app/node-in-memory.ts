// A node for tests of the application: forwards as in test/store/fake-node.ts, channels and funds as a test sets them.
import type { NodeSnapshot } from '../../src/core/snapshot.ts';
import { msat, type Msat } from '../../src/core/units.ts';
import { NATIVE_COMMANDS } from '../../src/node/drivers/native/driver.ts';
import type { ChannelIdentity, NodeError, NodeReader } from '../../src/ports.ts';
import { channelView, snapshot } from '../channel-views.ts';
import { FakeNode, idOf, scidOf } from '../store/fake-node.ts';
import type { ManualClock } from './manual-clock.ts';

/** Channel number n is 10,000,000 sats with short channel id (100 + n)x1x0. */
export const channelNumber = (n: number, changes: Parameters<typeof channelView>[1] = {}) =>
  channelView(String(scidOf(n)), { channelId: idOf(n), capacity: msat(10_000_000_000), ...changes });

type Read = keyof NodeReader;

export class NodeInMemory extends FakeNode implements NodeReader {
  snapshot: NodeSnapshot = snapshot([1, 2, 3].map((n) => channelNumber(n)));
  funds: Msat = msat(2_000_000_000);
  commands = new Set<string>(['getinfo', ...NATIVE_COMMANDS]);
  /** What each of these reads fails with. */
  readonly failing = new Map<Read, NodeError>();
  readonly #clock: ManualClock;

  constructor(clock: ManualClock) {
    super();
    this.#clock = clock;
    const failIfTold = (read: Read): void => {
      const error = this.failing.get(read);
      if (error) throw error;
    };
    // Forward reads come from the base class.
    for (const read of ['readForwardIndexes', 'readForwards'] as const) {
      const answer = this[read].bind(this) as (...args: unknown[]) => Promise<never>;
      this[read] = async (...args: unknown[]) => {
        failIfTold(read);
        return answer(...args);
      };
    }
    this.#fail = failIfTold;
  }

  readonly #fail: (read: Read) => void;

  async readSnapshot(): Promise<NodeSnapshot> {
    await Promise.resolve();
    this.#fail('readSnapshot');
    return { ...this.snapshot, takenAt: this.#clock.now() };
  }

  async readChannelIdentities(): Promise<readonly ChannelIdentity[]> {
    await Promise.resolve();
    this.#fail('readChannelIdentities');
    return this.snapshot.channels.map(({ channelId, peerId, scid, alias, capacity }) => ({
      channelId,
      peerId,
      scids: [scid, alias].filter((name) => name !== null),
      capacity,
      closed: false,
    }));
  }

  async readOnchainFunds(): Promise<Msat> {
    await Promise.resolve();
    this.#fail('readOnchainFunds');
    return this.funds;
  }

  async readCommandNames(): Promise<ReadonlySet<string>> {
    await Promise.resolve();
    this.#fail('readCommandNames');
    return this.commands;
  }
}

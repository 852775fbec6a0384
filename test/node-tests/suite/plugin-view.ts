// What do the tests of the suite share: the plugin's status, and waiting until it has seen what the node has?
import { listChannels, listForwards } from '../by-hand.ts';
import type { TestNode } from '../harness.ts';
import { until, type Json } from '../rpc.ts';

export interface Status extends Json {
  readonly mode: string;
  readonly node_id: string;
  readonly version: string;
  readonly channels: Readonly<Record<'total' | 'source' | 'sink' | 'balanced', number>>;
  readonly database: { readonly path: string; readonly forwards: number; readonly oldest_forward: number | null };
  readonly loops: Readonly<Record<string, { readonly interval_seconds: number; readonly last_outcome: string | null }>>;
  readonly alerts: readonly unknown[];
}

/** A node that is there by the time a test runs. */
export type Node = () => TestNode;

export const statusOf = async (node: TestNode): Promise<Status> => (await node.call('revenue-status')) as Status;

/** Waits until no forward is under way and the plugin has taken in every one. */
export const caughtUp = (node: TestNode): Promise<true> =>
  until('the plugin to have taken in every forward', async () => {
    const forwards = await listForwards(node);
    if (forwards.some(({ status }) => status === 'offered')) throw new Error('a forward is still under way');
    // A forward is settled once the preimage is known; the balances change when both HTLCs are gone.
    if ((await listChannels(node)).some(({ htlcs }) => htlcs.length > 0)) throw new Error('an HTLC is still there');
    const { database } = await statusOf(node);
    if (database.forwards === forwards.length) return true;
    throw new Error(`${String(database.forwards)} forwards taken in of ${String(forwards.length)}`);
  });

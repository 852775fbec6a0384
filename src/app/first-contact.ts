// How does the plugin find its node and its database at the start, when either may not be there yet?
import type { NodeSnapshot } from '../core/snapshot.ts';
import { NodeError, StoreError, type Clock, type NodeReader, type Store } from '../ports.ts';

/** Seconds from one question to the next while lightningd does not answer: soon noticed, and never a flood. */
const FIRST_RETRY = 1;
const LONGEST_RETRY = 30;

interface Ports {
  readonly node: Pick<NodeReader, 'readSnapshot'>;
  readonly store: Pick<Store, 'claim'>;
  readonly clock: Clock;
}

/**
 * The node, once it answers and the database is known to be its own; null when stopped before.
 * @param onWait told what is waited for, each time anew
 * @throws StoreError where the database can never be used with this node
 */
export async function firstContact(
  { node, store, clock }: Ports,
  stop: AbortSignal,
  onWait: (waitingFor: string) => void,
): Promise<NodeSnapshot | null> {
  for (let retry = FIRST_RETRY; !stop.aborted; retry = Math.min(2 * retry, LONGEST_RETRY)) {
    try {
      const snapshot = await node.readSnapshot();
      store.claim(snapshot.nodeId);
      return snapshot;
    } catch (error) {
      if (!mayPass(error)) throw error;
      onWait(
        error instanceof NodeError ? `lightningd to answer (${error.message})` : `the database (${error.message})`,
      );
    }
    await clock.sleep(retry, stop);
  }
  return null;
}

/** A database that is another node's stays so; one that is locked, or a disk that is full, may not. */
const mayPass = (error: unknown): error is NodeError | StoreError =>
  error instanceof NodeError || (error instanceof StoreError && error.kind === 'failed');

// What does the hourly look at the flow do? Catch up, learn which names belong to which channel, analyse.
import type { Config } from '../core/config/options.ts';
import { countStates } from '../core/flow/analyze.ts';
import type { Log, NodeReader, Store } from '../ports.ts';
import { analyze } from './analysis.ts';

export interface FlowCyclePorts {
  readonly node: NodeReader;
  readonly store: Store;
  readonly log: Log;
  /** Resolves when everything the node had settled at the call is in the store. */
  readonly catchUp: () => Promise<void>;
}

/** @throws NodeError, StoreError */
export async function runFlowCycle({ node, store, log, catchUp }: FlowCyclePorts, config: Config): Promise<void> {
  await catchUp();
  // Closed channels too: lightningd forgets them 100 blocks after their end, and their forwards stay.
  const identities = await node.readChannelIdentities();
  const { snapshot, window, channels } = await analyze(node, store, config);
  store.rememberChannels(identities, snapshot.takenAt);
  const { total, source, sink, balanced } = countStates(channels);
  log.debug(`flow: ${total} channels over ${window.days} days: ${source} source, ${sink} sink, ${balanced} balanced`);
}

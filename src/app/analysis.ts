// Where does liquidity flow now? The node's channels as they are, with what the history holds of each.
import type { Config } from '../core/config/options.ts';
import { analyzeFlow, windowEnding, type FlowAnalysis, type Window } from '../core/flow/analyze.ts';
import type { NodeSnapshot } from '../core/snapshot.ts';
import type { ChannelIdentity, NodeReader, Store } from '../ports.ts';

export interface Analysis {
  readonly snapshot: NodeSnapshot;
  readonly window: Window;
  /** One per usable channel, in the snapshot's order. */
  readonly channels: readonly FlowAnalysis[];
}

/** What a snapshot says of whose short channel ids are whose: after a splice a channel has a new one. */
const identitiesIn = (snapshot: NodeSnapshot): ChannelIdentity[] =>
  snapshot.channels.map(({ channelId, peerId, scid, alias, capacity }) => ({
    channelId,
    peerId,
    scids: [scid, alias].filter((name) => name !== null),
    capacity,
    closed: false,
  }));

/** Reads the node once and sums the window up to that moment. @throws NodeError, StoreError */
export async function analyze(node: NodeReader, store: Store, config: Config): Promise<Analysis> {
  const snapshot = await node.readSnapshot();
  store.rememberChannels(identitiesIn(snapshot), snapshot.takenAt);
  const window = windowEnding(snapshot.takenAt, config.flowWindowDays);
  return { snapshot, window, channels: analyzeFlow(snapshot, store.flows(window), window) };
}

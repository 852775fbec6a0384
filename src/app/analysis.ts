// Where does liquidity flow now? The node's channels as they are, with what the history holds of each.
import type { Config } from '../core/config/options.ts';
import { analyzeFlow, windowEnding, type ChannelFlow, type FlowAnalysis, type Window } from '../core/flow/analyze.ts';
import type { NodeSnapshot } from '../core/snapshot.ts';
import type { ChannelId } from '../core/units.ts';
import type { ChannelIdentity, NodeReader, Store } from '../ports.ts';

export interface Analysis {
  readonly snapshot: NodeSnapshot;
  readonly window: Window;
  /** Of every channel that carried anything within the window, usable or not. */
  readonly flows: ReadonlyMap<ChannelId, ChannelFlow>;
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
  const flows = store.flows(window);
  return { snapshot, window, flows, channels: analyzeFlow(snapshot, flows, window) };
}

// What became of fees that were about to be set when we stopped, or of which the node did not answer in time?
import type { NodeSnapshot } from '../../core/snapshot.ts';
import { SECONDS_PER_DAY, type NodeId } from '../../core/units.ts';
import type { FeeIntent, FeeStore, Log } from '../../ports.ts';

/** A channel that is not usable for so long will not tell any more. */
const WAITED_SECONDS = SECONDS_PER_DAY;

/**
 * The node knows: a channel that has the fee got it from us, any other did not. An order of the operator that came to
 * nothing holds nothing either.
 * @throws StoreError
 */
export function settleIntents(store: FeeStore, { channels, takenAt }: NodeSnapshot, log: Log): void {
  const live = new Map(channels.map(({ channelId, feePpm }) => [channelId, feePpm]));
  const ends = store.intents().flatMap((intent) => {
    const fee = live.get(intent.channelId);
    if (fee === undefined && intent.at > takenAt - WAITED_SECONDS) return [];
    return [{ intent, end: fee === intent.newFeePpm ? ('done' as const) : ('dropped' as const) }];
  });
  const obeyed = new Set(ends.filter(({ intent, end }) => intent.manual && end === 'done').map(peerOf));
  for (const { intent, end } of ends) {
    store.settleIntent(intent.channelId, end);
    log.info(`fees: ${intent.newFeePpm} ppm for channel ${intent.channelId}, of unknown end, is ${end}`);
    if (intent.manual && end === 'dropped' && !obeyed.has(intent.peerId)) store.saveHold(intent.peerId, null);
  }
}

const peerOf = ({ intent }: { readonly intent: FeeIntent }): NodeId => intent.peerId;

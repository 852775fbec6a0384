// What became of fees that were about to be set when we stopped, or of which the node did not answer in time?
import type { NodeSnapshot } from '../../core/snapshot.ts';
import { SECONDS_PER_DAY } from '../../core/units.ts';
import type { FeeStore, Log } from '../../ports.ts';

/** A channel that is not usable for so long will not tell any more. */
const WAITED_SECONDS = SECONDS_PER_DAY;

/** The node knows: a channel that has the fee got it from us, any other did not. @throws StoreError */
export function settleIntents(store: FeeStore, { channels, takenAt }: NodeSnapshot, log: Log): void {
  const live = new Map(channels.map(({ channelId, feePpm }) => [channelId, feePpm]));
  for (const { channelId, newFeePpm, at } of store.intents()) {
    const fee = live.get(channelId);
    if (fee === undefined && at > takenAt - WAITED_SECONDS) continue;
    const end = fee === newFeePpm ? 'done' : 'dropped';
    store.settleIntent(channelId, end);
    log.info(`fees: ${newFeePpm} ppm for channel ${channelId}, of unknown end, is ${end}`);
  }
}

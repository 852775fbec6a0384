// What does a new block do? Channels lock in, closes confirm, delays run out, closed channels are forgotten.
import { closingSpent, forgetChannel, lockIn, sweepDelayed } from './channel-life.ts';
import { hash32 } from './identity.ts';
import type { Sim } from './sim.ts';
import { spliceLocked } from './splice.ts';
import type { Channel } from './state.ts';

/** Bitcoin's average. */
const BLOCK_MS = 600_000;
/** regtest's to_self_delay, and lightningd's patience with closed channels. */
const TO_SELF_DELAY = 6;
const BLOCKS_UNTIL_FORGOTTEN = 100;
/** Confirmations until a splice replaces the old funding. */
const SPLICE_DEPTH = 6;

export const scheduleBlock = (sim: Sim): void => {
  sim.schedule(sim.state.now + sim.random.exponential(BLOCK_MS), { kind: 'block' });
};

export function mineBlock(sim: Sim): void {
  const height = ++sim.state.height;
  sim.notify('block_added', () => ({ hash: hash32(sim.seed, 'block', height), height }));
  let txPosition = 1;
  for (const channel of [...sim.state.channels.values()]) if (progress(sim, channel, txPosition)) txPosition++;
}

/** True when a transaction of the channel took a place in this block. */
function progress(sim: Sim, channel: Channel, txPosition: number): boolean {
  const { closing, splice } = channel;
  const { height } = sim.state;
  if (channel.state === 'CHANNELD_AWAITING_LOCKIN') {
    lockIn(sim, channel, txPosition);
    return true;
  }
  if (splice && height >= splice.startedHeight + SPLICE_DEPTH) {
    spliceLocked(sim, channel, txPosition);
    return true;
  }
  if (!closing) return false;
  if (closing.spentHeight === null) {
    closingSpent(sim, channel);
    return true;
  }
  if (closing.resolvedHeight === null) {
    if (height >= closing.spentHeight + TO_SELF_DELAY) sweepDelayed(sim, channel);
  } else if (height >= closing.resolvedHeight + BLOCKS_UNTIL_FORGOTTEN) forgetChannel(sim, channel);
  return false;
}

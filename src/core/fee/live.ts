// Which fee is live, and who made it so: we, nobody, or someone else?
import type { Ppm } from '../units.ts';
import type { PricedChannel, UnitState } from './types.ts';

export interface LiveFee {
  /** The fee of all public channels; null where they differ. */
  readonly ppm: Ppm | null;
  /** What we proposed last is what the node reports now. */
  readonly confirmed: boolean;
  /** A fee that is neither the one seen last nor the one we proposed; null when there is none. */
  readonly foreign: { readonly fromPpm: number; readonly toPpm: number } | null;
}

/** @param channels the public ones, by channel id, at least one */
export function readLiveFee(channels: readonly PricedChannel[], state: UnitState | undefined): LiveFee {
  const fees = new Set(channels.map(({ feePpm }) => feePpm));
  const ppm = fees.size === 1 ? (channels[0]?.feePpm ?? null) : null;
  if (state === undefined) return { ppm, confirmed: false, foreign: null };
  const proposed = state.proposal?.ppm ?? null;
  let confirmed = false;
  let foreign: LiveFee['foreign'] = null;
  for (const { channelId, feePpm } of channels) {
    const seen = state.seen[channelId];
    // A channel not seen before was not changed by anyone; one as it was says nothing.
    if (seen === undefined || seen === feePpm) continue;
    if (feePpm === proposed) confirmed = true;
    else foreign ??= { fromPpm: seen, toPpm: feePpm };
  }
  return { ppm, confirmed, foreign };
}

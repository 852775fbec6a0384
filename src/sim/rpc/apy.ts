// bkpr-channelsapy: what bookkeeper thinks a channel has yielded, in its own terms and to its own four decimals.
import { ZERO_MSAT, addMsat, subMsat } from '../../core/units.ts';
import type { Msat } from '../../core/units.ts';
import { withDefault } from '../method.ts';
import type { SimMethod } from '../method.ts';
import type { Sim } from '../world/sim.ts';
import { wire } from '../world/sim.ts';
import type { Channel } from '../world/state.ts';
import { entries } from './accounts.ts';
import type { Entry } from './accounts.ts';
import { define } from './define.ts';
import { u64 } from './params.ts';

/** bookkeeper's number of blocks in a year. */
const BLOCKS_PER_YEAR = 52_364;

interface Sums {
  routedOut: Msat;
  routedIn: Msat;
  feesOut: Msat;
  feesIn: Msat;
  pushedOut: Msat;
  pushedIn: Msat;
  ourStart: Msat;
  capacity: Msat;
  /** Blocks the channel was open, both ends counted. */
  blocks: number;
}

export const channelsApy = (sim: Sim): SimMethod =>
  define({
    name: 'bkpr-channelsapy',
    params: { start_time: withDefault(u64, 0), end_time: withDefault(u64, Number.MAX_SAFE_INTEGER) },
    run: (p) => {
      const channels = [...sim.state.closed, ...sim.state.channels.values()].filter((channel) => channel.scid !== null);
      const lines = entries(sim).filter((line) => line.move.time >= p.start_time && line.move.time <= p.end_time);
      const sums = channels.map((channel) => ({ account: channel.id, sums: sumUp(sim, channel, lines) }));
      const net = sums
        .map((one) => one.sums)
        .reduce<Sums | null>((total, one) => (total ? plus(total, one) : one), null);
      return {
        channels_apy: [...sums, ...(net ? [{ account: 'net', sums: net }] : [])].map((one) =>
          print(one.account, one.sums),
        ),
      };
    },
  });

function sumUp(sim: Sim, channel: Channel, lines: readonly Entry[]): Sums {
  const ours = channel.opener === 'local';
  const sums: Sums = {
    routedOut: ZERO_MSAT,
    routedIn: ZERO_MSAT,
    feesOut: ZERO_MSAT,
    feesIn: ZERO_MSAT,
    pushedOut: ours ? channel.pushed : ZERO_MSAT,
    pushedIn: ours ? ZERO_MSAT : channel.pushed,
    ourStart: ours ? subMsat(subMsat(channel.capacity, channel.theirs), channel.pushed) : channel.pushed,
    capacity: channel.capacity,
    blocks: (channel.closing?.spentHeight ?? sim.state.height) - channel.openedHeight,
  };
  for (const line of lines) {
    if (line.kind !== 'channel' || line.move.account !== channel.id || line.move.tag === 'pushed') continue;
    const { credit, debit, fees, tag } = line.move;
    sums.routedOut = addMsat(sums.routedOut, debit);
    sums.routedIn = addMsat(sums.routedIn, credit);
    if (tag !== 'routed') continue;
    if (debit > 0n) sums.feesOut = addMsat(sums.feesOut, fees);
    else sums.feesIn = addMsat(sums.feesIn, fees);
  }
  return sums;
}

const plus = (a: Sums, b: Sums): Sums => ({
  routedOut: addMsat(a.routedOut, b.routedOut),
  routedIn: addMsat(a.routedIn, b.routedIn),
  feesOut: addMsat(a.feesOut, b.feesOut),
  feesIn: addMsat(a.feesIn, b.feesIn),
  pushedOut: addMsat(a.pushedOut, b.pushedOut),
  pushedIn: addMsat(a.pushedIn, b.pushedIn),
  ourStart: addMsat(a.ourStart, b.ourStart),
  capacity: addMsat(a.capacity, b.capacity),
  blocks: Math.max(a.blocks, b.blocks),
});

function print(account: string, s: Sums): object {
  const theirStart = subMsat(s.capacity, s.ourStart);
  const percent = (part: Msat, whole: Msat, factor = 1): string =>
    `${((Number(part) / Number(whole)) * factor * 100).toFixed(4)}%`;
  const yearly = BLOCKS_PER_YEAR / Math.max(1, s.blocks);
  const initial = (name: string, part: Msat, whole: Msat, factor = 1): object =>
    whole > 0n ? { [name]: percent(part, whole, factor) } : {};
  const total = addMsat(s.feesOut, s.feesIn);
  return {
    account,
    routed_out_msat: wire(s.routedOut),
    routed_in_msat: wire(s.routedIn),
    lease_fee_paid_msat: 0,
    lease_fee_earned_msat: 0,
    pushed_out_msat: wire(s.pushedOut),
    pushed_in_msat: wire(s.pushedIn),
    our_start_balance_msat: wire(s.ourStart),
    channel_start_balance_msat: wire(s.capacity),
    fees_out_msat: wire(s.feesOut),
    fees_in_msat: wire(s.feesIn),
    utilization_out: percent(s.routedOut, s.capacity),
    ...initial('utilization_out_initial', s.routedOut, s.ourStart),
    utilization_in: percent(s.routedIn, s.capacity),
    ...initial('utilization_in_initial', s.routedIn, theirStart),
    apy_out: percent(s.feesOut, s.capacity, yearly),
    ...initial('apy_out_initial', s.feesOut, s.ourStart, yearly),
    apy_in: percent(s.feesIn, s.capacity, yearly),
    ...initial('apy_in_initial', s.feesIn, theirStart, yearly),
    apy_total: percent(total, s.capacity, yearly),
    ...initial('apy_total_initial', total, s.capacity, yearly),
  };
}

// What does one compute from the node's own lists, with plain loops and none of the plugin's code?
import type { TestNode } from './harness.ts';

interface Forward {
  readonly in_channel: string;
  readonly in_htlc_id: number;
  readonly in_msat: number;
  readonly out_channel?: string;
  readonly out_msat?: number;
  readonly fee_msat?: number;
  readonly status: 'offered' | 'settled' | 'failed' | 'local_failed';
  readonly failcode?: number;
  readonly received_time: number;
  readonly resolved_time?: number;
}
interface PeerChannel {
  readonly peer_id: string;
  readonly channel_id: string;
  readonly short_channel_id?: string;
  readonly alias?: { readonly local?: string };
  readonly state: string;
  readonly total_msat: number;
  readonly to_us_msat: number;
  readonly htlcs: readonly unknown[];
}

export const listForwards = async (node: TestNode): Promise<Forward[]> =>
  (await node.call('listforwards'))['forwards'] as Forward[];
export const listChannels = async (node: TestNode): Promise<PeerChannel[]> =>
  (await node.call('listpeerchannels'))['channels'] as PeerChannel[];

/** One line of revenue-analyze, as it should be. */
export interface Figures {
  readonly channel_id: string;
  readonly peer_id: string;
  readonly alias: string | null;
  readonly data_source: string;
  readonly capacity_sats: number;
  readonly sats_in: number;
  readonly sats_out: number;
  readonly forwards_in: number;
  readonly forwards_out: number;
  readonly flow_ratio: number;
  readonly state: string;
  readonly daily_volume_sats: number;
  readonly local_ratio: number;
}

/** Of every usable channel, over the days before now. The window begins at a full hour (docs/commands.md). */
export async function analyzeByHand(node: TestNode, days: number, nowSeconds: number): Promise<Figures[]> {
  const start = Math.floor((nowSeconds - days * 86_400) / 3600) * 3600;
  const forwards = (await listForwards(node)).filter(
    ({ status, resolved_time }) => status === 'settled' && (resolved_time ?? 0) >= start,
  );
  const channels = (await listChannels(node)).filter(({ state }) =>
    ['CHANNELD_NORMAL', 'CHANNELD_AWAITING_SPLICE'].includes(state),
  );
  const peers = (await node.call('listnodes'))['nodes'] as { nodeid: string; alias?: string }[];
  return channels.map((channel) => {
    const names = [channel.short_channel_id, channel.alias?.local];
    let msatIn = 0;
    let msatOut = 0;
    let countIn = 0;
    let countOut = 0;
    for (const forward of forwards) {
      if (names.includes(forward.in_channel)) {
        msatIn += forward.in_msat;
        countIn++;
      }
      if (names.includes(forward.out_channel)) {
        msatOut += forward.out_msat ?? 0;
        countOut++;
      }
    }
    const ratio = (msatOut - msatIn) / channel.total_msat;
    return {
      channel_id: channel.short_channel_id ?? channel.alias?.local ?? channel.channel_id,
      peer_id: channel.peer_id,
      alias: peers.find(({ nodeid }) => nodeid === channel.peer_id)?.alias ?? null,
      data_source: 'forwards',
      capacity_sats: channel.total_msat / 1000,
      sats_in: msatIn / 1000,
      sats_out: msatOut / 1000,
      forwards_in: countIn,
      forwards_out: countOut,
      flow_ratio: ratio,
      state: ratio > 0.5 ? 'source' : ratio < -0.5 ? 'sink' : 'balanced',
      daily_volume_sats: (msatIn + msatOut) / 1000 / days,
      local_ratio: channel.to_us_msat / channel.total_msat,
    };
  });
}

/** BOLT 4: refused for want of liquidity; refused because there is no such channel. */
const TEMPORARY_CHANNEL_FAILURE = 4103;
const UNKNOWN_NEXT_PEER = 16394;

/** What one channel carried in one direction, ever. */
export interface Totals {
  settled_count: number;
  settled_msat: number;
  fee_msat: number;
  failed_count: number;
  failed_msat: number;
  /** Refused by us for want of liquidity, which we count apart. */
  unmet_count: number;
  unmet_msat: number;
}
export const NO_TOTALS: Readonly<Totals> = {
  settled_count: 0,
  settled_msat: 0,
  fee_msat: 0,
  failed_count: 0,
  failed_msat: 0,
  unmet_count: 0,
  unmet_msat: 0,
};

/** Sums over all forwards that have ended, by `direction channel`. */
export function forwardTotals(forwards: readonly Forward[]): Record<string, Totals> {
  const sums: Record<string, Totals> = {};
  for (const forward of forwards) {
    if (forward.status === 'offered') continue;
    const into = (sums[`in ${forward.in_channel}`] ??= { ...NO_TOTALS });
    if (forward.status === 'settled') {
      into.settled_count++;
      into.settled_msat += forward.in_msat;
      into.fee_msat += forward.fee_msat ?? 0;
    } else {
      into.failed_count++;
      into.failed_msat += forward.in_msat;
    }
    if (forward.out_channel === undefined || forward.failcode === UNKNOWN_NEXT_PEER) continue;
    const out = (sums[`out ${forward.out_channel}`] ??= { ...NO_TOTALS });
    const amount = forward.out_msat ?? forward.in_msat;
    if (forward.status === 'settled') {
      out.settled_count++;
      out.settled_msat += amount;
      out.fee_msat += forward.fee_msat ?? 0;
    } else if (forward.failcode === TEMPORARY_CHANNEL_FAILURE) {
      out.unmet_count++;
      out.unmet_msat += amount;
    } else {
      out.failed_count++;
      out.failed_msat += amount;
    }
  }
  return sums;
}

// The table of channels: everything that is known of each open one, in one row.
import { analyzeReply } from '../../app/commands/analyze.ts';
import { rowFigures, type Judged } from '../../app/profit/channel-figures.ts';
import type { Gathered } from '../../app/profit/gather.ts';
import { policyOf } from '../../core/fee/policy.ts';
import { groupBy } from '../../core/group-by.ts';
import { FEE_REASONS } from '../../core/reasons.ts';
import { rebalancePolicyOf } from '../../core/rebalance/policy.ts';
import type { ChannelView } from '../../core/snapshot.ts';
import { msatToSats, type ChannelId, type NodeId } from '../../core/units.ts';
import type { DecisionLine, FeeHold, Policy } from '../../ports.ts';
import { CHANNEL_COLUMNS, tableOf, type ChannelRow, type Channels } from '../api.ts';
import type { Readings } from '../readings.ts';

export async function channelsOf(readings: Readings): Promise<Channels> {
  const gathered = await readings.profits();
  const { now, windowDays, warnings } = gathered;
  return {
    as_of: now,
    window_days: windowDays,
    channels: tableOf<ChannelRow>(CHANNEL_COLUMNS, channelRows(readings, gathered)),
    fee_reasons: FEE_REASONS,
    warnings,
  };
}

/**
 * In the snapshot's order.
 * @param only the one wanted; null for all
 */
export function channelRows({ context }: Readings, gathered: Gathered, only: ChannelId | null = null): ChannelRow[] {
  const { store } = context;
  const { analysis, channels } = gathered;
  const profits = new Map<ChannelId, Judged>(channels.map((channel) => [channel.books.channelId, channel]));
  const now = context.clock.now();
  const beside = {
    decisions: new Map<NodeId, DecisionLine>(store.history.decisions().map((line) => [line.peerId, line])),
    holds: store.fees.holds(now),
    policies: store.fees.policies(now),
    publicOf: publicChannels(gathered.snapshot.channels),
  };
  const wanted = analysis.channels.filter(({ channel }) => only === null || channel.channelId === only);
  const flows = analyzeReply(context, analysis, wanted).channels;
  return wanted.map(({ channel }, i) => {
    const flow = flows[i];
    if (flow === undefined) throw new RangeError('channels: expected a flow for each');
    const { channel_id, peer_id, alias, capacity_sats, local_ratio, state, flow_ratio } = flow;
    const { sats_in, sats_out, forwards_in, forwards_out } = flow;
    const profit = profits.get(channel.channelId);
    return {
      channel_id,
      peer_id,
      alias,
      connected: channel.connected,
      private: channel.private,
      capacity_sats,
      local_sats: msatToSats(channel.toUs),
      local_ratio: toDecimals(local_ratio),
      state,
      flow_ratio: toDecimals(flow_ratio),
      sats_in,
      sats_out,
      forwards_in,
      forwards_out,
      fee_ppm: channel.feePpm,
      ...pricing(channel, beside),
      ...earnings(profit === undefined ? null : rowFigures(profit)),
    };
  });
}

/** Shares to a hundredth of a percent: the page's table, not the command, is where they are shown. */
const toDecimals = (share: number): number => Math.round(share * 1e4) / 1e4;

interface Beside {
  readonly decisions: ReadonlyMap<NodeId, DecisionLine>;
  readonly holds: ReadonlyMap<NodeId, FeeHold>;
  readonly policies: readonly Policy[];
  readonly publicOf: ReadonlyMap<NodeId, readonly ChannelId[]>;
}

function publicChannels(channels: readonly ChannelView[]): Map<NodeId, ChannelId[]> {
  const peers = groupBy(
    channels.filter((channel) => !channel.private),
    ({ peerId }) => peerId,
  );
  return new Map([...peers].map(([peer, own]) => [peer, own.map(({ channelId }) => channelId)]));
}

function pricing({ peerId, channelId, private: isPrivate }: ChannelView, beside: Beside) {
  const own = beside.publicOf.get(peerId) ?? [];
  // A private channel beside public ones has no part in what is decided on those.
  const decision = isPrivate && own.length > 0 ? undefined : beside.decisions.get(peerId);
  return {
    bid_price_ppm:
      decision?.price === undefined || decision.price === null ? null : Math.round(decision.price * 10) / 10,
    fee_reason: decision?.reason ?? null,
    fee_outcome: decision?.outcome ?? null,
    hold_until: beside.holds.get(peerId)?.until ?? null,
    strategy: policyOf(peerId, own, beside.policies)?.strategy ?? 'dynamic',
    rebalance_policy: rebalancePolicyOf(peerId, channelId, beside.policies),
  };
}

function earnings(figures: ReturnType<typeof rowFigures> | null) {
  return {
    revenue_sats: figures?.revenue_sats ?? null,
    sourced_revenue_sats: figures?.sourced_revenue_sats ?? null,
    rebalance_cost_sats: figures?.rebalance_cost_sats ?? null,
    total_cost_sats: figures?.total_cost_sats ?? null,
    net_profit_sats: figures?.net_profit_sats ?? null,
    roi_pct: figures?.roi_pct ?? null,
    marginal_roi_pct: figures?.marginal_roi_pct ?? null,
    carr_pct: figures?.carr_pct ?? null,
    return_on_employed_pct: figures?.return_on_employed_pct ?? null,
    class: figures?.class ?? null,
    opened_at: figures?.opened_at ?? null,
    days_active: figures?.days_active ?? null,
  };
}

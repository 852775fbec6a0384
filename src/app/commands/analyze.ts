// revenue-analyze: where does liquidity flow, channel by channel?
import type { FlowAnalysis } from '../../core/flow/analyze.ts';
import { displayId } from '../../core/snapshot.ts';
import { msatToSats } from '../../core/units.ts';
import { analyze, type Analysis } from '../analysis.ts';
import { namedChannel } from '../named-channel.ts';
import { requireReady } from '../readiness.ts';
import { command } from './command.ts';
import type { CommandContext } from './context.ts';
import { channelName, optional, readParams } from './params.ts';

const PARAMS = { channel_id: optional(channelName) };

/** Fractions of a millisatoshi come only from division; three decimals of a sat are all that is real. */
const roundSats = (milli: number): number => Math.round(milli) / 1000;

const toReply = ({ channel, flow, flowRatio, state, dailyVolumeMsat, localRatio }: FlowAnalysis) => ({
  channel_id: displayId(channel),
  peer_id: channel.peerId,
  alias: channel.peerAlias,
  capacity_sats: msatToSats(channel.capacity),
  sats_in: msatToSats(flow.in.settledMsat),
  sats_out: msatToSats(flow.out.settledMsat),
  forwards_in: flow.in.settledCount,
  forwards_out: flow.out.settledCount,
  flow_ratio: flowRatio,
  state,
  daily_volume_sats: roundSats(dailyVolumeMsat),
  local_ratio: localRatio,
  data_source: flow.source,
});

export const analyzeCommand = command({
  name: 'revenue-analyze',
  usage: '[channel_id]',
  description: 'Show where liquidity flows: amounts in and out, flow ratio and class of each channel, or of one',
  read: (params) => readParams(PARAMS, params),
  run: async ({ channel_id: name }, context) => {
    requireReady(context.readiness());
    await context.catchUp();
    const { node, store } = context;
    const analysis = await analyze(node, store, context.config());
    const { channels } = analysis;
    const views = channels.map(({ channel }) => channel);
    const asked = name === null ? null : await namedChannel('channel_id', name, views, node, store.ledger);
    const chosen = asked === null ? channels : channels.filter(({ channel }) => channel === asked);
    return analyzeReply(context, analysis, chosen);
  },
});

export const analyzeReply = (
  { store }: Pick<CommandContext, 'store'>,
  { window }: Analysis,
  channels: readonly FlowAnalysis[],
) => ({
  window_days: window.days,
  window_start: window.start,
  window_end: window.end,
  history_start: store.facts().oldestForward,
  channels: channels.map(toReply),
});
export type AnalyzeReply = ReturnType<typeof analyzeReply>;

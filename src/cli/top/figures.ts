// What does `top` ask the node? The plugin's own commands, so that it can show nothing that they do not say.
import type { AnalyzeReply } from '../../app/commands/analyze.ts';
import type { ProfitabilityReply } from '../../app/commands/profitability.ts';
import type { StatusReply } from '../../app/commands/status.ts';
import type { ChannelFigures } from '../../app/profit/channel-figures.ts';
import { InputError } from '../input-error.ts';
import type { NodeCaller } from '../command.ts';

type Loops = StatusReply['loops'];
export interface Loop extends Pick<Loops[string], 'last_outcome' | 'running'> {
  readonly next_run: number | null;
}

/** A time in a reply, which is a number there. */
type Dated<T> = Omit<T, 'timestamp'> & { readonly timestamp: number };
type FeeChange = Dated<StatusReply['recent_fee_changes'][number]>;
type Rebalance = Dated<StatusReply['recent_rebalances'][number]>;

/** Of the reply what is shown. */
export interface Status extends Pick<StatusReply, 'version' | 'mode' | 'ready' | 'channels' | 'reserve'> {
  readonly loops: Readonly<Record<string, Loop>>;
  readonly rebalancer: Pick<StatusReply['rebalancer'], 'active' | 'in_flight'>;
  readonly budget: Pick<StatusReply['budget'], 'daily_sats' | 'spent_24h_sats' | 'reserved_sats'>;
  readonly alerts: readonly string[];
  readonly recent_fee_changes: readonly Pick<
    FeeChange,
    'channel_id' | 'old_fee_ppm' | 'new_fee_ppm' | 'reason' | 'timestamp'
  >[];
  readonly recent_rebalances: readonly Pick<
    Rebalance,
    'from_channel' | 'to_channel' | 'amount_sats' | 'fee_sats' | 'status' | 'timestamp'
  >[];
}

type Flow = Pick<
  AnalyzeReply['channels'][number],
  'channel_id' | 'alias' | 'capacity_sats' | 'sats_in' | 'sats_out' | 'state' | 'local_ratio'
>;
type Profit = Pick<ChannelFigures, 'channel_id' | 'class' | 'revenue_sats' | 'net_profit_sats' | 'carr_pct'>;

export interface Row extends Flow {
  readonly profit: Profit | null;
  readonly fee_ppm: number | null;
}

export interface Figures {
  readonly alias: string;
  readonly status: Status;
  readonly windowDays: number;
  readonly summary: Pick<ProfitabilityReply['summary'], 'total_revenue_sats' | 'net_profit_sats' | 'carr_pct'>;
  /** The highest revenue first. */
  readonly rows: readonly Row[];
}

/** @throws InputError when the node does not answer or the plugin is not there */
export async function readFigures(node: NodeCaller): Promise<Figures> {
  const status = (await node.call('revenue-status')) as Status;
  const info = (await node.call('getinfo')) as { readonly alias: string };
  if (!status.ready) throw new InputError('the plugin is still reading what the node knows; try again in a minute');
  const flows = (await node.call('revenue-analyze')) as {
    readonly window_days: number;
    readonly channels: readonly Flow[];
  };
  const profits = (await node.call('revenue-profitability')) as {
    readonly summary: Figures['summary'];
    readonly channels_by_class: Readonly<Record<string, readonly Profit[]>>;
  };
  const fees = await readFees(node);
  const byChannel = new Map(
    Object.values(profits.channels_by_class).flatMap((list) => list.map((profit) => [profit.channel_id, profit])),
  );
  const rows = flows.channels.map((flow) => ({
    ...flow,
    profit: byChannel.get(flow.channel_id) ?? null,
    fee_ppm: fees.get(flow.channel_id) ?? null,
  }));
  rows.sort((a, b) => (b.profit?.revenue_sats ?? 0) - (a.profit?.revenue_sats ?? 0));
  return { alias: info.alias, status, windowDays: flows.window_days, summary: profits.summary, rows };
}

interface Listed {
  readonly short_channel_id?: string;
  readonly alias?: { readonly local?: string };
  readonly fee_proportional_millionths?: number;
}

/** Our fee by the name that people type. */
async function readFees(node: NodeCaller): Promise<ReadonlyMap<string, number>> {
  const wanted = { short_channel_id: true, alias: { local: true }, fee_proportional_millionths: true };
  const { channels } = (await node.call('listpeerchannels', {}, { channels: [wanted] })) as {
    readonly channels: readonly Listed[];
  };
  return new Map(
    channels.flatMap(({ short_channel_id: scid, alias, fee_proportional_millionths: fee }) => {
      const name = scid ?? alias?.local;
      return name === undefined || fee === undefined ? [] : [[name, fee] as const];
    }),
  );
}

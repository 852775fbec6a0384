// What does `top` ask the node? The plugin's own commands, so that it can show nothing that they do not say.
import { InputError } from '../input-error.ts';
import type { NodeCaller } from '../command.ts';

export interface Loop {
  readonly next_run: number | null;
  readonly last_outcome: string | null;
  readonly running: boolean;
}

export interface Status {
  readonly version: string;
  readonly mode: string;
  readonly ready: boolean;
  readonly channels: {
    readonly total: number;
    readonly source: number;
    readonly sink: number;
    readonly balanced: number;
  };
  readonly loops: Readonly<Record<string, Loop>>;
  readonly rebalancer: { readonly active: string | null; readonly in_flight: number };
  readonly budget: { readonly daily_sats: number; readonly spent_24h_sats: number; readonly reserved_sats: number };
  readonly reserve: {
    readonly minimum_sats: number;
    readonly onchain_sats: number | null;
    readonly channels_sats: number | null;
    readonly ok: boolean | null;
  };
  readonly alerts: readonly string[];
  readonly recent_fee_changes: readonly {
    readonly channel_id: string;
    readonly old_fee_ppm: number;
    readonly new_fee_ppm: number;
    readonly reason: string;
    readonly timestamp: number;
  }[];
  readonly recent_rebalances: readonly {
    readonly from_channel: string;
    readonly to_channel: string;
    readonly amount_sats: number;
    readonly actual_fee_sats: number | null;
    readonly status: string;
    readonly timestamp: number;
  }[];
}

interface Flow {
  readonly channel_id: string;
  readonly alias: string | null;
  readonly capacity_sats: number;
  readonly sats_in: number;
  readonly sats_out: number;
  readonly state: 'source' | 'sink' | 'balanced';
  readonly local_ratio: number;
}

interface Profit {
  readonly channel_id: string;
  readonly class: string;
  readonly revenue_sats: number;
  readonly net_profit_sats: number;
  readonly carr_pct: number | null;
}

export interface Row extends Flow {
  readonly profit: Profit | null;
  readonly fee_ppm: number | null;
}

export interface Figures {
  readonly alias: string;
  readonly status: Status;
  readonly windowDays: number;
  readonly summary: {
    readonly total_revenue_sats: number;
    readonly net_profit_sats: number;
    readonly carr_pct: number | null;
  };
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

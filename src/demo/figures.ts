// What do the plugin and the node say at this moment? Everything on the screen comes from them.
import { RpcError } from '../cln/errors.ts';
import type { Written } from './database.ts';
import { SessionLost, type Session } from './session.ts';

/** Who can be asked. */
export type Asked = Pick<Session, 'call' | 'readDatabase'>;

interface ChannelFlow {
  readonly channel_id: string;
  readonly alias: string | null;
  readonly capacity_sats: number;
  readonly sats_in: number;
  readonly sats_out: number;
  readonly forwards_in: number;
  readonly forwards_out: number;
  readonly state: 'source' | 'sink' | 'balanced';
  readonly local_ratio: number;
}

interface ChannelProfit {
  readonly channel_id: string;
  readonly class: string;
  readonly revenue_sats: number;
  readonly rebalance_cost_sats: number;
  /** Of the liquidity that rebalances brought: what is not sold yet, what that cost, and what the rest has gained. */
  readonly bought_on_hand_sats: number;
  readonly bought_on_hand_cost_sats: number;
  readonly bought_realised_profit_sats: number;
}

export interface LoopFigures {
  readonly last_run: number | null;
  readonly last_outcome: string | null;
  readonly next_run: number | null;
  readonly consecutive_failures: number;
  readonly running: boolean;
}

export interface RecentChange {
  readonly channel_id: string;
  readonly old_fee_ppm: number;
  readonly new_fee_ppm: number;
  readonly reason: string;
  readonly timestamp: number;
}

export interface Status {
  readonly version: string;
  readonly mode: string;
  readonly ready: boolean;
  readonly loops: Readonly<Record<string, LoopFigures>>;
  readonly database: { readonly path: string; readonly forwards: number };
  readonly alerts: readonly unknown[];
  /** Newest first. */
  readonly recent_fee_changes: readonly RecentChange[];
}

export interface NodeFacts {
  readonly id: string;
  readonly alias: string;
  readonly version: string;
  readonly blockheight: number;
  readonly fees_collected_msat: number;
}

/** A channel as the node lists it, with the fee that the network sees. */
interface NodeChannel {
  readonly channel_id: string;
  readonly short_channel_id?: string;
  readonly alias?: { readonly local?: string };
  readonly updates?: { readonly local?: { readonly fee_proportional_millionths: number } };
}

/** One channel by revenue-analyze, revenue-profitability, fee_changes and the node. */
export interface ChannelFigures extends ChannelFlow {
  /** By revenue-profitability; null where it does not list the channel. */
  readonly profit: ChannelProfit | null;
  /** As the node announces it; null where it lists none. */
  readonly fee_ppm: number | null;
  /** What the plugin found before its first change; null where it has changed nothing. */
  readonly found_ppm: number | null;
  /** The newest fee of fee_changes; null where there is none. */
  readonly published_ppm: number | null;
  /** Rows of fee_changes. */
  readonly changes: number;
}

/** What is there once the plugin has read the history of forwards. */
export interface Market {
  /** Days of the amounts in and out. */
  readonly windowDays: number;
  readonly channels: readonly ChannelFigures[];
  readonly written: Written;
}

export interface Figures {
  /** Virtual Unix seconds. */
  readonly now: number;
  readonly speed: number;
  readonly node: NodeFacts;
  readonly status: Status;
  /** Null until the plugin is ready. */
  readonly market: Market | null;
}

/** Replies hold sats with three decimals, which a double keeps exactly far beyond any amount here. */
export const toMsat = (sats: number): bigint => BigInt(Math.round(sats * 1000));

/** JSON-RPC's code for a method that nobody has. */
const UNKNOWN_COMMAND = -32601;
/** lightningd's code for a plugin that ended before it replied. */
const PLUGIN_TERMINATED = -4;

/** @throws SessionLost when the plugin has ended, with what the node's log says of it. */
export async function readFigures(session: Asked): Promise<Figures> {
  try {
    const status = (await session.call('revenue-status')) as Status;
    const market = status.ready ? await readMarket(session, status.database.path) : null;
    const node = (await session.call('getinfo')) as NodeFacts;
    const time = await readTime(session);
    return { now: time.virtual_now, speed: time.speed, node, status, market };
  } catch (error) {
    if (!(error instanceof RpcError) || ![UNKNOWN_COMMAND, PLUGIN_TERMINATED].includes(error.code)) throw error;
    throw new SessionLost(`the plugin has ended: ${await lastWords(session)}`);
  }
}

async function readMarket(session: Asked, database: string): Promise<Market> {
  const flows = (await session.call('revenue-analyze')) as {
    readonly window_days: number;
    readonly channels: readonly ChannelFlow[];
  };
  const profitability = (await session.call('revenue-profitability')) as {
    readonly channels_by_class: Readonly<Record<string, readonly ChannelProfit[]>>;
  };
  const listed = (await session.call('listpeerchannels')) as { readonly channels: readonly NodeChannel[] };
  const written = session.readDatabase(database);
  const profits = new Map(
    Object.values(profitability.channels_by_class).flatMap((rows) => rows.map((row) => [row.channel_id, row])),
  );
  const nodes = new Map(listed.channels.map((channel) => [nameOf(channel), channel]));
  const channels = flows.channels.map((flow) => {
    const channel = nodes.get(flow.channel_id);
    const changes = written.changes.filter(({ channelId }) => channelId === channel?.channel_id);
    return {
      ...flow,
      profit: profits.get(flow.channel_id) ?? null,
      fee_ppm: channel?.updates?.local?.fee_proportional_millionths ?? null,
      found_ppm: changes[0]?.fromPpm ?? null,
      published_ppm: changes.at(-1)?.toPpm ?? null,
      changes: changes.length,
    };
  });
  return { windowDays: flows.window_days, channels, written };
}

/** By the name that the plugin's replies have for it. */
const nameOf = ({ short_channel_id, alias, channel_id }: NodeChannel): string =>
  short_channel_id ?? alias?.local ?? channel_id;

/** The clock of node and plugin, in Unix seconds. */
export interface NodeTime {
  readonly virtual_now: number;
  /** How far the node has come; behind the clock while it cannot keep up. */
  readonly world_now: number;
  /** Virtual seconds that pass in a real one. */
  readonly speed: number;
}

export const readTime = async (session: Asked): Promise<NodeTime> => (await session.call('dev-sim-time')) as NodeTime;

async function lastWords(session: Asked): Promise<string> {
  const { log } = (await session.call('dev-sim-log', { level: 'info' })) as {
    readonly log: readonly { readonly log: string }[];
  };
  return log.findLast(({ log: line }) => line.startsWith('Killing plugin'))?.log ?? 'the log does not say why';
}

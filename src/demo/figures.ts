// What do the plugin and the node say at this moment? Everything on the screen comes from their own commands.
import { RpcError } from '../cln/errors.ts';
import { SessionLost, type Session } from './session.ts';

/** Who can be asked. */
export type Asked = Pick<Session, 'call'>;

export interface ChannelFigures {
  readonly channel_id: string;
  readonly alias: string | null;
  readonly capacity_sats: number;
  readonly sats_in: number;
  readonly sats_out: number;
  readonly forwards_in: number;
  readonly forwards_out: number;
  readonly flow_ratio: number;
  readonly state: 'source' | 'sink' | 'balanced';
  readonly local_ratio: number;
}

export interface LoopFigures {
  readonly last_run: number | null;
  readonly last_outcome: string | null;
  readonly next_run: number | null;
  readonly consecutive_failures: number;
}

export interface Status {
  readonly version: string;
  readonly mode: string;
  readonly ready: boolean;
  readonly loops: Readonly<Record<string, LoopFigures>>;
  readonly database: { readonly path: string; readonly forwards: number };
  readonly alerts: readonly unknown[];
}

export interface Analysis {
  readonly window_days: number;
  readonly channels: readonly ChannelFigures[];
}

export interface NodeFacts {
  readonly id: string;
  readonly alias: string;
  readonly version: string;
  readonly blockheight: number;
  readonly fees_collected_msat: number;
}

export interface Figures {
  /** Virtual Unix seconds. */
  readonly now: number;
  readonly speed: number;
  readonly node: NodeFacts;
  readonly status: Status;
  /** Null until the plugin has read the history of forwards. */
  readonly analysis: Analysis | null;
}

/** JSON-RPC's code for a method that nobody has. */
const UNKNOWN_COMMAND = -32601;
/** lightningd's code for a plugin that ended before it replied. */
const PLUGIN_TERMINATED = -4;

/** @throws SessionLost when the plugin has ended, with what the node's log says of it. */
export async function readFigures(session: Asked): Promise<Figures> {
  try {
    const status = (await session.call('revenue-status')) as Status;
    const analysis = status.ready ? ((await session.call('revenue-analyze')) as Analysis) : null;
    const node = (await session.call('getinfo')) as NodeFacts;
    const time = await readTime(session);
    return { now: time.virtual_now, speed: time.speed, node, status, analysis };
  } catch (error) {
    if (!(error instanceof RpcError) || ![UNKNOWN_COMMAND, PLUGIN_TERMINATED].includes(error.code)) throw error;
    throw new SessionLost(`the plugin has ended: ${await lastWords(session)}`);
  }
}

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

// Do the plugin's totals agree with the node's, to the millisatoshi?
import { setTimeout as sleep } from 'node:timers/promises';
import { readFigures, type Analysis, type Asked, type Figures, type NodeFacts } from './figures.ts';

export interface Settlement {
  readonly figures: Figures;
  readonly analysis: Analysis;
  /** What came in less what went out, by the plugin: the fees it says were earned. Millisatoshi. */
  readonly pluginFees: bigint;
  /** What the node says it earned. Millisatoshi. */
  readonly nodeFees: bigint;
}

/** The longest the plugin looks back (core/config/options.ts). */
const LONGEST_WINDOW_DAYS = 90;

/** Replies hold sats with three decimals, which a double keeps exactly far beyond any amount here. */
export const toMsat = (sats: number): bigint => BigInt(Math.round(sats * 1000));

/** Stops the payments, waits until none is under way, and has both sides draw up their totals. */
export async function settle(session: Asked): Promise<Settlement> {
  await session.call('dev-sim-traffic', { forwards_per_day: 0 });
  while ((await inFlight(session)) > 0) await sleep(20);
  const window = { config: 'revenue-ops-flow-window-days', val: LONGEST_WINDOW_DAYS, transient: true };
  await session.call('setconfig', window);
  const figures = await readFigures(session);
  const analysis = (await session.call('revenue-analyze')) as Analysis;
  const node = (await session.call('getinfo')) as NodeFacts;
  const net = analysis.channels.map(({ sats_in, sats_out }) => toMsat(sats_in) - toMsat(sats_out));
  return {
    figures,
    analysis,
    pluginFees: net.reduce((sum, msat) => sum + msat, 0n),
    nodeFees: BigInt(node.fees_collected_msat),
  };
}

async function inFlight(session: Asked): Promise<number> {
  const { forwards } = (await session.call('listforwards', { status: 'offered' })) as {
    readonly forwards: readonly unknown[];
  };
  return forwards.length;
}

// Do the plugin's totals agree with the node's, to the millisatoshi?
import { setTimeout as sleep } from 'node:timers/promises';
import { readFigures, readTime, type Analysis, type Asked, type Figures, type NodeFacts } from './figures.ts';

export interface Settlement {
  readonly figures: Figures;
  readonly analysis: Analysis;
  /** What came in less what went out, by the plugin: the fees it says were earned. Millisatoshi. */
  readonly pluginFees: bigint;
  /** What the node says it earned. Millisatoshi. */
  readonly nodeFees: bigint;
}

/** The longest the plugin looks back (core/config/options.ts), and longer than any demonstration (options.ts). */
const LONGEST_WINDOW_DAYS = 90;

/** Replies hold sats with three decimals, which a double keeps exactly far beyond any amount here. */
export const toMsat = (sats: number): bigint => BigInt(Math.round(sats * 1000));

/** Waits until the node has come to where time stands still, and has both sides draw up their totals. */
export async function settle(session: Asked): Promise<Settlement> {
  while (await isBehind(session)) await sleep(20);
  const window = { config: 'revenue-ops-flow-window-days', val: LONGEST_WINDOW_DAYS, transient: true };
  await session.call('setconfig', window);
  const analysis = (await session.call('revenue-analyze')) as Analysis;
  const figures = await readFigures(session);
  const node = (await session.call('getinfo')) as NodeFacts;
  const net = analysis.channels.map(({ sats_in, sats_out }) => toMsat(sats_in) - toMsat(sats_out));
  return {
    figures,
    analysis,
    pluginFees: net.reduce((sum, msat) => sum + msat, 0n),
    nodeFees: BigInt(node.fees_collected_msat),
  };
}

async function isBehind(session: Asked): Promise<boolean> {
  const { virtual_now, world_now } = await readTime(session);
  return world_now < virtual_now;
}

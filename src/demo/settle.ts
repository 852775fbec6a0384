// Do plugin and node agree: on the money to the millisatoshi, and on every fee?
import { setTimeout as sleep } from 'node:timers/promises';
import {
  readFigures,
  readTime,
  type Asked,
  type Figures,
  type LoopFigures,
  type Market,
  type NodeFacts,
  type Status,
} from './figures.ts';

export interface Settlement {
  readonly figures: Figures;
  readonly market: Market;
  /** What came in less what went out, by the plugin: the fees it says were earned. Millisatoshi. */
  readonly pluginFees: bigint;
  /** What the node says it earned. Millisatoshi. */
  readonly nodeFees: bigint;
  /** Channels that have another fee on the node than fee_changes says, in words. */
  readonly feeDifferences: readonly string[];
  /** The text of revenue-explain about the channel of which the fee changed last; null when none changed. */
  readonly explained: string | null;
}

/** The longest the plugin looks back (core/config/options.ts), and longer than any demonstration (options.ts). */
const LONGEST_WINDOW_DAYS = 90;
/** Real milliseconds between two looks at whether node and plugin are done. */
const POLL_MS = 20;

/** Replies hold sats with three decimals, which a double keeps exactly far beyond any amount here. */
export const toMsat = (sats: number): bigint => BigInt(Math.round(sats * 1000));

export const agrees = ({ pluginFees, nodeFees, feeDifferences }: Settlement): boolean =>
  pluginFees === nodeFees && feeDifferences.length === 0;

/** Waits until the node has come to where time stands still, and has both sides draw up their totals. */
export async function settle(session: Asked): Promise<Settlement> {
  while (await isBehind(session)) await sleep(POLL_MS);
  const window = { config: 'revenue-ops-flow-window-days', val: LONGEST_WINDOW_DAYS, transient: true };
  await session.call('setconfig', window);
  const figures = await readAtRest(session);
  const { market } = figures;
  const node = (await session.call('getinfo')) as NodeFacts;
  const net = market.channels.map(({ sats_in, sats_out }) => toMsat(sats_in) - toMsat(sats_out));
  return {
    figures,
    market,
    pluginFees: net.reduce((sum, msat) => sum + msat, 0n),
    nodeFees: BigInt(node.fees_collected_msat),
    feeDifferences: market.channels
      .filter(({ published_ppm, fee_ppm }) => published_ppm !== null && published_ppm !== fee_ppm)
      .map(
        ({ channel_id, published_ppm, fee_ppm }) =>
          `${channel_id}: ${String(published_ppm)} ppm by fee_changes, ${fee_ppm ?? 'none'} on the node`,
      ),
    explained: await explain(session, figures.status),
  };
}

/** No fee cycle runs while it reads: between setting a fee and writing it down the two differ rightly. */
async function readAtRest(session: Asked): Promise<Figures & { readonly market: Market }> {
  for (;;) {
    const before = await feesLoop(session);
    if (before?.running !== true) {
      const figures = await readFigures(session);
      const { market } = figures;
      const after = await feesLoop(session);
      if (market !== null && after?.running !== true && after?.last_run === before?.last_run)
        return { ...figures, market };
    }
    await sleep(POLL_MS);
  }
}

const feesLoop = async (session: Asked): Promise<LoopFigures | undefined> =>
  ((await session.call('revenue-status')) as Status).loops['fees'];

async function isBehind(session: Asked): Promise<boolean> {
  const { virtual_now, world_now } = await readTime(session);
  return world_now < virtual_now;
}

async function explain(session: Asked, { recent_fee_changes: [newest] }: Status): Promise<string | null> {
  if (newest === undefined) return null;
  const reply = await session.call('revenue-explain', { channel_id: newest.channel_id, text: true });
  return (reply as { readonly text: string }).text;
}

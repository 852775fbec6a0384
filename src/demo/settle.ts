// Do plugin and node agree: on the money earned and spent to the millisatoshi, and on every fee?
import { setTimeout as sleep } from 'node:timers/promises';
import {
  readFigures,
  readTime,
  toMsat,
  type Asked,
  type Figures,
  type LoopFigures,
  type Market,
  type NodeFacts,
  type Status,
} from './figures.ts';
import { latest } from './rebalance-view.ts';
import { hasPending, readSpending, spendingAgrees, type Spending } from './spending.ts';

export interface Settlement {
  readonly figures: Figures;
  readonly market: Market;
  /** What came in less what went out, by the plugin: the fees it says were earned. Millisatoshi. */
  readonly pluginFees: bigint;
  /** What the node says it earned. Millisatoshi. */
  readonly nodeFees: bigint;
  /** What rebalancing has cost, by everyone who says so. */
  readonly spending: Spending;
  /** Channels that have another fee on the node than fee_changes says, in words. */
  readonly feeDifferences: readonly string[];
  /** The text of revenue-explain about one channel; null where nothing was decided on any. */
  readonly explained: { readonly channel: string; readonly text: string } | null;
}

/** The longest the plugin looks back (core/config/options.ts), and longer than any demonstration (options.ts). */
const LONGEST_WINDOW_DAYS = 90;
/** Real milliseconds between two looks at whether node and plugin are done. */
const POLL_MS = 20;
/** Real milliseconds for a cycle to end in which time has stopped; what is not done then is told as it is. */
const REST_MS = 20_000;

export const agrees = ({ pluginFees, nodeFees, spending, feeDifferences }: Settlement): boolean =>
  pluginFees === nodeFees && spendingAgrees(spending) && feeDifferences.length === 0;

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
    spending: await readSpending(session, market, node.id),
    feeDifferences: market.channels
      .filter(({ published_ppm, fee_ppm }) => published_ppm !== null && published_ppm !== fee_ppm)
      .map(
        ({ channel_id, published_ppm, fee_ppm }) =>
          `${channel_id}: ${String(published_ppm)} ppm by fee_changes, ${fee_ppm ?? 'none'} on the node`,
      ),
    explained: await explain(session, figures.status, market),
  };
}

/** No cycle that acts runs while it reads: between an act and its record the two sides differ rightly. */
async function readAtRest(session: Asked): Promise<Figures & { readonly market: Market }> {
  const deadline = performance.now() + REST_MS;
  for (;;) {
    const before = await acting(session);
    const late = performance.now() > deadline;
    if (late || (await isAtRest(session, before))) {
      const figures = await readFigures(session);
      const { market } = figures;
      const after = await acting(session);
      const same = after.every((loop, i) => loop?.last_run === before[i]?.last_run);
      if (market !== null && (late || (same && (await isAtRest(session, after))))) return { ...figures, market };
    }
    await sleep(POLL_MS);
  }
}

type Acting = readonly [fees: LoopFigures | undefined, rebalance: LoopFigures | undefined];

async function acting(session: Asked): Promise<Acting> {
  const { loops } = (await session.call('revenue-status')) as Status;
  return [loops['fees'], loops['rebalance']];
}

/** A payment that is under way when time stops never ends, nor does the cycle that waits for it. */
const isAtRest = async (session: Asked, [fees, rebalance]: Acting): Promise<boolean> =>
  fees?.running !== true && (rebalance?.running !== true || (await hasPending(session)));

async function isBehind(session: Asked): Promise<boolean> {
  const { virtual_now, world_now } = await readTime(session);
  return world_now < virtual_now;
}

/** The channel that was filled last, or else the one of which the fee changed last. */
async function explain(
  session: Asked,
  { recent_fee_changes: [newest] }: Status,
  { written }: Market,
): Promise<Settlement['explained']> {
  const channel = latest(written.rebalances, 1)[0]?.to.scid ?? newest?.channel_id;
  if (channel === undefined) return null;
  const reply = await session.call('revenue-explain', { channel_id: channel, text: true });
  return { channel, text: (reply as { readonly text: string }).text };
}

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
const SECONDS_PER_DAY = 86_400;

/** Replies hold sats with three decimals, which a double keeps exactly far beyond any amount here. */
export const toMsat = (sats: number): bigint => BigInt(Math.round(sats * 1000));

/**
 * Waits until no payment is under way, and has both sides draw up their totals. Payments must have been stopped.
 * @param started virtual seconds when the first payment may have been.
 * @throws Error when so much time has passed that the plugin no longer looks back to the start.
 */
export async function settle(session: Asked, started: number): Promise<Settlement> {
  while ((await inFlight(session)) > 0) await sleep(20);
  const window = { config: 'revenue-ops-flow-window-days', val: LONGEST_WINDOW_DAYS, transient: true };
  await session.call('setconfig', window);
  const analysis = (await session.call('revenue-analyze')) as Analysis;
  const figures = await readFigures(session);
  const node = (await session.call('getinfo')) as NodeFacts;
  if (figures.now - started > LONGEST_WINDOW_DAYS * SECONDS_PER_DAY)
    throw new Error(
      `the plugin was so far behind that its longest window, ${LONGEST_WINDOW_DAYS} days, no longer reaches back to ` +
        'the start: try a lower --speed or fewer --forwards-per-day',
    );
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

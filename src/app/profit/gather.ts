// What do the commands on returns work with? The node and the ledger read once, and every channel judged.
import type { NodeSnapshot } from '../../core/snapshot.ts';
import { displayId } from '../../core/snapshot.ts';
import { NodeError } from '../../ports.ts';
import { analyze, type Analysis } from '../analysis.ts';
import { breathe } from '../breathe.ts';
import type { CommandContext } from '../commands/context.ts';
import { readProfitsCalmly, type NodeProfit } from './channel-profits.ts';
import { requireReady } from '../readiness.ts';
import { judge, type Judged } from './channel-figures.ts';

export interface Gathered extends NodeProfit {
  readonly windowDays: number;
  readonly snapshot: NodeSnapshot;
  /** Where liquidity flowed, by the same snapshot. */
  readonly analysis: Analysis;
  /** Every channel that ever was, by name. */
  readonly channels: readonly Judged[];
  /** What is missing or older than it should be, in sentences. */
  readonly warnings: readonly string[];
}

/**
 * @param rate yearly discount rate of net present values, a fraction above -1
 * @throws CommandError while not ready, NodeError, StoreError
 */
export async function gatherProfits(context: CommandContext, rate: number): Promise<Gathered> {
  requireReady(context.readiness());
  await context.catchUp();
  const { node, store, accounts } = context;
  const stale = await takeInBooks(context);
  await breathe();
  const [analysis, { mutualClose }] = await Promise.all([
    analyze(node, store, context.config()),
    accounts.readOnchainFees(),
  ]);
  await breathe();
  const { snapshot, window, flows } = analysis;
  const present = { now: snapshot.takenAt, channels: snapshot.channels, mutualClose, rate };
  const { channels, ...profits } = await readProfitsCalmly(store.ledger, present);
  const known = new Set(channels.map(({ books }) => books.channelId));
  const missing = snapshot.channels.filter(({ channelId }) => !known.has(channelId));
  return {
    ...profits,
    windowDays: window.days,
    snapshot,
    analysis,
    channels: channels.map((channel) => judge(channel, flows.get(channel.books.channelId), window)),
    warnings: [
      ...stale,
      ...missing.map(
        (channel) => `channel ${displayId(channel)} is left out: the node has told nothing of its opening yet`,
      ),
    ],
  };
}

/** What the node's books said before serves where they cannot be read now; without any, there is nothing to tell. */
async function takeInBooks({ takeInAccounts, store }: CommandContext): Promise<string[]> {
  try {
    await takeInAccounts();
    return [];
  } catch (error) {
    if (!(error instanceof NodeError) || store.ledger.books().length === 0) throw error;
    return [`costs are as they were read before, since the node's books cannot be read now: ${error.message}`];
  }
}

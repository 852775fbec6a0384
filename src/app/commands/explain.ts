// revenue-explain: why does this channel have this fee, why is it rebalanced or not, and what would change that?
import { NodeError } from '../../ports.ts';
import { channelNames } from '../channel-names.ts';
import { feeExplained } from '../fees/explained.ts';
import { namedChannel } from '../named-channel.ts';
import { requireReady } from '../readiness.ts';
import { rebalanceExplained } from '../rebalance/explained.ts';
import { explainText } from '../text/explain-text.ts';
import { command } from './command.ts';
import type { CommandContext } from './context.ts';
import { channelName, flag, readParams, required, withDefault } from './params.ts';
import { asText } from './text-reply.ts';

const PARAMS = { channel_id: required(channelName), text: withDefault(flag, false) };

export const explainCommand = command({
  name: 'revenue-explain',
  usage: 'channel_id [text]',
  description:
    'Show why a channel has its fee and why it is rebalanced or not: every input, each step of the arithmetic, and what would change it',
  read: (params) => readParams(PARAMS, params),
  run: async ({ channel_id: name, text }, context) => {
    const reply = await explainReply(name, context);
    return text ? asText(explainText(reply)) : reply;
  },
});

/** @throws CommandError not-ready, unknown-channel; NodeError, StoreError */
export async function explainReply(name: string, { readiness, node, store, clboss, config, clock }: CommandContext) {
  requireReady(readiness());
  const { channels } = await node.readSnapshot();
  const channel = await namedChannel('channel_id', name, channels, node, store.ledger);
  const view = await clboss.view().catch((error: unknown) => {
    // An explanation without clboss is worth more than none.
    if (error instanceof NodeError) return null;
    throw error;
  });
  const { clbossEnabled, dryRun } = config();
  const given = { now: clock.now(), channel, nameOf: channelNames(channels, store.ledger) };
  return {
    ...feeExplained({ ...given, channels, store: store.fees, clboss: view, clbossEnabled }),
    ...rebalanceExplained({ ...given, store, dryRun }),
  };
}
export type ExplainReply = Awaited<ReturnType<typeof explainReply>>;

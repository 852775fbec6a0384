// revenue-explain: why does this channel have this fee, and what would change it?
import { NodeError } from '../../ports.ts';
import { explained } from '../fees/explained.ts';
import { namedChannel } from '../named-channel.ts';
import { requireReady } from '../readiness.ts';
import { explainText } from '../text/explain-text.ts';
import { command } from './command.ts';
import { channelName, flag, readParams, required, withDefault } from './params.ts';
import { asText } from './text-reply.ts';

const PARAMS = { channel_id: required(channelName), text: withDefault(flag, false) };

export const explainCommand = command({
  name: 'revenue-explain',
  usage: 'channel_id [text]',
  description: 'Show why a channel has its fee: every input, each step of the arithmetic, and what would change it',
  read: (params) => readParams(PARAMS, params),
  run: async ({ channel_id: name, text }, { readiness, node, store, clboss, config, clock }) => {
    requireReady(readiness());
    const { channels } = await node.readSnapshot();
    const channel = await namedChannel('channel_id', name, channels, node);
    const view = await clboss.view().catch((error: unknown) => {
      // An explanation without clboss is worth more than none.
      if (error instanceof NodeError) return null;
      throw error;
    });
    const reply = explained({
      now: clock.now(),
      channel,
      channels,
      store: store.fees,
      clboss: view,
      clbossEnabled: config().clbossEnabled,
    });
    return text ? asText(explainText(reply)) : reply;
  },
});

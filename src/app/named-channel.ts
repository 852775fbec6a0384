// Which channel does the operator mean?
import { CommandError } from '../core/errors.ts';
import type { ChannelView } from '../core/snapshot.ts';
import type { Ledger, NodeReader } from '../ports.ts';

/** Whether people may mean this usable channel by a name. */
export const isNamed = (channel: Pick<ChannelView, 'scid' | 'alias' | 'channelId'>, name: string): boolean =>
  channel.scid === name || channel.alias === name || channel.channelId === name;

/** A splice gives another short channel id; the one before stays in notes and scripts, and lightningd takes it too. */
function formerlyNamed(
  channels: readonly ChannelView[],
  name: string,
  ledger: Pick<Ledger, 'books'>,
): ChannelView | undefined {
  const owner = ledger.books().find(({ names }) => names.some((each) => each === name));
  return owner && channels.find(({ channelId }) => channelId === owner.channelId);
}

/**
 * The usable channel of that name, or that once had it.
 * @param parameter how the command calls it
 * @throws CommandError unknown-channel, which tells a channel that is not usable from one that never was
 * @throws NodeError
 */
export async function namedChannel(
  parameter: string,
  name: string,
  channels: readonly ChannelView[],
  node: Pick<NodeReader, 'readChannelIdentities'>,
  ledger: Pick<Ledger, 'books'>,
): Promise<ChannelView> {
  const found = channels.find((channel) => isNamed(channel, name)) ?? formerlyNamed(channels, name, ledger);
  if (found) return found;
  const identities = await node.readChannelIdentities();
  const known = identities.find(({ channelId, scids }) => channelId === name || scids.some((scid) => scid === name));
  const why = known === undefined ? '' : known.closed ? ', which is closed' : ', which is closing or not open yet';
  throw new CommandError('unknown-channel', `${parameter}: expected a usable channel of this node, got ${name}${why}`);
}

// How do people know a channel, open or closed?
import { displayId, type ChannelView } from '../core/snapshot.ts';
import type { Ledger } from '../ports.ts';

/** The name of a channel id; the id itself where nobody has ever told another. */
export type NameOf = (channelId: string) => string;

/** @param channels the usable ones; of others the books tell the name, read when there is need */
export function channelNames(channels: readonly ChannelView[], ledger: Pick<Ledger, 'books'>): NameOf {
  const open = new Map<string, string>(channels.map((channel) => [channel.channelId, displayId(channel)]));
  let others: ReadonlyMap<string, string> | null = null;
  return (id) => {
    const name = open.get(id);
    if (name !== undefined) return name;
    others ??= new Map(ledger.books().map((books) => [books.channelId, books.names[0] ?? books.channelId]));
    return others.get(id) ?? id;
  };
}

/** What drivers say names channels by their ids. */
export const inNames = (text: string, nameOf: NameOf): string => text.replace(/\b[0-9a-f]{64}\b/g, (id) => nameOf(id));

/** For the log, where no snapshot is at hand: by the books, which are only read where a name is wanted. */
export const inBooksNames = (text: string, ledger: Pick<Ledger, 'books'>): string =>
  inNames(text, channelNames([], ledger));

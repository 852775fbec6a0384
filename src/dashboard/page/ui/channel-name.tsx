// How is a channel called? By the name of its peer for people, by its short channel id to be exact; it leads to its page.
import type { JSX } from 'preact';
import { brief } from '../format.ts';
import { channelLink } from '../router.ts';

interface Props {
  readonly channel: string;
  readonly alias?: string | null;
  readonly peer?: string | null;
}

export function ChannelName({ channel, alias, peer }: Props): JSX.Element {
  const name = alias ?? (peer === undefined || peer === null ? null : brief(peer));
  return (
    <a class="name" href={channelLink(channel)} title={peer ?? undefined}>
      <strong>{name ?? channel}</strong>
      {name !== null && <small class="mono">{channel}</small>}
    </a>
  );
}

/** Within a line. */
export const ChannelLink = ({ channel }: { readonly channel: string }): JSX.Element => (
  <a class="link mono" href={channelLink(channel)}>
    {channel}
  </a>
);

/** From where to where liquidity goes. */
export const ChannelPair = ({ from, to }: { readonly from: string; readonly to: string }): JSX.Element => (
  <>
    <ChannelLink channel={from} /> <span class="faint">→</span> <ChannelLink channel={to} />
  </>
);

// What can be done with this channel, by this rune?
import type { JSX } from 'preact';
import { SECONDS_PER_HOUR } from '../../../../core/units.ts';
import type { ActionName, ChannelPage, ChannelRow } from '../../../api.ts';
import { askFor } from '../../actions/requests.ts';
import { useSession } from '../../data/session.ts';

type Given = Readonly<Record<string, string | number | null>>;

interface Props {
  readonly page: ChannelPage;
  readonly row: ChannelRow;
}

export function ChannelActions({ page, row }: Props): JSX.Element | null {
  const session = useSession();
  if (session === null) return null;
  const about = page.alias === null ? page.channel_id : `${page.alias} (${page.channel_id})`;
  const { channel_id } = page;
  const offers: readonly {
    readonly action: ActionName;
    readonly text: string;
    readonly given: Given;
  }[] = [
    { action: 'set-fee', text: 'Set fee…', given: { channel_id, fee_ppm: row.fee_ppm } },
    {
      action: 'hold',
      text: row.hold_until === null ? 'Hold…' : 'Holding…',
      given: { channel_id, hold_hours: row.hold_until === null ? 24 : 0 },
    },
    {
      action: 'policy',
      text: 'Policy…',
      given: { subject: channel_id, strategy: row.strategy, rebalance: row.rebalance_policy, ...before(page) },
    },
    {
      action: 'rebalance',
      text: 'Rebalance…',
      given: row.local_ratio >= 0.5 ? { from_channel: channel_id } : { to_channel: channel_id },
    },
  ];
  const allowed = offers.filter(({ action }) => session.actions[action]);
  if (allowed.length === 0) return null;
  return (
    <div class="tools">
      {allowed.map(({ action, text, given }) => (
        <button
          key={action}
          type="button"
          onClick={() => {
            askFor({ action, about, given });
          }}
        >
          {text}
        </button>
      ))}
    </div>
  );
}

/**
 * A policy replaces the channel's own before it, be that in force for its fee or not: what the form does not begin with would
 * be dropped unseen. One without its own begins with what its peer has.
 */
function before({ own_policy: own, explain }: ChannelPage): Given {
  const policy = own ?? explain?.policy;
  if (explain === null || policy == null) return {};
  const { fee_ppm, min_ppm, max_ppm, expires_at: end } = policy;
  const expires_hours = end === null ? null : Math.max(1, Math.ceil((end - explain.as_of) / SECONDS_PER_HOUR));
  const strategies = own === null ? {} : { strategy: own.strategy, rebalance: own.rebalance };
  return { ...strategies, fee_ppm, min_ppm, max_ppm, expires_hours };
}

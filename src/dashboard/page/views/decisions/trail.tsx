// Which decisions fit, newest first, and those before them?
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Decisions as Reply, FeeEntry, RebalanceEntry } from '../../../api.ts';
import { ApiError, read } from '../../data/client.ts';
import { capital, sats, short, signedSats, wholeSats } from '../../format.ts';
import { ChannelLink, ChannelPair } from '../../ui/channel-name.tsx';
import { StatusBadge } from '../../ui/classes.tsx';
import { FeeStep } from '../../ui/fee-step.tsx';
import { Failure } from '../../ui/loaded.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Badge, Card, Empty } from '../../ui/parts.tsx';
import { Table, type Column } from '../../ui/table.tsx';

type Entry = FeeEntry | RebalanceEntry;

const keyOf = ({ kind, id }: Entry): string => `${kind} ${id}`;

const COLUMNS: readonly Column<Entry>[] = [
  { head: 'When (UTC)', class: 'nowrap muted', card: 'bare', cell: ({ timestamp }) => <Moment time={timestamp} /> },
  { head: 'Channel', class: 'nowrap', card: 'bare', cell: whichChannel },
  { head: 'What', class: 'nowrap', card: 'line', cell: what },
  { head: 'Why', class: 'wrap why', card: 'line', cell: why },
  { head: 'By', class: 'nowrap by', cell: ({ by }) => <By by={by} /> },
];

/** What was shown when somebody asked for older ones, and those. */
interface Older {
  readonly entries: readonly Entry[];
  readonly next: string | null;
}

export function Trail({ path, first }: { readonly path: string; readonly first: Reply }): JSX.Element {
  const [asked, setOlder] = useState<Older | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [isAsking, setAsking] = useState(false);
  // What has come since pushes the end of the first page out of it, and must not be lost between the two.
  const known = new Set(first.entries.map(keyOf));
  // More than a page has come: what lies between was never asked for, and one begins again.
  const older = asked?.entries.some((entry) => known.has(keyOf(entry))) === true ? asked : null;
  const next = older === null ? first.next : older.next;
  const entries = [...first.entries, ...(older?.entries.filter((entry) => !known.has(keyOf(entry))) ?? [])];
  const more = async (): Promise<void> => {
    if (next === null) return;
    setAsking(true);
    setError(null);
    try {
      const fresh = await read(`${path}&after=${encodeURIComponent(next)}`, null, new AbortController().signal);
      const page = fresh?.body as Reply;
      setOlder({ entries: [...(older?.entries ?? first.entries), ...page.entries], next: page.next });
    } catch (caught) {
      if (!(caught instanceof ApiError)) throw caught;
      setError(caught);
    } finally {
      setAsking(false);
    }
  };
  if (entries.length === 0)
    return (
      <Card>
        <Empty title="Nothing was decided yet that fits" icon="decisions">
          Only what was set, sent or would have been in dry-run stands here. Why a channel was left as it is stands on
          its own page.
        </Empty>
      </Card>
    );
  return (
    <>
      <Card flush>
        <Table class="trail" fits="Decisions" columns={COLUMNS} rows={entries} keyOf={keyOf} mark="decision" />
      </Card>
      {error !== null && <Failure error={error} stale />}
      {next !== null && (
        <div class="more">
          <button type="button" disabled={isAsking} onClick={() => void more()}>
            {isAsking ? 'Loading…' : 'Older'}
          </button>
        </div>
      )}
    </>
  );
}

function whichChannel(entry: Entry): JSX.Element {
  if (entry.kind === 'rebalance') return <ChannelPair from={entry.from_channel} to={entry.to_channel} />;
  return (
    <>
      <ChannelLink channel={entry.channel_id} /> {entry.alias !== null && <small class="faint">{entry.alias}</small>}
    </>
  );
}

function what(entry: Entry): JSX.Element {
  if (entry.kind === 'fee')
    return (
      <>
        <span class="what">Fee</span> <FeeStep from={entry.old_fee_ppm} to={entry.new_fee_ppm} />{' '}
        <span class="faint">ppm</span>
      </>
    );
  return (
    <>
      <span class="what">Rebalance</span> <b>{short(entry.amount_sats)}</b>{' '}
      <StatusBadge status={entry.status} message={entry.error_message} />
    </>
  );
}

function why(entry: Entry): JSX.Element {
  if (entry.kind === 'fee')
    return (
      <>
        <code>{entry.reason}</code> <span class="muted">{capital(entry.sentence)}</span>
      </>
    );
  return (
    <span class="muted">
      {entry.fee_sats === null
        ? `At most ${sats(entry.max_fee_sats)} sats`
        : `Cost ${wholeSats(entry.fee_sats)} of at most ${sats(entry.max_fee_sats)} sats`}
      , expected to bring {signedSats(entry.expected_profit_sats)}
      {entry.error_message === null ? '' : `. ${capital(entry.error_message)}`}
    </span>
  );
}

const BY_TEXTS: Readonly<Record<string, string>> = {
  us: 'plugin',
  hand: 'hand',
  other: 'somebody else',
  'dry-run': 'dry-run',
};
const By = ({ by }: { readonly by: string }): JSX.Element =>
  by === 'us' ? (
    <span class="muted">plugin</span>
  ) : (
    <Badge tone={by === 'other' ? 'caution' : by === 'hand' ? 'accent' : 'plain'}>{BY_TEXTS[by] ?? by}</Badge>
  );

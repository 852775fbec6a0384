// What was decided, by whom, and why? The audit trail, by whatever it is searched for.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Decisions as Reply, FeeEntry, RebalanceEntry } from '../../api.ts';
import { ApiError, read } from '../data/client.ts';
import { useResource } from '../data/resource.ts';
import { exactly, moment, sats, short, signedSats } from '../format.ts';
import { route, setQuery } from '../router.ts';
import { ChannelLink } from '../ui/channel-name.tsx';
import { StatusBadge } from '../ui/classes.tsx';
import { Exports } from '../ui/exports.tsx';
import { FeeStep } from '../ui/fee-step.tsx';
import { Icon } from '../ui/icons.tsx';
import { Failure, Loaded } from '../ui/loaded.tsx';
import { Badge, Card, Empty, Ghost } from '../ui/parts.tsx';
import { capital } from '../format.ts';

type Entry = FeeEntry | RebalanceEntry;

const FILTERS = ['kind', 'channel', 'reason', 'by'] as const;
/** Enough for an evening's reading; more on demand. */
const PAGE = 100;
/** Milliseconds after the last letter before a search is sent. */
const TYPING_MS = 250;

export function Decisions(): JSX.Element {
  const { query } = route.value;
  const asked = new URLSearchParams({ limit: String(PAGE) });
  for (const name of FILTERS) {
    const value = query.get(name)?.trim();
    if (value !== undefined && value !== '') asked.set(name, value);
  }
  const path = `/api/decisions?${asked.toString()}`;
  const state = useResource<Reply>(path);
  return (
    <div class="view">
      <div class="view-head">
        <h1>Decisions</h1>
        <span class="as-of">Fees and rebalances, newest first</span>
        <Exports />
      </div>
      <Filters />
      <Loaded state={state} ghost={<Ghost height={600} />}>
        {(reply) => <Trail key={path} path={path} first={reply} />}
      </Loaded>
    </div>
  );
}

function Filters(): JSX.Element {
  const { query } = route.value;
  const select = (name: 'kind' | 'by', label: string, options: readonly (readonly [string, string])[]): JSX.Element => (
    <select
      aria-label={label}
      value={query.get(name) ?? ''}
      onChange={(event) => {
        setQuery({ [name]: event.currentTarget.value });
      }}
    >
      {options.map(([value, text]) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </select>
  );
  return (
    <div class="filters" role="search">
      <Typed name="channel" label="Channel or node id" placeholder="Channel or node id" search />
      <Typed name="reason" label="Reason" placeholder="Reason, such as drain" />
      {select('kind', 'Kind', [
        ['', 'Fees and rebalances'],
        ['fee', 'Fees'],
        ['rebalance', 'Rebalances'],
      ])}
      {select('by', 'By whom', [
        ['', 'By anybody'],
        ['us', 'By the plugin'],
        ['hand', 'By hand'],
        ['other', 'By somebody else'],
        ['dry-run', 'Dry-run'],
      ])}
      {FILTERS.some((name) => query.has(name)) && (
        <button
          type="button"
          class="quiet"
          onClick={() => {
            setQuery(Object.fromEntries(FILTERS.map((name) => [name, null])));
          }}
        >
          Clear
        </button>
      )}
    </div>
  );
}

interface TypedProps {
  readonly name: 'channel' | 'reason';
  readonly label: string;
  readonly placeholder: string;
  readonly search?: boolean;
}

function Typed({ name, label, placeholder, search = false }: TypedProps): JSX.Element {
  const settled = route.value.query.get(name) ?? '';
  const [text, setText] = useState(settled);
  useEffect(() => {
    setText(settled);
  }, [settled]);
  useEffect(() => {
    if (text === settled) return undefined;
    const timer = setTimeout(() => {
      setQuery({ [name]: text });
    }, TYPING_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [text]);
  const onInput = ({ currentTarget: { value } }: { readonly currentTarget: HTMLInputElement }): void => {
    setText(value);
  };
  const common = { 'aria-label': label, placeholder, value: text, onInput };
  if (!search) return <input type="text" {...common} />;
  return (
    <span class="search">
      <Icon name="search" />
      <input type="search" {...common} />
      <kbd class="kbd" aria-hidden="true">
        /
      </kbd>
    </span>
  );
}

interface Older {
  readonly entries: readonly Entry[];
  readonly next: string | null;
}

function Trail({ path, first }: { readonly path: string; readonly first: Reply }): JSX.Element {
  const [older, setOlder] = useState<Older | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [isAsking, setAsking] = useState(false);
  const next = older === null ? first.next : older.next;
  // What has come since may push the end of the first page into what was asked for as older.
  const known = new Set(first.entries.map(keyOf));
  const entries = [...first.entries, ...(older?.entries.filter((entry) => !known.has(keyOf(entry))) ?? [])];
  const more = async (): Promise<void> => {
    if (next === null) return;
    setAsking(true);
    setError(null);
    try {
      const fresh = await read(`${path}&after=${encodeURIComponent(next)}`, null, new AbortController().signal);
      const page = fresh?.body as Reply;
      setOlder({ entries: [...(older?.entries ?? []), ...page.entries], next: page.next });
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
        <div class="scroll" role="region" aria-label="Decisions" tabIndex={0}>
          <table class="trail">
            <thead>
              <tr>
                <th scope="col">When (UTC)</th>
                <th scope="col">Channel</th>
                <th scope="col">What</th>
                <th scope="col">Why</th>
                <th scope="col">By</th>
              </tr>
            </thead>
            <tbody>
              {entries.map((entry) => (
                <tr key={keyOf(entry)} data-decision={keyOf(entry)}>
                  <th scope="row" class="nowrap muted" title={exactly(entry.timestamp)}>
                    {moment(entry.timestamp)}
                  </th>
                  {entry.kind === 'fee' ? <FeeCells entry={entry} /> : <RebalanceCells entry={entry} />}
                  <td class="nowrap">
                    <By by={entry.by} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
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

const keyOf = ({ kind, id }: Entry): string => `${kind} ${id}`;

const FeeCells = ({ entry }: { readonly entry: FeeEntry }): JSX.Element => (
  <>
    <td class="nowrap">
      <ChannelLink channel={entry.channel_id} /> {entry.alias !== null && <small class="faint">{entry.alias}</small>}
    </td>
    <td class="nowrap">
      <span class="what">Fee</span> <FeeStep from={entry.old_fee_ppm} to={entry.new_fee_ppm} />{' '}
      <span class="faint">ppm</span>
    </td>
    <td class="wrap why">
      <code>{entry.reason}</code> <span class="muted">{capital(entry.sentence)}</span>
    </td>
  </>
);

const RebalanceCells = ({ entry }: { readonly entry: RebalanceEntry }): JSX.Element => (
  <>
    <td class="nowrap">
      <ChannelLink channel={entry.from_channel} /> <span class="faint">→</span>{' '}
      <ChannelLink channel={entry.to_channel} />
    </td>
    <td class="nowrap">
      <span class="what">Rebalance</span> <b>{short(entry.amount_sats)}</b>{' '}
      <StatusBadge status={entry.status} message={entry.error_message} />
    </td>
    <td class="wrap why">
      <span class="muted">
        {entry.actual_fee_sats === null
          ? `At most ${sats(entry.max_fee_sats)} sats`
          : `Cost ${sats(entry.actual_fee_sats)} of at most ${sats(entry.max_fee_sats)} sats`}
        , expected to bring {signedSats(entry.expected_profit_sats)}
        {entry.error_message === null ? '' : `. ${capital(entry.error_message)}`}
      </span>
    </td>
  </>
);

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

// The audit trail: every change of a fee and every rebalance, newest first, in pages.
import type { NameOf } from '../../app/channel-names.ts';
import { isNamed } from '../../app/profit/channel-profits.ts';
import type { Gathered } from '../../app/profit/gather.ts';
import { unixSec } from '../../core/units.ts';
import type { ActionFilter, Actor, Before } from '../../ports.ts';
import type { Decisions, FeeEntry, RebalanceEntry } from '../api.ts';
import { Refusal } from '../failure.ts';
import type { Readings } from '../readings.ts';
import { feeChangeRow, rebalanceRow } from './rows.ts';

const DEFAULT_LIMIT = 100;
const MOST_ROWS = 500;
/** Later than any time of ours, in Unix seconds: the year 2286. */
const END_OF_TIME = 9_999_999_999;

const ACTORS: readonly Actor[] = ['us', 'hand', 'other', 'dry-run'];
const NAMES = ['kind', 'channel', 'reason', 'by', 'from', 'until', 'after', 'limit'];
type Kind = 'fee' | 'rebalance';

interface Asked {
  readonly kinds: readonly Kind[];
  readonly channel: string | null;
  readonly filter: Omit<ActionFilter, 'subjects' | 'before'>;
  /** The last row of each kind that has been shown, or where that one began. */
  readonly after: Readonly<Record<Kind, Before | null>>;
  readonly limit: number;
}

const refuse = (name: string, expected: string, got: string): never => {
  throw new Refusal('invalid-request', `${name}: expected ${expected}, got ${JSON.stringify(got.slice(0, 100))}`);
};

/** @throws Refusal invalid-request naming the parameter */
function readQuery(query: Readonly<Record<string, string>>): Asked {
  for (const name of Object.keys(query)) if (!NAMES.includes(name)) refuse(name, `one of ${NAMES.join(', ')}`, name);
  const { kind, channel, reason, by, from, until, after, limit } = query;
  const whole = (name: string, text: string, most: number): number =>
    /^\d{1,10}$/.test(text) && Number(text) <= most ? Number(text) : refuse(name, `a whole number up to ${most}`, text);
  if (kind !== undefined && kind !== 'fee' && kind !== 'rebalance') refuse('kind', 'fee or rebalance', kind);
  const actor = by === undefined ? null : (ACTORS.find((one) => one === by) ?? refuse('by', ACTORS.join(', '), by));
  const time = (name: string, text: string | undefined): number | null =>
    text === undefined ? null : whole(name, text, END_OF_TIME);
  const [since, end] = [time('from', from), time('until', until)];
  // An empty list would say that nothing was decided.
  if (since !== null && end !== null && end <= since) refuse('until', `a time after from (${since})`, String(end));
  const rows = limit === undefined ? DEFAULT_LIMIT : whole('limit', limit, MOST_ROWS);
  return {
    kinds: kind === 'fee' || kind === 'rebalance' ? [kind] : ['fee', 'rebalance'],
    channel: channel === undefined || channel === '' ? null : channel.toLowerCase(),
    filter: {
      from: unixSec(since ?? 0),
      until: unixSec(end ?? END_OF_TIME),
      by: actor,
      text: reason === undefined || reason === '' ? null : reason,
    },
    after: after === undefined ? { fee: null, rebalance: null } : readMark(after),
    limit: rows === 0 ? refuse('limit', 'at least 1', limit ?? '') : rows,
  };
}

/** Time and id of the last row of each kind, such as `1795000000.12.1795000100.3`. */
function readMark(text: string): Asked['after'] {
  const [, feeTime, feeId, time, id] = /^(\d{1,10})\.(\d{1,15})\.(\d{1,10})\.(\d{1,15})$/.exec(text) ?? [];
  if (id === undefined) return refuse('after', '`next` of the page before', text);
  return { fee: { time: Number(feeTime), id: Number(feeId) }, rebalance: { time: Number(time), id: Number(id) } };
}

/** @throws Refusal invalid-request */
export async function decisionsOf(readings: Readings, query: Readonly<Record<string, string>>): Promise<Decisions> {
  const asked = readQuery(query);
  const gathered = await readings.profits();
  const { history } = readings.context.store;
  const nameOf = readings.nameOf(gathered);
  const subjects = asked.channel === null ? null : subjectsOf(asked.channel, gathered);
  const filter = (kind: Kind): ActionFilter => ({ ...asked.filter, subjects, before: asked.after[kind] });
  // One more than shown tells whether there are more.
  const most = asked.limit + 1;
  const fees = asked.kinds.includes('fee')
    ? history.feeChanges(filter('fee'), most).map((row): FeeEntry => ({
        kind: 'fee',
        id: row.id,
        channel_id: nameOf(row.channelId),
        peer_id: row.peerId,
        alias: aliasOf(row.peerId, gathered),
        ...feeChangeRow(row),
      }))
    : [];
  const rebalances = asked.kinds.includes('rebalance')
    ? history.rebalances(filter('rebalance'), most).map((row) => rebalanceEntry(row, nameOf))
    : [];
  const all = [...fees, ...rebalances].sort((a, b) => b.timestamp - a.timestamp);
  const entries = all.slice(0, asked.limit);
  return { entries, next: all.length > asked.limit ? markAfter(entries, asked.after) : null };
}

const rebalanceEntry = (row: Parameters<typeof rebalanceRow>[0], nameOf: NameOf): RebalanceEntry => ({
  kind: 'rebalance',
  ...rebalanceRow(row, nameOf),
});

/** Any name a channel ever had, or a peer. What nobody has ever heard of has done nothing. */
const subjectsOf = (name: string, { channels }: Gathered): string[] => [
  name,
  ...channels.filter((channel) => isNamed(channel, name)).map(({ books }) => books.channelId),
];

const aliasOf = (peer: string, { snapshot }: Gathered): string | null =>
  snapshot.channels.find(({ peerId }) => peerId === peer)?.peerAlias ?? null;

/** Where a kind has shown nothing yet, it begins anew with the next page. */
function markAfter(entries: readonly (FeeEntry | RebalanceEntry)[], before: Asked['after']): string {
  const markOf = (kind: Kind): Before => {
    const last = entries.findLast((entry) => entry.kind === kind);
    if (last !== undefined) return { time: last.timestamp, id: last.id };
    return before[kind] ?? { time: END_OF_TIME, id: 0 };
  };
  const [fee, rebalance] = [markOf('fee'), markOf('rebalance')];
  return `${fee.time}.${fee.id}.${rebalance.time}.${rebalance.id}`;
}

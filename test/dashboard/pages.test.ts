// Are the figures of each page those of the commands?
import { describe, expect, it } from 'vitest';
import {
  rowsOf,
  type ChannelPage,
  type ChannelRow,
  type Channels,
  type DayRow,
  type Decisions,
  type Overview,
  type RebalanceRow,
  type Rebalances,
} from '../../src/dashboard/api.ts';
import { msat, satsToMsat, unixSec } from '../../src/core/units.ts';
import { rebalanceRow } from '../../src/dashboard/views/rows.ts';
import { simulatedApplications } from '../app/simulated-setup.ts';
import { lived } from '../store/rebalance-examples.ts';
import { dashboardOn } from './dashboard.ts';

const start = simulatedApplications();
const WORLD = { historyDays: 10, forwardsPerDay: 200, channels: 6 };
/** Fees have been decided, changed by hand, and a rebalance has been tried. */
const used = async () => {
  const board = await dashboardOn(start, { world: WORLD, paused: false });
  const [a, b] = await board.usable();
  await board.run('revenue-set-fee', { channel_id: a.short_channel_id, fee_ppm: 321 });
  await board.run('revenue-policy', { action: 'set', subject: b?.short_channel_id, rebalance: 'none' });
  const [from, to] = board.app.context.store.ledger.books().map(({ channelId }) => channelId);
  if (from === undefined || to === undefined) throw new Error('expected channels');
  for (let i = 0; i < 3; i++)
    board.store.rebalances.recordDryRun(
      {
        from,
        to,
        amountMsat: satsToMsat(1000 + i),
        maxFeeMsat: satsToMsat(2),
        expectedProfitMsat: satsToMsat(1),
        at: board.clock.now(),
      },
      { manual: true },
    );
  return board;
};
/** The moment of asking, and what only that changes. */
const timeless = (reply: object): object =>
  Object.fromEntries(Object.entries(reply).filter(([name]) => name !== 'as_of'));

describe('the overview', () => {
  it('has revenue-status, the summary of revenue-profitability and the lifetime of revenue-history', async () => {
    const { read, run } = await used();
    const { status, open_channels, lifetime, warnings }: Overview = await read('/api/overview?period=all');
    expect(status).toEqual(await run('revenue-status'));
    const profitability = await run('revenue-profitability');
    expect(open_channels).toEqual(profitability['summary']);
    expect(warnings).toEqual(profitability['warnings']);
    expect(lifetime).toEqual((await run('revenue-history'))['lifetime']);
  });

  it('is of the moment of asking, also where it was read ahead', async () => {
    const { read, run, readings, usable } = await used();
    await readings.warm();
    const [a] = await usable();
    await run('revenue-set-fee', { channel_id: a.short_channel_id, fee_ppm: 322 });
    const { status }: Overview = await read('/api/overview');
    expect(status).toEqual(await run('revenue-status'));
    expect(status.recent_fee_changes[0]).toMatchObject({ new_fee_ppm: 322 });
  });

  it('adds up: days to their period, and the whole period to the lifetime', async () => {
    const { read, run } = await used();
    const { lifetime } = (await run('revenue-history')) as unknown as { lifetime: Record<string, number> };
    for (const period of ['1d', '7d', '30d', '90d', '365d', 'all']) {
      const { figures, days }: Overview = await read(`/api/overview?period=${period}`);
      const rows = rowsOf<DayRow>(days);
      const sum = (column: keyof DayRow): number => rows.reduce((total, row) => total + row[column] * 1000, 0) / 1000;
      expect(sum('revenue_sats')).toBeCloseTo(figures.revenue_sats, 3);
      expect(sum('net_profit_sats')).toBeCloseTo(figures.net_profit_sats, 3);
      expect(rows.map(({ day }) => day)).toEqual([...rows.map(({ day }) => day)].sort((a, b) => a - b));
      if (period !== 'all') continue;
      for (const name of [
        'revenue_sats',
        'open_cost_sats',
        'close_cost_sats',
        'rebalance_cost_sats',
        'net_profit_sats',
      ])
        expect([name, figures[name as 'revenue_sats']]).toEqual([name, lifetime[name]]);
    }
  });

  it('counts a shorter period as a part of a longer one', async () => {
    const { read } = await used();
    const short: Overview = await read('/api/overview?period=1d');
    const long: Overview = await read('/api/overview?period=7d');
    expect(short.figures.revenue_sats).toBeGreaterThan(0);
    expect(long.figures.revenue_sats).toBeGreaterThan(short.figures.revenue_sats);
    expect(rowsOf<DayRow>(short.days)).toEqual(rowsOf<DayRow>(long.days).slice(-2));
  });
});

describe('the table of channels', () => {
  it('has the figures of revenue-analyze, revenue-profitability and revenue-explain', async () => {
    const { read, run } = await used();
    const { channels }: Channels = await read('/api/channels');
    const rows = rowsOf<ChannelRow>(channels);
    expect(rows).toHaveLength(WORLD.channels);
    const flows = (await run('revenue-analyze'))['channels'] as Record<string, unknown>[];
    const classes = (await run('revenue-profitability'))['channels_by_class'] as Record<string, object[]>;
    const profits = Object.values(classes).flat() as Record<string, unknown>[];
    for (const [i, row] of rows.entries()) {
      const { local_ratio, flow_ratio, ...flow } = flows[i] ?? {};
      expect(row).toMatchObject(pick(flow, ['channel_id', 'capacity_sats', 'sats_in', 'sats_out', 'state']));
      expect(row.local_ratio).toBeCloseTo(local_ratio as number, 4);
      expect(row.flow_ratio).toBeCloseTo(flow_ratio as number, 4);
      const profit = profits.find(({ channel_id: name }) => name === row.channel_id) ?? {};
      const names = ['revenue_sats', 'sourced_revenue_sats', 'total_cost_sats', 'net_profit_sats', 'roi_pct', 'class'];
      expect(row).toMatchObject(pick(profit, [...names, 'carr_pct', 'marginal_roi_pct', 'rebalance_cost_sats']));
      const explained = (await run('revenue-explain', { channel_id: row.channel_id })) as unknown as {
        fee_ppm: number;
        fee: { reason: string; outcome: string; bid_price: { price_ppm: number } | null } | null;
        hold: { until: number } | null;
        rebalance: { policy: string };
      };
      expect(row.fee_ppm).toBe(explained.fee_ppm);
      expect([row.fee_reason, row.fee_outcome]).toEqual([
        explained.fee?.reason ?? null,
        explained.fee?.outcome ?? null,
      ]);
      expect(row.bid_price_ppm ?? 0).toBeCloseTo(explained.fee?.bid_price?.price_ppm ?? 0, 0);
      expect(row.hold_until).toBe(explained.hold?.until ?? null);
      expect(row.rebalance_policy).toBe(explained.rebalance.policy);
    }
    expect(rows.some(({ bid_price_ppm: price }) => price !== null)).toBe(true);
    expect(rows.some(({ hold_until: until }) => until !== null)).toBe(true);
  });
});

describe('a channel’s page', () => {
  it('has its row, its account of revenue-profitability and what revenue-explain says', async () => {
    const { read, run, usable } = await used();
    const [{ short_channel_id: name, channel_id }] = await usable();
    const page: ChannelPage = await read(`/api/channels/${name}`);
    const { channels }: Channels = await read('/api/channels');
    expect(page.row).toEqual(rowsOf<ChannelRow>(channels).find((row) => row.channel_id === name));
    expect(page.profitability).toEqual(await run('revenue-profitability', { channel_id: name }));
    expect(timeless(page.explain ?? {})).toEqual(timeless(await run('revenue-explain', { channel_id: name })));
    expect(timeless((await read(`/api/channels/${channel_id}`)) as ChannelPage)).toEqual(timeless(page));
  });

  it('adds up: its days to its revenue, its balances to the balance', async () => {
    const { read, usable } = await used();
    for (const { short_channel_id: name } of await usable()) {
      const page: ChannelPage = await read(`/api/channels/${name}`);
      const days = rowsOf<{ revenue_sats: number; forwards_out: number; forwards_in: number }>(page.days as never);
      const revenue = days.reduce((sum, day) => sum + day.revenue_sats, 0);
      expect(revenue).toBeCloseTo(page.profitability.summary.total_revenue_sats, 3);
      const last = rowsOf<{ time: number; balance_sats: number }>(page.balance.points).at(-1);
      expect((last?.balance_sats ?? 0) + (page.balance.unexplained_sats ?? NaN)).toBeCloseTo(
        page.row?.local_sats ?? NaN,
        3,
      );
    }
  });

  it('tells of each change of the fee why and by whom', async () => {
    const { read, usable, store } = await used();
    const [{ short_channel_id: name, channel_id }] = await usable();
    const page: ChannelPage = await read(`/api/channels/${name}`);
    const changes = rowsOf<{ new_fee_ppm: number; sentence: string; by: string; timestamp: number }>(
      page.fee_changes as never,
    );
    expect(changes).toHaveLength(store.fees.changesOf(channel_id as never, 1000).length);
    expect(changes.at(-1)).toMatchObject({
      new_fee_ppm: 321,
      by: 'hand',
      sentence: 'set by hand with revenue-set-fee',
    });
  });

  it('is there for a closed channel too, without what only an open one has', async () => {
    const { read, run } = await used();
    const { closed_channels: closed } = (await run('revenue-history')) as unknown as {
      closed_channels: { channel_id: string; net_profit_sats: number }[];
    };
    const [one] = closed;
    if (one === undefined) throw new Error('expected a closed channel');
    const page: ChannelPage = await read(`/api/channels/${one.channel_id}`);
    expect(page).toMatchObject({ open: false, row: null, explain: null, channel_id: one.channel_id });
    expect(page.profitability.summary.net_profit_sats).toBe(one.net_profit_sats);
  });
});

describe('the page of rebalances', () => {
  it('has budget, reserve and drivers of revenue-status, and for each channel in each role what revenue-explain says', async () => {
    const { read, run } = await used();
    const page: Rebalances = await read('/api/rebalances');
    const status = await run('revenue-status');
    expect([page.rebalancer, page.budget, page.reserve]).toEqual([
      status['rebalancer'],
      status['budget'],
      status['reserve'],
    ]);
    const candidates = rowsOf<{ channel_id: string; role: 'source' | 'destination'; reason: string }>(
      page.candidates as never,
    );
    expect(candidates).toHaveLength(2 * WORLD.channels);
    for (const row of candidates) {
      const { rebalance } = (await run('revenue-explain', { channel_id: row.channel_id })) as unknown as {
        rebalance: Record<
          string,
          {
            reason: string;
            decided_at: number;
            shortfall: { unit: string; needed: number } | null;
            pairs: { partner: string; evaluation: Record<string, unknown> | null }[];
          }
        >;
      };
      const said = rebalance[row.role];
      const best = said?.pairs[0];
      expect(row).toMatchObject({
        reason: said?.reason,
        decided_at: said?.decided_at,
        shortfall_unit: said?.shortfall?.unit ?? null,
        shortfall_needed: said?.shortfall?.needed ?? null,
        partner: best?.partner ?? null,
        spread_ppm: best?.evaluation?.['spread_ppm'] ?? null,
        expected_profit_sats: best?.evaluation?.['expected_profit_sats'] ?? null,
        amount_sats: best?.evaluation?.['amount_sats'] ?? null,
      });
      expect(page.reasons[row.reason]).toBeTypeOf('string');
    }
  });

  it('lists rebalances as revenue-status does, and what they cost day by day', async () => {
    const { read, run, store } = await used();
    const page: Rebalances = await read('/api/rebalances');
    const recent = (await run('revenue-status'))['recent_rebalances'] as Record<string, unknown>[];
    const rows = rowsOf<RebalanceRow>(page.history);
    for (const [i, row] of recent.entries()) {
      const { manual, ...rest } = row;
      expect(rows[i]).toMatchObject(rest);
      expect(rows[i]?.by).toBe(manual === null ? 'dry-run' : manual === true ? 'hand' : 'us');
    }
    const spent = rowsOf<{ spent_sats: number }>(page.spending as never).reduce((sum, day) => sum + day.spent_sats, 0);
    const ended = store.rebalances.endedIntents(0 as never);
    expect(spent * 1000).toBeCloseTo(
      ended.reduce((sum, { feeMsat }) => sum + Number(feeMsat), 0),
      3,
    );
  });
});

describe('what a rebalance cost', () => {
  it('is told to the msat, and of what arrived, by every page that lists it', async () => {
    const { read, run, store } = await dashboardOn(start, { world: WORLD });
    const news = { movedMsat: satsToMsat(318_000), feeMsat: msat(184_026) };
    lived(store.rebalances, 'r', ['dispatch', {}], ['succeed', news]);
    const told = { moved_sats: 318_000, fee_sats: 184.026 };
    const [recent] = (await run('revenue-status'))['recent_rebalances'] as Record<string, unknown>[];
    expect(recent).toMatchObject({ actual_fee_sats: 185 });
    const { history }: Rebalances = await read('/api/rebalances');
    expect(rowsOf<RebalanceRow>(history)[0]).toMatchObject({ ...told, actual_fee_sats: 185 });
    const { entries }: Decisions = await read('/api/decisions?kind=rebalance');
    expect(entries[0]).toMatchObject(told);
    const { rebalances }: Overview = await read('/api/overview');
    expect(rowsOf<RebalanceRow>(rebalances)[0]).toMatchObject(told);
  });

  it('is not known until the end, and in whole sats where it was taken over', async () => {
    const { read, store } = await dashboardOn(start, { world: WORLD });
    lived(store.rebalances, 'r', ['dispatch', {}]);
    const { entries }: Decisions = await read('/api/decisions?kind=rebalance');
    expect(entries[0]).toMatchObject({ status: 'pending', moved_sats: null, fee_sats: null });
    const everything = {
      from: unixSec(0),
      until: unixSec(2 ** 32),
      subjects: null,
      by: null,
      text: null,
      before: null,
    };
    const [row] = store.history.rebalances(everything, 1);
    if (row === undefined) throw new Error('expected a row');
    const taken = { ...row, status: 'success' as const, actualFeeSats: 12 };
    expect(rebalanceRow(taken, (name) => name)).toMatchObject({ moved_sats: 500_000, fee_sats: 12 });
  });
});

describe('the audit trail', () => {
  it('pages through everything once, newest first', async () => {
    const { read, store } = await used();
    const all: Decisions = await read('/api/decisions?limit=500');
    expect(all.next).toBeNull();
    expect(all.entries.filter(({ kind }) => kind === 'fee')).toHaveLength(store.recentFeeChanges(1000).length);
    expect(all.entries.filter(({ kind }) => kind === 'rebalance')).toHaveLength(store.recentRebalances(1000).length);
    const paged: Decisions['entries'][number][] = [];
    for (let after = ''; ;) {
      const page: Decisions = await read(`/api/decisions?limit=2${after}`);
      paged.push(...page.entries);
      if (page.next === null) break;
      after = `&after=${page.next}`;
    }
    expect(paged).toEqual(all.entries);
    expect(all.entries.length).toBeGreaterThan(5);
    const times = paged.map(({ timestamp }) => timestamp);
    expect(times).toEqual([...times].sort((a, b) => b - a));
  });

  it('filters by kind, channel, peer, author, reason and time', async () => {
    const { read, usable } = await used();
    const [{ short_channel_id: name, peer_id }] = await usable();
    const of = async (query: string): Promise<Decisions['entries']> =>
      ((await read(`/api/decisions?limit=500&${query}`)) as Decisions).entries;
    const everything = await of('');
    const same = (found: Decisions['entries'], wanted: (entry: Decisions['entries'][number]) => boolean) => {
      expect(found).toEqual(everything.filter(wanted));
      expect(found.length).toBeGreaterThan(0);
    };
    same(await of('kind=fee'), ({ kind }) => kind === 'fee');
    same(await of(`kind=fee&channel=${name}`), (entry) => entry.kind === 'fee' && entry.channel_id === name);
    same(await of(`kind=fee&channel=${peer_id}`), (entry) => entry.kind === 'fee' && entry.peer_id === peer_id);
    same(await of('by=hand'), ({ by }) => by === 'hand');
    same(await of('kind=fee&reason=SET-fee'), (entry) => entry.kind === 'fee' && entry.reason === 'revenue-set-fee');
    const middle = everything[Math.floor(everything.length / 2)]?.timestamp ?? 0;
    same(await of(`from=${String(middle)}`), ({ timestamp }) => timestamp >= middle);
    expect(await of(`until=${String(middle)}`)).toEqual(everything.filter(({ timestamp }) => timestamp < middle));
    expect(await of('channel=9x9x9')).toEqual([]);
  });
});

describe('a page that has not changed', () => {
  it('is not sent again', async () => {
    const { ask, later } = await used();
    const first = await ask('/api/channels');
    const etag = first.headers.get('etag');
    expect(etag).toMatch(/^"[\w-]+"$/);
    const second = await ask('/api/channels', { 'if-none-match': etag });
    expect([second.status, await second.text()]).toEqual([304, '']);
    later(100_000);
    expect((await ask('/api/channels', { 'if-none-match': '"other"' })).status).toBe(200);
  });

  it('is not reckoned again, for as long as its cost says, but after an action', async () => {
    const { ask, act, simulated } = await used();
    const reads = (): number => simulated.asked.filter(({ method }) => method === 'listpeerchannels').length;
    await ask('/api/channels');
    const before = reads();
    await ask('/api/channels');
    await ask('/api/overview');
    // The status reads the node for itself, the table of channels not again.
    const after = reads();
    await ask('/api/overview?period=7d');
    expect(reads()).toBe(after);
    expect(after).toBeGreaterThanOrEqual(before);
    expect((await act('pause', {}, false)).status).toBe(200);
    await ask('/api/channels');
    expect(reads()).toBeGreaterThan(after);
  });
});

const pick = (from: Record<string, unknown>, names: readonly string[]): object =>
  Object.fromEntries(names.map((name) => [name, from[name]]));

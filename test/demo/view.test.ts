// Is what the demonstration shows what the plugin said, in any terminal?
import { describe, expect, it } from 'vitest';
import type { PastChange } from '../../src/core/fee/types.ts';
import { channelId, msat, ppm, unixSec, ZERO_MSAT } from '../../src/core/units.ts';
import type { Written } from '../../src/demo/database.ts';
import { readFigures, toMsat, type Asked, type Figures } from '../../src/demo/figures.ts';
import { parseOptions, UsageError } from '../../src/demo/options.ts';
import { bar, clip, COLOUR, PLAIN, sats, span, wrap } from '../../src/app/text/paint.ts';
import { START } from '../../src/demo/session.ts';
import { agrees, settle } from '../../src/demo/settle.ts';
import { trendOf } from '../../src/demo/trend.ts';
import { liveView, plainLine, summary } from '../../src/demo/view.ts';
import { hash } from '../core/rebalance/builders.ts';
import { arrived, tooExpensive } from './rebalances.ts';

const DAY = 86_400;
const NOW = START + 7 * DAY + 3600;
const FIRST_DAY = START / DAY;
const idOf = (i: number): string => String(i).padStart(64, '0');
const nameOf = (i: number): string => `${111 + i}x1x0`;

const flow = (i: number, state: 'source' | 'sink' | 'balanced') => ({
  channel_id: nameOf(i),
  alias: i === 0 ? null : `peer-${i}`,
  capacity_sats: 2_000_000,
  sats_in: 1000.25,
  sats_out: 900.125,
  forwards_in: 3,
  forwards_out: 2,
  state,
  local_ratio: 0.25,
});
const loop = { last_run: NOW - 3600, last_outcome: 'ok', next_run: null, consecutive_failures: 0, running: false };
const change = (i: number, from: number, to: number): PastChange => ({
  channelId: channelId(idOf(i)),
  at: unixSec(NOW - 7200),
  fromPpm: ppm(from),
  toPpm: ppm(to),
});
/** As much on each of the seven days before the plugin, and of the last seven; sats. */
const revenue = (before: number, last: number): Map<number, bigint> =>
  new Map(Array.from({ length: 14 }, (_, i) => [FIRST_DAY - 7 + i, toMsat((i < 7 ? before : last) + ((i % 7) - 3))]));

interface Said {
  /** Of the node's channels, in order. */
  readonly fees: readonly number[];
  readonly collected: number;
  /** What the node has paid for rebalances, and what bookkeeper has for it; millisatoshi. */
  readonly paid: number;
  readonly booked: number;
  readonly written: Written;
  readonly alerts: readonly string[];
  readonly channels: ReturnType<typeof flow>[];
}
const SAID: Said = {
  fees: [250, 80],
  collected: 200_250,
  paid: 120_007,
  booked: 120_007,
  written: {
    changes: [change(0, 100, 180), change(0, 180, 250)],
    rebalances: [arrived(NOW - 7200), tooExpensive(NOW - 3600)],
    revenue: revenue(1000, 1500),
  },
  alerts: [],
  channels: [flow(0, 'source'), flow(1, 'sink')],
};

/** No rebalance that cost anything. */
const ELSEWHERE = { payment_hash: 'ff', amount_msat: 1, amount_sent_msat: 1000 };

/** Answers as node and plugin do. */
function asked(differently: Partial<Said> = {}): Asked {
  const said = { ...SAID, ...differently };
  const replies: Readonly<Record<string, unknown>> = {
    'dev-sim-time': { virtual_now: NOW, world_now: NOW, speed: DAY },
    'revenue-status': {
      version: '0.1.0',
      mode: 'live',
      ready: true,
      loops: { flow: loop, fees: loop, rebalance: { ...loop, last_run: null } },
      database: { path: '/x/revenue_ops.db', forwards: 12_345 },
      alerts: said.alerts,
      recent_fee_changes: said.written.changes.map(({ at, fromPpm, toPpm }) => ({
        channel_id: nameOf(0),
        old_fee_ppm: fromPpm,
        new_fee_ppm: toPpm,
        reason: 'step',
        timestamp: at,
      })),
    },
    'revenue-analyze': { window_days: 7, channels: said.channels },
    'revenue-profitability': {
      channels_by_class: {
        profitable: [
          {
            ...{ channel_id: nameOf(0), class: 'profitable', revenue_sats: 4321.5, rebalance_cost_sats: 120.007 },
            ...{ bought_on_hand_sats: 125_000, bought_on_hand_cost_sats: 30, bought_realised_profit_sats: 60.5 },
          },
        ],
      },
    },
    listsendpays: {
      payments: [
        {
          ...{ payment_hash: hash(1), destination: '02', status: 'complete' },
          ...{ amount_msat: 250_000_000, amount_sent_msat: 250_000_000 + said.paid },
        },
        { ...ELSEWHERE, destination: '03', status: 'complete' },
        { ...ELSEWHERE, destination: '02', status: 'failed' },
      ],
    },
    'bkpr-listincome': {
      income_events: [
        { tag: 'rebalance_fee', debit_msat: 7 },
        { tag: 'invoice_fee', debit_msat: 999 },
        { tag: 'rebalance_fee', debit_msat: said.booked - 7 },
      ],
    },
    'revenue-explain': { text: 'Channel  111x1x0\nDecided  step' },
    listpeerchannels: {
      channels: said.fees.map((fee, i) => ({
        channel_id: idOf(i),
        short_channel_id: nameOf(i),
        updates: { local: { fee_proportional_millionths: fee } },
      })),
    },
    getinfo: {
      id: '02',
      alias: 'node',
      version: 'v26.06.6',
      blockheight: 1234,
      fees_collected_msat: said.collected,
    },
  };
  return { call: (method) => Promise.resolve(replies[method] ?? {}), readDatabase: () => said.written };
}

const size = { columns: 140, rows: 40 };
const text = async (said: Partial<Said> = {}, progress: number | null = null, room = size): Promise<string> =>
  liveView(await readFigures(asked(said)), PLAIN, room, progress).join('\n');
/** Before the plugin has read the history. */
const reading = async (): Promise<Figures> => ({ ...(await readFigures(asked())), market: null });

describe('the live view', () => {
  it('shows time, money, and for every channel its fee, what became of it, balance, revenue and class', async () => {
    const shown = await text();
    for (const part of ['2026-11-08 01:00', '1 d per second', '12,345', '200.250 sat', 'in 7 d', '25%'])
      expect(shown).toContain(part);
    expect(shown).toMatch(/111x1x0 +- .* 1,000 +900 +250 +100 +\+150% +2 +4,322 {2}▲ source +profitable/);
    expect(shown).toMatch(/112x1x0 +peer-1 .* 80 +80 +- +0 +- {2}▼ sink +-/);
    expect(shown).toContain('Ctrl-C ends');
  });

  it('shows how often fees change, why they did, and what that brought', async () => {
    const shown = await text();
    expect(shown).toContain('fee changes 2 (0.14 per channel and day)');
    expect(shown).toContain('net a day  1,000 sat before the plugin, 1,483 sat in the last 7 days (+48%)');
    expect(shown).toMatch(/11-07 23:00 {2}111x1x0 +▲ +180 → +250 ppm {2}step: the window closed/);
    expect(shown).toContain('loops  flow 1 h, fees 1 h ago  live');
  });

  it('shows what rebalancing moved, cost and brought, and how the latest ended', async () => {
    const shown = await text();
    expect(shown).toContain(
      'rebalances 2 tried: 1 arrived, 1 too-expensive   moved 250,000 sat at 480 ppm, expected to bring 29.993 sat',
    );
    expect(shown).toContain(
      'rebalancing cost 120.007 sat, the liquidity bought has earned 150.507 sat so far; 125,000 sat of it not sold yet',
    );
    expect(shown).toMatch(
      /11-08 00:00 {2}111x1x0 +→ 112x1x0 +250,000 sat {2}too-expensive {2}the path found costs 700 ppm\n/,
    );
    expect(shown).toMatch(
      /11-07 23:00 {2}111x1x0 +→ 112x1x0 +250,000 sat {2}arrived {2}for 480 ppm, at most 600 ppm; expected to bring 29.993 sat more than it cost/,
    );
  });

  it('shows how far a run of days has come, and what is wrong', async () => {
    const shown = await text({ alerts: ['the node lags'] }, 0.5);
    expect(shown).toContain(' 50%');
    expect(shown).toContain('alerts: the node lags');
  });

  it.each([
    [80, 24],
    [140, 40],
    [60, 20],
  ])('fits a terminal of %i columns and %i rows', async (columns, rows) => {
    const channels = Array.from({ length: 50 }, (_, i) => flow(i, 'balanced'));
    const figures = await readFigures(asked({ channels, alerts: ['something'] }));
    const lines = liveView(figures, COLOUR, { columns, rows }, null);
    // The cursor stands in the line below the last.
    expect(lines.length).toBeLessThan(rows);
    expect(lines.join('\n')).toMatch(/and \d+ more/);
    // eslint-disable-next-line no-control-regex -- colours take no room
    for (const line of lines) expect(line.replaceAll(/\x1b\[\d+m/g, '').length).toBeLessThanOrEqual(columns);
  });

  it.each([80, 140])('cuts no column of the table at %i', async (columns) => {
    const head = (await text({}, null, { columns, rows: 24 })).split('\n').find((line) => line.startsWith('channel'));
    expect(head).toMatch(columns === 80 ? / class$/ : / return$/);
  });

  it('says so while the plugin reads', async () => {
    expect(liveView(await reading(), PLAIN, size, null).join('\n')).toContain('reads the history');
    expect(plainLine(await reading())).toContain('12,345 forwards');
  });

  it('is one line where there is no terminal', async () => {
    expect(plainLine(await readFigures(asked()))).toBe(
      '2026-11-08 01:00  12,345 forwards  200.250 sat earned  2 fee changes, now at 250 80 ppm  1 rebalances',
    );
  });
});

describe('the summary', () => {
  const lines = async (said: Partial<Said>): Promise<string> =>
    summary(await settle(asked(said)), 7, PLAIN, 80).join('\n');

  it('says that money and fees agree when they do, and explains the fee that changed last', async () => {
    expect(agrees(await settle(asked()))).toBe(true);
    const told = await lines({});
    expect(told).toContain(
      'The plugin agrees with the node to the millisatoshi, on what was earned and what was spent.',
    );
    expect(told).toMatch(/spent, node +120\.007 sat/);
    expect(told).toContain(
      'sats rebalanced    250,000 sat at 480 ppm, expected to bring 29.993 sat more than they cost',
    );
    expect(told).toContain('Every live fee in fee_changes is what the node announces (1 of 2 channels).');
    expect(told).toContain('7 simulated days');
    expect(told).toMatch(/earned, plugin +200\.250 sat/);
  });

  it('explains the channel that was to be filled last, or where there is none the one of which the fee changed last', async () => {
    expect(await lines({})).toContain('revenue-explain 112x1x0 text=true\nChannel  111x1x0\nDecided  step');
    const written = { ...SAID.written, rebalances: [] };
    expect(await lines({ written })).toContain('revenue-explain 111x1x0 text=true');
    expect((await settle(asked({ written: { ...written, changes: [] } }))).explained).toBeNull();
  });

  it('says so where the node, or its books, have other costs of rebalancing than the plugin', async () => {
    expect(agrees(await settle(asked({ booked: 120_008 })))).toBe(false);
    const written = { ...SAID.written, rebalances: [arrived(NOW, { feeMsat: msat(120_006) })] };
    expect(agrees(await settle(asked({ written })))).toBe(false);
    expect(await lines({ written })).toContain('by -0.001 sat on what was spent');
  });

  it('tells apart what has arrived and is still open by the ledger', async () => {
    const late = arrived(NOW, { state: 'dispatched', feeMsat: ZERO_MSAT, endedAt: null });
    const written = { ...SAID.written, rebalances: [late] };
    const told = await lines({ written });
    expect(told).toMatch(/rebalances +1 tried: 0 arrived, 1 under way/);
    expect(told).toMatch(/spent, ledger +0\.000 sat/);
    expect(told).toMatch(/of it still open +120\.007 sat/);
    expect(agrees(await settle(asked({ written })))).toBe(true);
    expect(agrees(await settle(asked({ written, paid: 120_008 })))).toBe(false);
  });

  it('says by how much they differ when they differ by one', async () => {
    expect(agrees(await settle(asked({ collected: 200_251 })))).toBe(false);
    expect(await lines({ collected: 200_251 })).toContain('disagrees with the node by -0.001 sat');
  });

  it('names the channel of which the node has another fee', async () => {
    expect(agrees(await settle(asked({ fees: [249, 80] })))).toBe(false);
    expect(await lines({ fees: [249, 80] })).toContain('111x1x0: 250 ppm by fee_changes, 249 on the node');
  });

  it.each([
    [1000, 1500, 'Net revenue rose by 48 %, what rebalancing cost taken off.'],
    [1000, 900, 'Net revenue did not rise: it fell by 12 %, what'],
    [1000, 1017, 'Net revenue did not rise; with so few and unequal days that may be luck, what'],
  ])('of %i a day before and %i now says: %s', async (before, last, sentence) => {
    const written = { ...SAID.written, revenue: revenue(before, last) };
    expect(await lines({ written })).toContain(sentence);
  });

  it('is drawn up only once the node has come to the end and no fee cycle runs', async () => {
    const calls: string[] = [];
    const behind = [3, 2, 1, 0];
    const running = [true, true, false, false, true];
    const { call, readDatabase } = asked();
    await settle({
      readDatabase: (path) => {
        calls.push('readDatabase');
        return readDatabase(path);
      },
      call: async (method) => {
        calls.push(method);
        const reply = (await call(method)) as object;
        if (method === 'dev-sim-time') return { ...reply, world_now: NOW - (behind.shift() ?? 0) };
        if (method !== 'revenue-status') return reply;
        return { ...reply, loops: { fees: { ...loop, running: running.shift() ?? false } } };
      },
    });
    expect(calls.indexOf('revenue-status')).toBeGreaterThan(3);
    expect(behind).toEqual([]);
    expect(running).toEqual([]);
    expect(calls.filter((name) => name === 'readDatabase')).toHaveLength(2);
  });

  it.each([
    ['waits for the end of a rebalance cycle', 'complete', [true, true, false]],
    ['does not wait for a payment that was under way when time stopped', 'pending', [true]],
  ])('%s', async (_, status, running) => {
    const { call, readDatabase } = asked();
    const left = [...running];
    const { figures } = await settle({
      readDatabase,
      call: async (method) => {
        const reply = (await call(method)) as object;
        if (method === 'listsendpays')
          return { payments: [{ ...ELSEWHERE, status }, ...(reply as { payments: object[] }).payments] };
        if (method !== 'revenue-status') return reply;
        const [now] = left.length > 1 ? left.splice(0, 1) : left;
        return { ...reply, loops: { fees: loop, rebalance: { ...loop, running: now } } };
      },
    });
    expect(left).toHaveLength(1);
    expect(figures.status.loops['rebalance']?.running).toBe(running.at(-1));
  });
});

describe('the trend', () => {
  it('compares as many days before the plugin as have passed, seven at most', () => {
    const days = revenue(1000, 1500);
    expect(trendOf(days, START + DAY - 1)).toBeNull();
    expect(trendOf(days, START + 2.5 * DAY)).toMatchObject({ days: 2, before: 1_002_500, last: 1_497_500 });
    expect(trendOf(days, START + 30 * DAY)).toMatchObject({ days: 7, last: 0, changePct: -100 });
  });

  it('is not clear when days differ among themselves more than before from now, nor for one day', () => {
    const unequal = new Map([...revenue(1000, 1500)].map(([day, msat]) => [day, day % 2 === 0 ? msat * 5n : msat]));
    expect(trendOf(unequal, NOW)?.clear).toBe(false);
    expect(trendOf(revenue(1000, 1500), NOW)?.clear).toBe(true);
    expect(trendOf(revenue(1000, 1500), START + DAY)?.clear).toBe(false);
  });
});

describe('numbers', () => {
  it.each([
    [1_234_567_891n, '1,234,567.891'],
    [0n, '0.000'],
    [-1n, '-0.001'],
    [-1500n, '-1.500'],
  ])('%s msat are %s sat', (msat, text) => {
    expect(sats(msat)).toBe(text);
  });

  it.each([
    [40, '40 s'],
    [90, '2 min'],
    [5400, '2 h'],
    [86_400, '1 d'],
  ])('%s s are %s', (seconds, text) => {
    expect(span(seconds)).toBe(text);
  });

  it('keeps every millisatoshi of a reply', () => {
    expect(toMsat(90_071_992.547)).toBe(90_071_992_547n);
    expect(toMsat(0.001)).toBe(1n);
  });

  it('draws bars of constant width', () => {
    for (let share = -0.1; share <= 1.1; share += 0.01) {
      const { full, empty } = bar(share, 14);
      expect(full.length + empty.length).toBe(14);
    }
  });

  it('breaks lines between words, under their second column', () => {
    expect(wrap('Wanted   one two three', 14)).toEqual(['Wanted   one', '         two', '         three']);
    expect(wrap('  no columns here', 14)).toEqual(['  no columns', '    here']);
    expect(wrap('short', 14)).toEqual(['short']);
    expect(wrap('averyveryverylongword', 14)).toEqual(['averyveryverylongword']);
  });

  it('cuts between characters, never within a colour', () => {
    expect(clip('\x1b[1mabc\x1b[0mdef', 4)).toBe('\x1b[1mabc\x1b[0md');
  });
});

describe('options', () => {
  it('have defaults for looking and for counting', () => {
    expect(parseOptions([])).toEqual({
      days: null,
      speed: 21_600,
      channels: 10,
      forwardsPerDay: 300,
      market: 'S1',
      algorithm: null,
      seed: 1,
      keep: null,
    });
    expect(parseOptions(['--days', '30'])).toMatchObject({ days: 30, speed: 43_200 });
    expect(parseOptions(['--market', 'S3', '--algorithm=bayes'])).toMatchObject({ market: 'S3', algorithm: 'bayes' });
    expect(parseOptions(['--help'])).toBeNull();
  });

  it.each([
    [['--days', '0'], '--days: expected a whole number 1..60, got 0'],
    [['--days', '61'], '--days: expected a whole number 1..60, got 61'],
    [['--speed', '1e3'], '--speed: expected a whole number 1..864000, got 1e3'],
    [['--channels=1'], '--channels: expected a whole number 2..500, got 1'],
    [['--market=S0'], '--market: expected one of S1, S2, '],
    [['--algorithm=x'], '--algorithm: expected one of hill-climb, bayes, got x'],
    [['--nope'], "Unknown option '--nope'"],
    [['--seed'], 'argument missing'],
  ])('%j are refused', (args, message) => {
    expect(() => parseOptions(args)).toThrow(UsageError);
    expect(() => parseOptions(args)).toThrow(message);
  });
});

// Is what the demonstration shows what the plugin said, in any terminal?
import { describe, expect, it } from 'vitest';
import type { Figures } from '../../src/demo/figures.ts';
import { parseOptions, UsageError } from '../../src/demo/options.ts';
import { bar, COLOUR, PLAIN, sats, span } from '../../src/demo/paint.ts';
import { settle, toMsat } from '../../src/demo/settle.ts';
import { clip, liveView, plainLine, summary } from '../../src/demo/view.ts';

const channel = (i: number, state: 'source' | 'sink' | 'balanced') => ({
  channel_id: `${111 + i}x1x0`,
  alias: i === 0 ? null : `peer-${i}`,
  capacity_sats: 2_000_000,
  sats_in: 1000.25,
  sats_out: 900.125,
  forwards_in: 3,
  forwards_out: 2,
  flow_ratio: -0.6,
  state,
  local_ratio: 0.25,
});
const loop = { last_run: 1_793_491_200, last_outcome: 'ok', next_run: null, consecutive_failures: 0 };
const figures: Figures = {
  now: 1_793_494_800,
  speed: 86_400,
  node: { id: '02', alias: 'node', version: 'v26.06.6', blockheight: 1234, fees_collected_msat: 200_250 },
  status: {
    version: '0.1.0',
    mode: 'live',
    ready: true,
    loops: { flow: loop, fees: { ...loop, last_run: null } },
    database: { path: '/x/revenue_ops.db', forwards: 12_345 },
    alerts: [],
  },
  analysis: { window_days: 7, channels: [channel(0, 'source'), channel(1, 'sink')] },
};
const size = { columns: 120, rows: 40 };

describe('the live view', () => {
  it('shows time, forwards, fees, every channel and the loops that have run', () => {
    const text = liveView(figures, PLAIN, size, null).join('\n');
    for (const part of ['2026-11-01 01:00', '1 d per second', '12,345', '200.250 sat', '111x1x0', 'peer-1', '25%'])
      expect(text).toContain(part);
    expect(text).toMatch(/111x1x0 +- +2,000,000 .* 1,000 +900 +−0\.60 {2}▲ source/);
    expect(text).toContain('flow ok 1 h ago');
    expect(text).not.toContain('fees ok');
    expect(text).toContain('Ctrl-C ends');
  });

  it('shows how far a run of days has come, and what is wrong', () => {
    const failing = { ...figures, status: { ...figures.status, alerts: ['the node lags'] } };
    const text = liveView(failing, PLAIN, size, 0.5).join('\n');
    expect(text).toContain(' 50%');
    expect(text).toContain('alerts: the node lags');
  });

  it('fits the terminal', () => {
    const many = Array.from({ length: 50 }, (_, i) => channel(i, 'balanced'));
    const lines = liveView(
      { ...figures, analysis: { window_days: 7, channels: many } },
      COLOUR,
      { columns: 60, rows: 20 },
      null,
    );
    expect(lines.length).toBeLessThanOrEqual(20);
    expect(lines.join('\n')).toContain('and 40 more');
    // eslint-disable-next-line no-control-regex -- colours take no room
    for (const line of lines) expect(line.replaceAll(/\x1b\[\d+m/g, '').length).toBeLessThanOrEqual(60);
  });

  it('says so while the plugin reads', () => {
    expect(liveView({ ...figures, analysis: null }, PLAIN, size, null).join('\n')).toContain('reads the history');
    expect(plainLine({ ...figures, analysis: null })).toContain('12,345 forwards');
  });

  it('is one line where there is no terminal', () => {
    expect(plainLine(figures)).toBe(
      '2026-11-01 01:00  12,345 forwards  200.250 sat fees  1 source, 1 sink, 0 balanced',
    );
  });
});

/** Answers as node and plugin do, with fees as told. */
const asked = (fees: number) => ({
  call: (method: string) =>
    Promise.resolve(
      {
        'dev-sim-time': { virtual_now: figures.now, world_now: figures.now, speed: 1 },
        'revenue-status': figures.status,
        'revenue-analyze': figures.analysis,
        getinfo: { ...figures.node, fees_collected_msat: fees },
      }[method] ?? {},
    ),
});

describe('the summary', () => {
  it('says that the totals agree when they do to the millisatoshi', async () => {
    const settlement = await settle(asked(200_250));
    expect(settlement.pluginFees).toBe(settlement.nodeFees);
    const text = summary(settlement, 30, PLAIN).join('\n');
    expect(text).toContain('The plugin agrees with the node to the millisatoshi.');
    expect(text).toContain('30 simulated days');
    expect(text).toMatch(/fees, plugin +200\.250 sat/);
  });

  it('says by how much they differ when they differ by one', async () => {
    const settlement = await settle(asked(200_251));
    expect(settlement.pluginFees).not.toBe(settlement.nodeFees);
    expect(summary(settlement, 30, PLAIN).join('\n')).toContain('disagrees with the node by -0.001 sat');
  });
});

describe('the totals', () => {
  it('are drawn up only once the node has come to the end', async () => {
    const calls: string[] = [];
    const behind = [3, 2, 1, 0];
    const { call } = asked(200_250);
    await settle({
      call: async (method) => {
        calls.push(method);
        if (method !== 'dev-sim-time') return call(method);
        return { virtual_now: figures.now, world_now: figures.now - (behind.shift() ?? 0), speed: 1 };
      },
    });
    expect(calls.indexOf('revenue-analyze')).toBeGreaterThan(3);
    expect(behind).toEqual([]);
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

  it('cuts between characters, never within a colour', () => {
    expect(clip('\x1b[1mabc\x1b[0mdef', 4)).toBe('\x1b[1mabc\x1b[0md');
  });
});

describe('options', () => {
  it('have defaults for looking and for counting', () => {
    expect(parseOptions([])).toEqual({
      days: null,
      speed: 21_600,
      channels: 8,
      forwardsPerDay: 300,
      seed: 1,
      keep: null,
    });
    expect(parseOptions(['--days', '30'])).toMatchObject({ days: 30, speed: 86_400 });
    expect(parseOptions(['--help'])).toBeNull();
  });

  it.each([
    [['--days', '0'], '--days: expected a whole number 1..60, got 0'],
    [['--days', '61'], '--days: expected a whole number 1..60, got 61'],
    [['--speed', '1e3'], '--speed: expected a whole number 1..864000, got 1e3'],
    [['--channels=1'], '--channels: expected a whole number 2..500, got 1'],
    [['--nope'], "Unknown option '--nope'"],
    [['--seed'], 'argument missing'],
  ])('%j are refused', (args, message) => {
    expect(() => parseOptions(args)).toThrow(UsageError);
    expect(() => parseOptions(args)).toThrow(message);
  });
});

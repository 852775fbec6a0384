// Does `top` show what the commands say, and end when it is asked to?
import { describe, expect, it } from 'vitest';
import { COLOUR, PLAIN } from '../../src/app/text/paint.ts';
import type { NodeCaller, Screen, Terminal } from '../../src/cli/command.ts';
import { top } from '../../src/cli/commands/top.ts';
import { InputError, UsageError } from '../../src/cli/input-error.ts';
import { readFigures, type Status } from '../../src/cli/top/figures.ts';
import { view } from '../../src/cli/top/view.ts';
import { unixSec } from '../../src/core/units.ts';
import { terminalWith } from './terminal.ts';

/** 2026-11-21 12:00 UTC */
const NOW = 1_795_262_400;

const STATUS: Status = {
  version: '0.1.0',
  mode: 'live',
  ready: true,
  channels: { total: 2, source: 1, sink: 1, balanced: 0 },
  loops: {
    flow: { next_run: NOW + 1800, last_outcome: 'ok', running: false },
    fees: { next_run: NOW - 1, last_outcome: 'failed: node away', running: false },
    rebalance: { next_run: null, last_outcome: null, running: true },
  },
  rebalancer: { active: 'native', in_flight: 0 },
  budget: { daily_sats: 5000, spent_24h_sats: 1200, reserved_sats: 300 },
  reserve: { minimum_sats: 1_000_000, onchain_sats: 400_000, channels_sats: 500_000, ok: false },
  alerts: ['the wallet reserve is short by 100,000 sats'],
  recent_fee_changes: [
    { channel_id: '1x1x0', old_fee_ppm: 100, new_fee_ppm: 150, reason: 'climb', timestamp: NOW - 60 },
  ],
  recent_rebalances: [
    {
      from_channel: '2x1x0',
      to_channel: '1x1x0',
      amount_sats: 250_000,
      fee_sats: 31.204,
      status: 'success',
      timestamp: NOW - 120,
    },
  ],
};

const flow = (channel_id: string, sats_out: number) => ({
  channel_id,
  alias: `peer of ${channel_id}`,
  capacity_sats: 5_000_000,
  sats_in: 10,
  sats_out,
  state: 'source' as const,
  local_ratio: 0.25,
});
const profit = (channel_id: string, revenue_sats: number) => ({
  channel_id,
  class: 'profitable',
  revenue_sats,
  net_profit_sats: revenue_sats - 100,
  carr_pct: 6.25,
});

const REPLIES: Readonly<Record<string, unknown>> = {
  'revenue-status': STATUS,
  getinfo: { alias: 'ROUTER' },
  'revenue-analyze': { window_days: 7, channels: [flow('1x1x0', 1000), flow('2x1x0', 2000)] },
  'revenue-profitability': {
    summary: { total_revenue_sats: 12_345, net_profit_sats: 12_145, carr_pct: null },
    channels_by_class: { profitable: [profit('1x1x0', 45), profit('2x1x0', 12_300)], zombie: [] },
  },
  listpeerchannels: {
    channels: [
      { short_channel_id: '1x1x0', fee_proportional_millionths: 150 },
      { alias: { local: '2x1x0' }, fee_proportional_millionths: 777 },
    ],
  },
};

const node = (replies = REPLIES): NodeCaller => ({
  call: (method) =>
    method in replies ? Promise.resolve(replies[method]) : Promise.reject(new InputError(`${method}: unknown command`)),
  close: () => undefined,
});

describe('the picture', () => {
  it('has the channels by what they earn, each with its own fee', async () => {
    const lines = view(await readFigures(node()), NOW, { columns: 200, rows: 40 }, PLAIN);
    const rows = lines.filter((line) => /^\dx1x0/.test(line));
    expect(rows[0]).toMatch(/^2x1x0.*25%.*777.*2,000.*12,300.*12,200.*6\.3 %.*profitable/);
    expect(rows[1]).toMatch(/^1x1x0.*150.*1,000.* 45 .*-55/);
  });

  it('says what waits, what failed, and what needs someone', async () => {
    const text = view(await readFigures(node()), NOW, { columns: 200, rows: 40 }, PLAIN).join('\n');
    expect(text).toContain('flow in 30 min, fees due (failed), rebalance now');
    expect(text).toContain('rebalancing 1,500 of 5,000 sat in 24 h by native');
    expect(text).toContain('reserve low: 900,000 of 1,000,000 sat');
    expect(text).toContain('! the wallet reserve is short by 100,000 sats');
    expect(text).toContain('2x1x0 → 1x1x0  250,000 sat for 31.204 sat  success');
    expect(text).toContain('CARR -');
  });

  it('goes on where the node could not be asked for its channels', async () => {
    const figures = await readFigures(node({ ...REPLIES, 'revenue-status': { ...STATUS, channels: null } }));
    const text = view(figures, NOW, { columns: 200, rows: 40 }, PLAIN).join('\n');
    expect(text).toContain('channels unknown   revenue 12,345');
  });

  it('shows nothing of a peer’s name that would move the cursor', async () => {
    const channels = [{ ...flow('1x1x0', 5), alias: '\x1b[3;1H\x1b[J\n\u009b\u202egood' }];
    const lines = view(
      await readFigures(node({ ...REPLIES, 'revenue-analyze': { channels } })),
      NOW,
      { columns: 200, rows: 40 },
      PLAIN,
    );
    expect(lines.find((line) => line.startsWith('1x1x0'))).toContain(' [3;1H[Jgood ');
    expect(lines.join('')).not.toMatch(/\p{C}/u);
  });

  it('fits the screen, colours not counted', async () => {
    const lines = view(await readFigures(node()), NOW, { columns: 50, rows: 14 }, COLOUR);
    // eslint-disable-next-line no-control-regex -- the escape sequences are our own
    for (const line of lines) expect(line.replaceAll(/\x1b\[\d+m/g, '').length).toBeLessThanOrEqual(50);
    expect(lines.join('\n')).toContain('… and 1 more');
  });
});

function terminalOf(screen: Partial<Screen>, caller = node()): { terminal: Terminal; said: string[] } {
  const said: string[] = [];
  const whole: Screen = {
    live: true,
    colour: false,
    size: () => ({ columns: 120, rows: 30 }),
    draw: (lines) => said.push(lines[0] ?? ''),
    wait: () => Promise.resolve(false),
    unlessEnded: (work) => work,
    leave: () => said.push('left'),
    ...screen,
  };
  const terminal = terminalWith({ node: () => caller, screen: () => whole, now: () => unixSec(NOW) });
  return { terminal, said };
}

describe('the command', () => {
  it('draws until it is asked to end, and gives the terminal back', async () => {
    let looks = 0;
    const { terminal, said } = terminalOf({ wait: () => Promise.resolve(++looks < 3) });
    expect(await top.answer({ words: [], values: {} }, terminal)).toBe('');
    expect(said).toHaveLength(4);
    expect(said.at(-1)).toBe('left');
  });

  it('keeps mode and alerts in sight where the screen is low', async () => {
    const drawn: (readonly string[])[] = [];
    const low: Partial<Screen> = { size: () => ({ columns: 120, rows: 8 }), draw: (lines) => drawn.push(lines) };
    await top.answer({ words: [], values: {} }, terminalOf(low).terminal);
    expect(drawn[0]).toHaveLength(8);
    expect(drawn[0]?.[0]).toContain('live');
  });

  it('ends while the node does not answer', async () => {
    let asked = 0;
    const hanging: NodeCaller = {
      ...node(),
      call: (method) => (asked++ < 5 ? node().call(method) : new Promise(() => undefined)),
    };
    const ended = { wait: () => Promise.resolve(true), unlessEnded: () => Promise.resolve(null) };
    const { terminal, said } = terminalOf(ended, hanging);
    expect(await top.answer({ words: [], values: {} }, terminal)).toBe('');
    expect(said).toHaveLength(2);
    expect(said.at(-1)).toBe('left');
  });

  it('prints one look where there is no terminal', async () => {
    const { terminal } = terminalOf({ live: false });
    expect(await top.answer({ words: [], values: {} }, terminal)).toMatch(/^cl-revenue-ops 0\.1\.0 on ROUTER/);
  });

  it('says so where the plugin is not there, and gives the terminal back', async () => {
    const { terminal, said } = terminalOf({}, node({}));
    await expect(top.answer({ words: [], values: {} }, terminal)).rejects.toThrow('revenue-status: unknown command');
    expect(said).toEqual(['left']);
  });

  it('refuses an interval that is none', async () => {
    const { terminal } = terminalOf({});
    const asked = top.answer({ words: [], values: { interval: '0' } }, terminal);
    await expect(asked).rejects.toThrow(UsageError);
  });
});

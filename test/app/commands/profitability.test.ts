// Do the commands on returns answer for every channel there is, say what they cannot know, and what the manual says?
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FEE_MULTIPLIERS } from '../../../src/core/profit/classify.ts';
import { msat, scid, unixSec } from '../../../src/core/units.ts';
import { snapshot } from '../../channel-views.ts';
import { came, channel, channelMove, facts, paid, received, went } from '../../core/profit/ledger-rows.ts';
import { channelNumber } from '../node-in-memory.ts';
import { applications, pay, timeout, unreachable, type Reply, type Running } from '../setup.ts';

const { started } = applications();
const DAY = 86_400;
const MANUAL = readFileSync(resolve(import.meta.dirname, '../../../docs/commands.md'), 'utf8');

/** Channel 1 earns and was pushed, 2 was rebalanced into, 3 the peer opened and nobody used, 4 is closed. */
async function aLife(): Promise<Running> {
  const one = await started({}, (node, clock) => {
    node.snapshot = snapshot([1, 2, 3].map((n) => channelNumber(n, { opener: n === 3 ? 'remote' : 'local' })));
    for (let day = 1; day < 60; day++) pay(node, 2, 1, 1_000_000, clock.now() - day * DAY);
  });
  const { accounts, clock } = one;
  const begin = clock.now() - 90 * DAY;
  const opened = (n: number) => [
    went({ account: 'wallet', tag: 'withdrawal', sats: 2_000_000, of: `in${n}`, by: `open${n}`, at: begin }),
    came({ account: 'wallet', tag: 'deposit', sats: 999_834, tx: `open${n}`, output: 1, at: begin }),
    came({ account: channel(n), tag: 'channel_open', sats: 1_000_000, tx: `open${n}`, at: begin, opener: true }),
  ];
  accounts.chain = [
    ...[1, 2, 4].flatMap(opened),
    came({ account: channel(3), tag: 'channel_open', sats: 0, tx: 'open3', at: begin }),
    went({
      account: channel(4),
      tag: 'channel_close',
      sats: 1_000_000,
      of: 'open4',
      by: 'end4',
      at: begin + DAY,
      outputs: 1,
    }),
    came({ account: 'wallet', tag: 'deposit', sats: 999_805, tx: 'end4', at: begin + DAY }),
  ];
  accounts.channel = [
    channelMove({ channelId: channel(1), tag: 'pushed', debit: msat(200_000_000), time: unixSec(begin) }),
    paid('circle', 1, 100_050_000, 50_000, clock.now() - 2 * DAY),
    received('circle', 2, 100_000_000, clock.now() - 2 * DAY),
  ];
  accounts.facts = [
    ...[1, 2, 3].map((n) => facts(n, { opener: n === 3 ? 'remote' : 'local' })),
    facts(4, { state: 'CLOSED', funding: null }),
  ];
  return one;
}

const byClass = (reply: Reply): Record<string, Reply[]> => reply['channels_by_class'] as Record<string, Reply[]>;
const rowsOf = (reply: Reply): Reply[] => Object.values(byClass(reply)).flat();
const rowOf = (reply: Reply, name: string): Reply => rowsOf(reply).find((row) => row['channel_id'] === name) ?? {};

/** Every name of a field in a reply, however deep. */
function fieldsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(fieldsOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...fieldsOf(inner)]);
}

describe('revenue-profitability', () => {
  it('lists open channels by class, with totals that are their sums', async () => {
    const { run } = await aLife();
    const reply = await run('revenue-profitability');
    expect(Object.keys(byClass(reply)).sort()).toEqual(Object.keys(FEE_MULTIPLIERS).sort());
    const summary = reply['summary'] as Reply;
    for (const name of Object.keys(FEE_MULTIPLIERS))
      expect(summary[`${name}_count`], name).toBe(byClass(reply)[name]?.length);
    expect(
      rowsOf(reply)
        .map(({ channel_id }) => channel_id)
        .sort(),
    ).toEqual(['101x1x0', '102x1x0', '103x1x0']);
    expect(summary).toMatchObject({
      total_channels: 3,
      total_revenue_sats: 59_000,
      open_cost_sats: 332,
      rebalance_cost_sats: 50,
      total_costs_sats: 382,
      net_profit_sats: 58_618,
      pushed_sats: -200_000,
      estimated: false,
    });
  });

  it('holds a push for capital that changed hands: in statement and CARR, not in profit, costs and class', async () => {
    const { run } = await aLife();
    const reply = await run('revenue-profitability', { channel_id: '101x1x0' });
    expect(rowOf(reply, '101x1x0')).toMatchObject({
      class: 'profitable',
      pushed_sats: -200_000,
      total_cost_sats: 166,
      net_profit_sats: 58_834,
      capital_sats: 800_000,
    });
    expect(Number(rowOf(reply, '101x1x0')['carr_pct'])).toBeLessThan(0);
    // The close is not yet paid: 170 sats in the statement alone.
    expect(reply['statement']).toMatchObject({ result_sats: 58_834 - 200_000 - 170, estimated: true });
  });

  it('discounts one channel at its own return, and at the rate asked for where it has none', async () => {
    const { run } = await aLife();
    const account = async (name: string) => {
      const reply = await run('revenue-profitability', { channel_id: name, rate_pct: 12 });
      expect(reply['rate_pct']).toBe(12);
      return { carr: rowOf(reply, name)['carr_pct'], at: reply['cash_flows_rate_pct'] };
    };
    const earning = await account('101x1x0');
    expect(earning.carr).toEqual(expect.any(Number));
    expect(earning.at).toBe(earning.carr);
    expect(await account('103x1x0')).toEqual({ carr: null, at: 12 });
  });

  it('tells of a closed channel when it is asked for', async () => {
    const { run } = await aLife();
    const row = rowOf(await run('revenue-profitability', { channel_id: '104x1x0' }), '104x1x0');
    expect(row).toMatchObject({ class: 'underwater', open_cost_sats: 166, close_cost_sats: 195, estimated: [] });
  });

  it('takes a channel that nobody has used as it is, whatever it lacks', async () => {
    const { run } = await aLife();
    expect(rowOf(await run('revenue-profitability'), '103x1x0')).toMatchObject({
      class: 'zombie',
      revenue_sats: 0,
      total_cost_sats: 0,
      roi_pct: null,
      roi_reason: 'no_cost',
      carr_pct: null,
      carr_reason: 'no_capital',
      marginal_roi_reason: 'no_purchase',
    });
  });

  it('refuses what it does not know', async () => {
    const { refused } = await aLife();
    expect((await refused('revenue-profitability', { channel_id: '9x9x9' })).message).toMatch(
      /node has or had, got 9x9x9/,
    );
    expect((await refused('revenue-profitability', { rate_pct: -100 })).code).toBe(-32602);
    expect((await refused('revenue-history', { channel_id: '101x1x0' })).message).toMatch(/a closed channel/);
  });

  it('never takes a read that failed for no revenue', async () => {
    for (const read of ['readSnapshot', 'readForwards'] as const) {
      const { node, run, refused, end } = await aLife();
      await run('revenue-profitability');
      node.failing.set(read, timeout);
      if (read === 'readForwards') pay(node, 2, 1, 1000, 1_795_000_000);
      expect((await refused('revenue-profitability')).message, read).toContain(timeout.message);
      await end();
    }
  });

  it('tells costs as they were when the books cannot be read, and says so', async () => {
    const { accounts, run } = await aLife();
    const before = await run('revenue-profitability');
    accounts.failing.set('readChainMoves', unreachable);
    const after = await run('revenue-profitability');
    expect(after['summary']).toEqual(before['summary']);
    expect(after['warnings']).toEqual([expect.stringMatching(/costs are as they were read before.*not reachable/)]);
  });

  it('tells nothing when the books have never been read', async () => {
    const { accounts, refused } = await aLife();
    accounts.failing.set('readChainMoves', unreachable);
    expect((await refused('revenue-profitability')).message).toContain('not reachable');
  });
});

describe('a channel that is used before it is in a block', () => {
  const alias = scid('16000000x5x7');
  const unconfirmed = { scid: null, alias };

  it('goes by its alias, then by its short channel id, and keeps what it has earned', async () => {
    const { run, node, accounts, clock } = await started({}, (of) => {
      of.snapshot = snapshot([channelNumber(1), channelNumber(2, unconfirmed)]);
    });
    accounts.source = 'node';
    accounts.facts = [facts(1), facts(2, { scid: null, aliases: [alias] })];
    // lightningd names it by its alias in forwards too.
    node.end(node.offer({ from: 1, to: 2, outMsat: 1_000_000, feeMsat: 1000 }, clock.now()), 'settled', clock.now());
    const [row] = node.history;
    if (!row) throw new Error('no forward');
    node.history[0] = { ...row, outChannel: alias };
    const first = await run('revenue-profitability', { channel_id: alias });
    expect(rowOf(first, alias)).toMatchObject({
      revenue_sats: 1,
      opened_at: clock.now(),
      capital_sats: 1_000_000,
      estimated: ['opened_at', 'open_cost_sats'],
    });

    const openedAt = clock.now();
    node.snapshot = snapshot([channelNumber(1), channelNumber(2, { alias })]);
    accounts.facts = [facts(1), facts(2, { aliases: [alias] })];
    await clock.advance(2 * DAY);
    for (const name of [alias, '102x1x0', channel(2)]) {
      const later = await run('revenue-profitability', { channel_id: name });
      expect(rowsOf(later), name).toHaveLength(1);
      expect(rowOf(later, '102x1x0'), name).toMatchObject({ revenue_sats: 1, opened_at: openedAt });
    }
  });

  it('is no channel yet while its opening may come to nothing, and is named as left out', async () => {
    const { run, accounts } = await started({}, (of) => {
      of.snapshot = snapshot([channelNumber(1), channelNumber(2, unconfirmed)]);
    });
    accounts.facts = [facts(1), facts(2, { scid: null, aliases: [alias], state: 'CHANNELD_AWAITING_LOCKIN' })];
    const reply = await run('revenue-profitability');
    expect(rowsOf(reply)).toHaveLength(1);
    expect(reply['warnings']).toEqual([expect.stringContaining(`channel ${alias} is left out`)]);
  });
});

describe('revenue-history', () => {
  it('tells the whole life, closed channels and peers', async () => {
    const { run } = await aLife();
    const reply = await run('revenue-history');
    expect(reply['lifetime']).toMatchObject({
      channels: 4,
      closed_channels: 1,
      revenue_sats: 59_000,
      open_cost_sats: 498,
    });
    expect(reply['closed_channels']).toEqual([
      expect.objectContaining({ channel_id: '104x1x0', final: true, net_profit_sats: -361 }),
    ]);
    expect((reply['peers'] as Reply[])[0]).toMatchObject({
      open_channels: 3,
      net_profit_sats: 59_000 - 498 - 195 - 50,
    });
  });

  it('reconciles with what the node has collected, beside what left by a channel without books', async () => {
    const { run, node, clock } = await aLife();
    const feesCollected = msat(59_000_000 + 300_000 + 777_000);
    node.snapshot = snapshot([...node.snapshot.channels, channelNumber(5)], { feesCollected });
    pay(node, 2, 5, 300_000, clock.now() - DAY);
    await clock.advance(3600);
    const { lifetime, peers } = (await run('revenue-history')) as { lifetime: Reply; peers: Reply[] };
    expect(lifetime).toMatchObject({
      first_opened_at: clock.now() - 3600 - 90 * DAY,
      revenue_sats: 59_000,
      unattributed_revenue_sats: 300,
      fees_collected_sats: 60_077,
      untold_revenue_sats: 777,
      statement: {
        lines: expect.arrayContaining([
          expect.objectContaining({ item: 'routing_fee', amount_sats: 59_000 }),
        ]) as unknown,
      },
    });
    // The peer of both has brought what left by either.
    expect(peers[0]).toMatchObject({ revenue_sats: 59_000, sourced_revenue_sats: 59_300 });
  });

  it('discounts at the rate asked for, a year', async () => {
    const { run } = await aLife();
    const { rate_pct, closed_channels } = await run('revenue-history', { channel_id: '104x1x0', rate_pct: 12 });
    const [closed] = closed_channels as Reply[];
    expect(rate_pct).toBe(12);
    expect(closed?.['npv_sats']).toBeCloseTo(999_805 / 1.12 ** (1 / 365) - 1_000_166, 2);
  });

  it('calls final only what is home to the last output', async () => {
    const { run, accounts } = await aLife();
    accounts.chain = accounts.chain.map((move) => (move.outputCount === null ? move : { ...move, outputCount: 2 }));
    accounts.facts = [...accounts.facts.slice(0, -1), facts(4, { state: 'ONCHAIN', funding: null })];
    const [closed] = (await run('revenue-history'))['closed_channels'] as Reply[];
    expect(closed).toMatchObject({ channel_id: '104x1x0', final: false });
  });
});

describe('the manual', () => {
  it.each(['revenue-profitability', 'revenue-history'])('names every field of the reply of %s', async (name) => {
    const { run } = await aLife();
    const replies = [
      await run(name),
      await run(name, { channel_id: name === 'revenue-history' ? '104x1x0' : '102x1x0' }),
    ];
    const fields = [...new Set(replies.flatMap(fieldsOf))].filter((field) => !field.endsWith('_reason'));
    expect(fields.length).toBeGreaterThan(60);
    expect(fields.filter((field) => !MANUAL.includes(`\`${field}\``))).toEqual([]);
  });

  it.each(['revenue-profitability', 'revenue-history'])('%s comes as text for people too', async (name) => {
    const { run } = await aLife();
    const reply = await run(name, { text: true });
    expect(reply['format-hint']).toBe('simple');
    expect(String(reply['text'])).toMatch(/Net profit/);
    expect(String(reply['text'])).not.toMatch(/undefined|NaN|Infinity|unknown/);
  });
});

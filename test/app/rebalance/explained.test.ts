// Does revenue-explain tell of rebalancing what was decided, what is under way, what was, and what failed?
import { describe, expect, it } from 'vitest';
import { channelNames } from '../../../src/app/channel-names.ts';
import { rebalanceExplained } from '../../../src/app/rebalance/explained.ts';
import { rebalanceLine, rebalanceLines } from '../../../src/app/text/rebalance-explain-text.ts';
import { REBALANCE_REASONS, REBALANCE_STEPS } from '../../../src/core/rebalance/reasons.ts';
import { idOf } from '../../store/fake-node.ts';
import { temporaryDatabase } from '../../store/temporary.ts';
import { PayingNode } from './paying-node.ts';
import { ARRIVES } from './payments-in-memory.ts';

const database = temporaryDatabase();
type Told = ReturnType<typeof rebalanceExplained>;

function explain(node: PayingNode, n: number): Told {
  const { channels } = node.node.snapshot;
  const channel = channels.find(({ channelId }) => channelId === idOf(n));
  if (channel === undefined) throw new Error(`no channel ${n}`);
  const { store, config, clock } = node;
  const nameOf = channelNames(channels, store.ledger);
  const told = rebalanceExplained({ now: clock.now(), channel, store, dryRun: config.dryRun, nameOf });
  expect(JSON.parse(JSON.stringify(told))).toEqual(told);
  const texts = JSON.stringify(told);
  expect(texts).not.toMatch(/undefined|NaN|\[object|[0-9a-f]{64}/);
  return told;
}

/** On a terminal of 100 columns. */
function read({ rebalance, rebalance_note }: Told): string {
  const lines = [rebalanceLine(rebalance, rebalance_note), ...rebalanceLines(rebalance)];
  for (const line of lines) expect(line).toBe(line.trimEnd());
  expect(lines.slice(1).filter((line) => line.length > 100)).toEqual([]);
  expect(lines.join('\n')).not.toMatch(/undefined|NaN|null|\[object/);
  return lines.join('\n');
}

describe('before the first look', () => {
  it('says that there was none, and what is known all the same', () => {
    const told = explain(new PayingNode(database), 2);
    expect(told).toEqual({
      rebalance: {
        policy: 'both',
        lots: { on_hand_sats: 0, cost_sats: 0, cost_ppm: null },
        destination: null,
        source: null,
        failures: [],
        open: [],
        last: [],
        dry_runs: [],
      },
      rebalance_note: expect.stringContaining('no rebalance cycle has looked at this channel yet') as string,
    });
    expect(read(told)).toMatch(/^may give and take; no rebalance cycle/);
  });
});

describe('after a look', () => {
  it('tells the verdict, by how much, the best partners, each step, and what would change it', async () => {
    const node = new PayingNode(database, { rebalanceMinProfit: 20 });
    await node.cycle();
    const told = explain(node, 2);
    const { destination, source, last } = told.rebalance;
    expect(told.rebalance_note).toBeNull();
    expect(destination).toMatchObject({
      decided_at: node.clock.now(),
      reason: 'min-profit',
      sentence: REBALANCE_REASONS['min-profit'],
      shortfall: {
        unit: 'sats',
        needed: 20,
        text: expect.stringMatching(/^20 sats needed, .* short$/) as string,
      },
      refused: [{ reason: 'min-profit', sentence: REBALANCE_REASONS['min-profit'], partners: 2 }],
      would_change: [expect.stringContaining('20 sats or more'), expect.stringContaining('min-profit')] as unknown,
    });
    expect(destination?.pairs.map(({ partner }) => partner)).toEqual(['101x1x0', '104x1x0']);
    const [best] = destination?.pairs ?? [];
    expect(best?.evaluation).toMatchObject({ inbound_from: 'cap', max_fee_sats: null });
    expect(best?.steps.map(({ step }) => step)).toEqual(
      'amount destination source inbound spread profit would-change'.split(' '),
    );
    for (const { step, about } of best?.steps ?? []) expect(about).toBe(REBALANCE_STEPS[step]);
    expect(source).toMatchObject({ reason: 'nothing-to-spare', pairs: [], refused: [] });
    expect(last.length).toBeGreaterThan(1);
    expect(last[0]).toMatchObject({
      to_channel: '102x1x0',
      status: 'success',
      driver: 'native',
      manual: false,
      failure: null,
    });
    expect(last[0]?.fee_ppm).toBeCloseTo((1e6 * (last[0]?.fee_sats ?? 0)) / (last[0]?.moved_sats ?? 1), 2);
    const text = read(told);
    for (const part of [
      'Rebalancing into it: min-profit',
      'With 101x1x0, step by step:',
      'Last rebalances:',
      'out of it',
    ])
      expect(text).toContain(part);
  });

  it('tells an order that was approved and failed, its rest, and when it is tried again', async () => {
    const node = new PayingNode(database);
    node.payments.fate = () => ({ ...ARRIVES, end: 'refused' });
    await node.cycle();
    const told = explain(node, 2);
    const { reason, pairs: [other] = [], refused } = told.rebalance.destination ?? {};
    expect(reason).toBe('tried');
    // It would do as well, but the best is tried again first.
    expect(other).toMatchObject({
      partner: '104x1x0',
      reason: 'tried',
      evaluation: { max_fee_sats: expect.any(Number) as number },
    });
    expect(refused).toMatchObject([{ reason: 'resting', partners: 1 }]);
    expect(told.rebalance.failures).toEqual([
      {
        role: 'destination',
        partner: '101x1x0',
        kind: 'too-expensive',
        meaning: 'there is a path, but it costs more than the cap',
        last_at: node.clock.now(),
        resting_until: node.clock.now() + 3600,
        text: expect.stringContaining('left alone for another 60 min') as string,
      },
      // With whichever partner: it has not failed with enough of them to rest.
      expect.objectContaining({ role: 'destination', partner: null, resting_until: null }),
    ]);
    expect(explain(node, 1).rebalance.failures).toMatchObject([
      { role: 'source', partner: '102x1x0' },
      { role: 'source', partner: '103x1x0' },
      { role: 'source', partner: null },
    ]);
    expect(told.rebalance.last).toMatchObject([{ status: 'failed', fee_sats: 0, failure: 'too-expensive' }]);
    expect(read(told)).toMatch(/Failed lately:\n {2}as destination with 101x1x0: this pair has failed once/);
    await node.clock.advance(3 * 86_400);
    expect(explain(node, 2).rebalance.failures).toEqual([]);
  });

  it('tells what is out of sight, and counts it in the balance', async () => {
    const node = new PayingNode(database);
    node.payments.fate = () => ({ ...ARRIVES, end: 'held' });
    await node.cycle();
    const told = explain(node, 2);
    expect(told.rebalance.open).toMatchObject([
      { from_channel: '101x1x0', to_channel: '102x1x0', status: 'unknown', ended_at: null },
      { from_channel: '104x1x0', to_channel: '102x1x0', status: 'unknown', ended_at: null },
    ]);
    const target = told.rebalance.destination?.steps[0]?.text ?? '';
    expect(target).toContain('once what is under way or ordered has ended');
    expect(read(told)).toContain('Under way:');
  });

  it('in dry-run shows what was recorded, which counts as under way', async () => {
    const node = new PayingNode(database, { dryRun: true });
    await node.cycle();
    const told = explain(node, 2);
    expect(told.rebalance_note).toContain('counts as under way');
    expect(told.rebalance.dry_runs).toMatchObject([{ to_channel: '102x1x0', recorded_at: node.clock.now() }]);
    expect(told.rebalance).toMatchObject({ open: [], last: [] });
    expect(read(told)).toContain('Recorded, as dry-run:');
    node.config = { ...node.config, dryRun: false };
    expect(explain(node, 2).rebalance.dry_runs).toEqual([]);
  });

  it('obeys and shows the policy', async () => {
    const node = new PayingNode(database);
    const terms = { strategy: 'dynamic', staticPpm: null, minPpm: null, maxPpm: null, expiresAt: null } as const;
    node.store.fees.savePolicy({ ...terms, subject: idOf(2), rebalance: 'source_only', setAt: node.clock.now() });
    await node.cycle();
    const told = explain(node, 2);
    expect(told.rebalance).toMatchObject({
      policy: 'source_only',
      destination: {
        reason: 'policy',
        shortfall: null,
        pairs: [],
        would_change: [expect.stringContaining('revenue-policy') as string],
      },
    });
    expect(read(told)).toMatch(/^may only give, by policy/);
  });
});

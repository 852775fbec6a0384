// Are idleness, losses and a fall of forwards told where they are there, and nowhere else?
import { describe, expect, it } from 'vitest';
import { businessAlerts } from '../../src/app/alerts/business-alerts.ts';
import { channelNames } from '../../src/app/channel-names.ts';
import { satsToMsat, unixSec, type ChannelId } from '../../src/core/units.ts';
import type { Config } from '../../src/core/config/options.ts';
import type { SelfPayment } from '../../src/core/profit/books.ts';
import { simulatedApplications, type Simulated } from './simulated-setup.ts';

const start = simulatedApplications();
const DAY = 86_400;
/** In place of the text. */
const UNDECIDED = 'nobody can tell yet';

async function alerts(
  { app, store, clock }: Simulated,
  changes: { config?: Partial<Config>; paused?: boolean; startedDaysAgo?: number } = {},
): Promise<Record<string, string>> {
  const { channels } = await app.context.node.readSnapshot();
  const now = clock.now();
  const { alerts: found, undecided } = businessAlerts({
    now,
    startedAt: unixSec(now - (changes.startedDaysAgo ?? 30) * DAY),
    config: { ...app.config, ...changes.config },
    paused: changes.paused ?? false,
    store,
    open: new Set(channels.map(({ channelId }) => channelId)),
    nameOf: channelNames(channels, store.ledger),
  });
  for (const { text } of found) expect(text).not.toMatch(/undefined|NaN|null|\[object|[.\s]$/);
  return Object.fromEntries([
    ...found.map(({ kind, text }) => [kind, text] as const),
    ...undecided.map((kind) => [kind, UNDECIDED] as const),
  ]);
}

describe('idleness', () => {
  it('is told after days without a change or an attempt, with the reasons, until something is done', async () => {
    const node = await start({ paused: false });
    expect(await alerts(node)).not.toHaveProperty('idle');
    const later = { ...node, clock: { now: () => unixSec(node.clock.now() + 10 * DAY) } } as unknown as Simulated;
    expect((await alerts(later))['idle']).toMatch(
      /^nothing was done for 1\d days: no fee was changed and no rebalance tried; the most frequent reasons are, fees: /,
    );
    const [channel] = await node.usable();
    await node.run('revenue-set-fee', { channel_id: channel.short_channel_id, fee_ppm: 77 });
    expect(await alerts(node)).not.toHaveProperty('idle');
  });

  it('is what was asked for while paused or in dry-run, and nothing to tell of a plugin that has just started', async () => {
    const node = await start();
    expect(await alerts(node)).toHaveProperty('idle');
    expect(await alerts(node, { paused: true })).not.toHaveProperty('idle');
    expect(await alerts(node, { config: { dryRun: true } })).not.toHaveProperty('idle');
    expect(await alerts(node, { startedDaysAgo: 2 })).toHaveProperty('idle', UNDECIDED);
    // Fifty cycles of a day each are longer than three days.
    expect(await alerts(node, { config: { feeInterval: DAY } })).toHaveProperty('idle', UNDECIDED);
  });
});

describe('a loss', () => {
  const bought = (into: ChannelId, feeSats: number, daysAgo: number, now: number): SelfPayment => ({
    paymentHash: `${String(feeSats)}${String(daysAgo)}`.padStart(64, '0'),
    part: 0,
    outChannel: null,
    inChannel: into,
    amount: satsToMsat(100_000),
    fee: satsToMsat(feeSats),
    time: unixSec(now - daysAgo * DAY),
  });

  it('is told of a channel that rebalances cost more than it earns, but of none that has not had time to sell', async () => {
    const node = await start();
    const { channels } = await node.app.context.node.readSnapshot();
    const [first, second] = channels;
    if (first === undefined || second === undefined) throw new Error('expected channels');
    const now = node.clock.now();
    const moves = [bought(first.channelId, 5000, 10, now), bought(second.channelId, 5000, 1, now)];
    node.store.ledger.takeInSelfPayments({ moves, cursor: 0, last: true });
    const text = (await alerts(node))['channel-losing'];
    expect(text).toContain(
      `channel ${first.scid ?? ''} loses money: within 30 days rebalances into it cost 5,000 sats`,
    );
    expect(text).toContain('revenue-policy set … rebalance=none');
    expect(text).not.toContain(second.scid ?? 'x');
  });

  it('of less than anybody would act on is none, nor is one that is long past', async () => {
    const node = await start();
    const [first] = (await node.app.context.node.readSnapshot()).channels;
    if (first === undefined) throw new Error('expected a channel');
    const now = node.clock.now();
    const moves = [bought(first.channelId, 99, 10, now), bought(first.channelId, 5000, 40, now)];
    node.store.ledger.takeInSelfPayments({ moves, cursor: 0, last: true });
    expect(await alerts(node)).not.toHaveProperty('channel-losing');
  });
});

describe('a fall of forwards', () => {
  it('is told when far fewer settle than in the week before', async () => {
    const node = await start({ world: { historyDays: 9, forwardsPerDay: 300 } });
    expect(await alerts(node)).not.toHaveProperty('forwards-falling');
    const later = { ...node, clock: { now: () => unixSec(node.clock.now() + DAY) } } as unknown as Simulated;
    expect((await alerts(later))['forwards-falling']).toMatch(
      /^forwards are falling: 0 forwards settled within a day, 2\d\d a day in the week before\. See /,
    );
    expect(await alerts(later, { startedDaysAgo: 0 })).toHaveProperty('forwards-falling', UNDECIDED);
  });

  it('is no news on a node where few ever settle', async () => {
    const node = await start({ world: { historyDays: 9, forwardsPerDay: 20 } });
    const later = { ...node, clock: { now: () => unixSec(node.clock.now() + DAY) } } as unknown as Simulated;
    expect(await alerts(later)).not.toHaveProperty('forwards-falling');
  });
});

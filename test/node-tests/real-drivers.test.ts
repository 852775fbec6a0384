// Do the drivers get on with the real plugins, on a real ring? sling, circular and rebalance, where there are any to be had.
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pluginRing, type PluginRing } from '../node/drivers/plugin-ring.ts';
import { missingPrograms } from './real/programs.ts';
import { startRealRing } from './real/ring.ts';
import { until, type Json } from './rpc.ts';

/** The environment variables SLING, CIRCULAR and REBALANCE name those that are not on PATH. */
const find = (name: string, program = name): string | null =>
  process.env[name.toUpperCase()] ??
  (process.env['PATH'] ?? '')
    .split(':')
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path)) ??
  null;
const [sling, circular, rebalance] = [find('sling'), find('circular'), find('rebalance', 'rebalance.py')];
const missing = [
  ...missingPrograms(),
  ...(sling === null ? ['sling'] : []),
  ...(circular === null ? ['circular'] : []),
  ...(rebalance === null ? ['rebalance'] : []),
];
if (missing.length > 0)
  console.warn(
    `\n!!! NO REAL REBALANCERS: ${missing.join(', ')} not on PATH nor named by SLING, CIRCULAR and REBALANCE.\n`,
  );

/** 100,000 sats back over C, B and A, each 1 msat and 100 ppm, compounding. */
const FEE = 30_006n;

describe.skipIf(missingPrograms().length > 0 || missing.length === missingPrograms().length + 3)('real ring', () => {
  let at: PluginRing;
  beforeAll(async () => {
    at = await pluginRing(startRealRing);
    for (const plugin of [sling, circular, rebalance])
      if (plugin !== null) await at.call('plugin', { subcommand: 'start', plugin });
  });
  afterAll(() => (at as PluginRing | undefined)?.stop());

  // Before sling, which tells askrene of what it has found too dear.
  it.skipIf(rebalance === null)(
    'rebalance moves 100,000 sats: success, amount and fee by listsendpays, no invoice left',
    async () => {
      const before = await at.ours(at.ring.ends.back);
      const outcome = await at.run('rebalance', { seconds: 60 });
      expect(outcome).toMatchObject({ status: 'success', movedMsat: 100_000_000n, failure: null });
      expect(outcome.feeMsat >= FEE && outcome.feeMsat <= 60_000n).toBe(true);
      expect(at.hashes).toContain(outcome.paymentHash);
      await until('the balance', async () => (await at.ours(at.ring.ends.back)) === before + 100_000_000n);
      expect(await at.payments('pending')).toEqual([]);
      const { invoices } = (await at.call('listinvoices')) as { invoices: Json[] };
      expect(invoices.filter(({ status }) => status === 'unpaid')).toEqual([]);
    },
  );

  it.skipIf(rebalance === null)('rebalance with a cap that the way exceeds: nothing moves', async () => {
    const before = await at.ours(at.ring.ends.back);
    const outcome = await at.run('rebalance', { seconds: 30, maxFeeMsat: FEE - 1_000n });
    expect(outcome).toMatchObject({ status: 'failed', movedMsat: 0n, feeMsat: 0n });
    expect(await at.ours(at.ring.ends.back)).toBe(before);
    expect(await at.payments('pending')).toEqual([]);
  });

  it.skipIf(sling === null)(
    'sling moves 100,000 sats: success, amount and fee by listsendpays, no job left at work',
    async () => {
      await at.call('sling-version');
      const before = await at.ours(at.ring.ends.back);
      const outcome = await until(
        'sling to know the graph',
        async () => {
          const tried = await at.run('sling', { seconds: 40 });
          return tried.status === 'success' && tried;
        },
        150,
      );
      expect(outcome).toMatchObject({ movedMsat: 100_000_000n, failure: null });
      expect(outcome.feeMsat >= FEE && outcome.feeMsat <= 60_000n).toBe(true);
      expect(at.hashes).toContain(outcome.paymentHash);
      await until('the balance', async () => (await at.ours(at.ring.ends.back)) === before + 100_000_000n);
      const stats = (await at.call('sling-stats', { json: true })) as unknown as readonly Json[];
      expect(JSON.stringify(stats)).not.toContain(':Rebalancing');
    },
  );

  it.skipIf(sling === null)(
    'sling again on the same channel, after the stop of before, with all ways too expensive: nothing moves',
    async () => {
      await at.ring.setB({ ppm: 5000 });
      const before = await at.ours(at.ring.ends.back);
      // It may try once with the terms it knew before, which the node on the way refuses.
      const outcome = await at.run('sling', { seconds: 15 });
      expect(outcome).toMatchObject({ status: 'failed', movedMsat: 0n, feeMsat: 0n });
      expect(await at.ours(at.ring.ends.back)).toBe(before);
      expect(await at.payments('pending')).toEqual([]);
      await at.ring.setB({});
    },
  );

  it.skipIf(sling === null)(
    'sling with a stored job of the operator: refused in words, and the job stays',
    async () => {
      const { back, out } = at.ring.ends;
      const job = { scid: back.scid, direction: 'pull', amount: 20_000, maxppm: 400, candidates: [out.scid] };
      await at.call('sling-job', job);
      expect(await at.run('sling')).toMatchObject({ status: 'failed', failure: 'driver-error', attempts: 0 });
      expect(Object.keys(await at.call('sling-jobsettings'))).toEqual([back.scid]);
      await at.call('sling-deletejob', { job: back.scid });
    },
  );

  it.skipIf(circular === null)('circular cannot work with this lightningd: said as such', async () => {
    const outcome = await at.run('circular');
    expect(outcome).toMatchObject({ status: 'failed', failure: 'driver-error', movedMsat: 0n });
    expect(outcome.reason).toContain('circular does not see our channels');
  });

  it.each(['circular', 'sling', 'rebalance'] as const)('the imitated %s pays around real nodes too', async (name) => {
    const real = { circular, sling, rebalance }[name];
    if (real !== null) await at.call('plugin', { subcommand: 'stop', plugin: basename(real) });
    await at.start(name);
    const outcome = await at.run(name, { sats: 20_000, maxFeeMsat: 20_000n });
    expect(outcome).toMatchObject({ status: 'success', movedMsat: 20_000_000n, failure: null });
    await at.stopPlugin(name);
  });
});

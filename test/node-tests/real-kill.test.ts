// The plugin, and lightningd itself, killed at steps of a rebalance around a ring of real nodes: is every msat accounted for?
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { audit, auditEnd, readStranded, type Question } from '../kill/audit.ts';
import { makeKiller, type Killer } from '../kill/build.ts';
import { missingPrograms } from './real/programs.ts';
import { startRealRing } from './real/ring.ts';
import type { Ring } from './ring.ts';
import { pause, until, type Json } from './rpc.ts';

const missing = missingPrograms();
if (missing.length > 0)
  console.warn(`\n!!! NO REAL NODE: ${missing.join(', ')} not on PATH, so nothing was killed on a real ring.\n`);

/** Twenty take half a minute to five, as busy as the machine is. */
const KILLS = Number(process.env['REAL_KILLS'] ?? 6);
/** Steps of a rebalance from its reservation to its end, as test/kill counts them: about so many. */
const STEPS = 40;
/** Of so many kills one takes lightningd with it, and one lightningd alone, which takes the plugin. */
const CRASHES_OF = 5;
const SATS = 10_000;
const CAP_SATS = 6;
const BUDGET_SATS = 60;
/** Longer than a driver of ours sends after the order's dispatch. */
const REST_SECONDS = 400;
const AFTER = [/asked/, /sent wait .*"sendpays"/];
const OPTIONS = {
  'revenue-ops-rebalancer': 'native',
  'revenue-ops-daily-budget-sats': BUDGET_SATS,
  'revenue-ops-rebalance-min-profit': 2_100_000_000_000_000,
};

describe.skipIf(missing.length > 0)('real ring', () => {
  let ring: Ring;
  let killer: Killer;
  /** Seconds by which the plugin's clock is ahead of the node's: rests pass without being waited for. */
  let ahead = 0;
  const now = (): number => Math.floor(Date.now() / 1000) + ahead;

  beforeAll(async () => {
    killer = await makeKiller();
    // lightningd hands its own on to its plugins.
    Object.assign(process.env, killer.env);
    ring = await startRealRing();
  });
  afterAll(async () => {
    // What could not be started is told by what failed, not by what is missing here.
    await (ring as Ring | undefined)?.stop();
    const made = killer as Killer | undefined;
    for (const name of Object.keys(made?.env ?? {})) Reflect.deleteProperty(process.env, name);
    made?.remove();
  });

  const question = (): Question => ({
    ...{ node: ring, foreign: new Set(), budgetMsat: BigInt(BUDGET_SATS) * 1000n, now: now() },
    database: join(ring.lightningDir, 'regtest', 'revenue_ops.db'),
  });
  const alive = async (): Promise<boolean> => {
    const { plugins } = (await ring.call('plugin', { subcommand: 'list' })) as { plugins: Json[] };
    return plugins.some(({ name }) => String(name).endsWith('/cl-revenue-ops.js'));
  };
  const settled = (): Promise<unknown> =>
    until('nothing under way', async () => {
      const { payments } = (await ring.call('listsendpays', { status: 'pending' })) as { payments: Json[] };
      const stranded = await readStranded(ring);
      return payments.every(({ created_index }) => stranded.has(created_index));
    });

  /** Starts it once nothing is under way, its clock put forward, and waits until it has recovered. */
  async function start(step: number | null): Promise<void> {
    await settled();
    ahead += REST_SECONDS;
    killer.plan(AFTER, step, `${String(ahead * 1000)},0,1`);
    const begun = now();
    await until('the chain', async () => !('warning_lightningd_sync' in (await ring.call('getinfo'))));
    await ring.startPlugin(OPTIONS);
    await until('recovery', async () => {
      const { loops } = (await ring.call('revenue-status')) as { loops: Record<string, Json> };
      return Number(loops['rebalance']?.['last_run'] ?? 0) >= begun;
    });
  }

  it(`${String(KILLS)} kills: nothing overspent, nothing uncounted, no reservation lost or leaked`, async () => {
    const steps: string[] = [];
    const open: Record<string, number> = {};
    for (let kill = 0; kill < KILLS; kill++) {
      const alone = kill % CRASHES_OF === 4;
      await start(alone ? null : 1 + Math.floor(((kill + 0.5) * STEPS) / KILLS));
      await settled();
      await auditEnd(question());
      const params = {
        from_channel: ring.ends.out.scid,
        to_channel: ring.ends.back.scid,
        amount_sats: SATS,
        max_fee_sats: CAP_SATS,
      };
      const running = ring.call('revenue-rebalance', params).then(
        (reply) => String(reply['status']),
        (error: unknown) => String(error),
      );
      if (alone) {
        await pause(Math.random() * 1000);
        await ring.crash();
        steps.push('lightningd alone');
      } else {
        const end = await running;
        if (await alive()) await ring.killPlugin();
        if (kill % CRASHES_OF === 2) await ring.crash();
        steps.push(
          `${killer.lastStep() ?? `after the end: ${end}`}${kill % CRASHES_OF === 2 ? ', and lightningd' : ''}`,
        );
      }
      await running;
      const standing = await audit(question());
      for (const { state } of standing.open) open[state] = (open[state] ?? 0) + 1;
    }
    await start(null);
    await settled();
    const { settled: arrived, failed, fees } = await auditEnd(question());
    await ring.stopPlugin();
    console.log(
      `killed at: ${steps.join('; ')}\nleft open ${JSON.stringify(open)}; ` +
        `${String(arrived)} settled, ${String(failed)} failed, ${String(fees)} msat of fees`,
    );
    // Kills that all came before anything was reserved would prove little.
    expect(arrived + failed).toBeGreaterThan(KILLS / 2);
  }, 1_800_000);
});

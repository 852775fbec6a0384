// Does the plugin rebalance by other plugins as by itself, whichever there are and whatever becomes of them?
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../harness.ts';
import { aCycle, beginAnew, budgetOf, feeAround, ledger, msats, ours, rebalance, statusOf } from '../rebalancing.ts';
import type { Ring } from '../ring.ts';
import { until, type Json } from '../rpc.ts';

/** Best first, as `auto` chooses. */
const NAMES = ['circular', 'sling', 'rebalance'] as const;
type Name = (typeof NAMES)[number];
const COMMANDS: Readonly<Record<Name, string>> = { circular: 'circular', sling: 'sling-once', rebalance: 'rebalance' };
const SATS = 20_000;
const CAP = { sats: SATS, maxFeeSats: 20 };
const FEE = feeAround(20_000_000n);

/** The environment variable SLING names it where it is not on PATH. */
const SLING =
  process.env['SLING'] ??
  (process.env['PATH'] ?? '')
    .split(':')
    .map((folder) => join(folder, 'sling'))
    .find((path) => existsSync(path));

/** The peer has two channels to us, and delivers by whichever it likes: by which one depends on what came before. */
const filled = async (ring: Ring): Promise<bigint> =>
  (await ours(ring, ring.ends.back)) + (await ours(ring, ring.ends.parallel));

export function testDriverPlugins(theRing: () => Ring): void {
  const has = async (command: string): Promise<boolean> => {
    const { help } = (await theRing().call('help')) as { help: Json[] };
    return help.some((row) => String(row['command']).split(' ')[0] === command);
  };
  const startDriver = async (name: Name): Promise<void> => {
    await theRing().call('plugin', { subcommand: 'start', plugin: resolve(ROOT, `dist/${name}.js`) });
    await until(name, () => has(COMMANDS[name]));
  };
  const stopDriver = async (plugin: string): Promise<void> => {
    await theRing().call('plugin', { subcommand: 'stop', plugin });
  };
  const active = async (): Promise<unknown> => (await statusOf(theRing())).rebalancer['active'];

  beforeAll(() => {
    const timeout = 60 * theRing().speed;
    return beginAnew(theRing(), { 'revenue-ops-rebalancer': 'auto', 'revenue-ops-rebalance-timeout': timeout });
  });
  afterAll(() => theRing().stopPlugin());

  it.each(NAMES)('%s: chosen while it is there, and every msat as the node says', async (name) => {
    const ring = theRing();
    expect(await active()).toBe('native');
    await startDriver(name);
    expect((await statusOf(ring)).rebalancer).toMatchObject({
      configured: 'auto',
      active: name,
      available: [name, 'native'],
    });
    const [{ spent }, balance] = [await budgetOf(ring), await filled(ring)];
    const reply = await rebalance(ring, CAP);
    expect(reply).toMatchObject({ status: 'success', driver: name, moved_sats: SATS });
    expect(msats(reply['fee_sats'])).toBe(FEE);
    expect(await budgetOf(ring)).toEqual({ spent: spent + FEE, reserved: 0n });
    expect((await ledger(ring)).at(-1)).toMatchObject({ driver: name, state: 'settled', fee_msat: Number(FEE) });
    await until('the balance', async () => (await filled(ring)) === balance + 20_000_000n);
    await stopDriver(`${name}.js`);
    expect(await active()).toBe('native');
  });

  it('chooses the first of several, and the next when it has gone', async () => {
    for (const name of NAMES) await startDriver(name);
    for (const name of NAMES) {
      expect(await active()).toBe(name);
      await stopDriver(`${name}.js`);
    }
  });

  it.each(NAMES)('%s dies over a payment: nothing is lost, blocked or counted twice', async (name) => {
    const ring = theRing();
    await startDriver(name);
    const [{ spent }, balance] = [await budgetOf(ring), await filled(ring)];
    await ring.call(`${name}-imitator`, { conduct: 'die-after-send' });
    const reply = await rebalance(ring, CAP);
    expect(reply).toMatchObject({ driver: name, status: 'success', moved_sats: SATS });
    expect(await budgetOf(ring)).toEqual({ spent: spent + FEE, reserved: 0n });
    await until('the balance', async () => (await filled(ring)) === balance + 20_000_000n);
    expect(await active()).toBe('native');
    await aCycle(ring);
    expect(await rebalance(ring, CAP)).toMatchObject({ driver: 'native', status: 'success' });
  });

  it.each(NAMES)('%s never answers: the loops go on', async (name) => {
    const ring = theRing();
    await startDriver(name);
    await ring.call(`${name}-imitator`, { conduct: 'deaf' });
    const { reserved } = await budgetOf(ring);
    const answer = rebalance(ring, CAP);
    await until('its reservation', async () => (await budgetOf(ring)).reserved === reserved + 20_000n);
    await aCycle(ring);
    await stopDriver(`${name}.js`);
    // It may have sent something at the very last: until that is certain it stays reserved, and is not counted.
    expect(['failed', 'unknown']).toContain((await answer).status);
    await aCycle(ring);
    expect((await statusOf(ring)).loops['rebalance']).toMatchObject({ last_outcome: 'ok' });
  });

  describe.skipIf(SLING === undefined)('a real sling', () => {
    it('moves what it is to, on a real ring', async ({ skip }) => {
      const ring = theRing();
      skip(ring.kind === 'simulated', 'it needs the gossip of real nodes');
      await ring.call('plugin', { subcommand: 'start', plugin: SLING });
      await until('sling', () => has('sling-once'));
      expect(await active()).toBe('sling');
      const { spent } = await budgetOf(ring);
      const reply = await until(
        'sling to know the graph',
        async () => {
          const tried = await rebalance(ring, { sats: 50_000, maxFeeSats: 50 });
          return tried.status === 'success' && tried;
        },
        240,
      );
      expect(reply).toMatchObject({ driver: 'sling', moved_sats: 50_000 });
      expect(msats(reply['fee_sats'])).toBeGreaterThan(0n);
      expect(await budgetOf(ring)).toMatchObject({ spent: spent + msats(reply['fee_sats']) });
      await stopDriver(basename(SLING ?? ''));
    });
  });
}

// What do the tests of pricing share: a clean start, the fees' history, and waiting for cycles?
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { listChannels } from '../by-hand.ts';
import { readFeeChanges, type FeeChange } from '../database.ts';
import { CHANNELS, CLBOSS_NAME, PLUGIN_NAME, type Role, type TestNode } from '../harness.ts';
import { OPEN_ROLES } from '../traffic.ts';
import { until, type Json } from '../rpc.ts';
import { statusOf } from './plugin-view.ts';

/** Short enough that a test sees many cycles; a window closes with the second forward. */
const FAST = {
  'revenue-ops-fee-interval': 1,
  'revenue-ops-fee-window-forwards': 2,
  'revenue-ops-fee-window-min-hours': 0,
  // Rebalances move what prices are made of.
  'revenue-ops-daily-budget-sats': 0,
};

/** No fee of the plan is within these, so that every one we may set has to move at once. */
export const LIFTED = { 'revenue-ops-min-fee-ppm': 300, 'revenue-ops-max-fee-ppm': 3000 };

/** Those whose fees are told to the network. */
export const PUBLIC_ROLES: readonly Role[] = OPEN_ROLES.filter((role) => !CHANNELS[role].private);

const isLoaded = async (node: TestNode, name: string): Promise<boolean> => {
  const { plugins } = (await node.call('plugin', { subcommand: 'list' })) as { plugins: Json[] };
  return plugins.some((plugin) => String(plugin['name']).endsWith(`/${name}`));
};

let databases = 0;

/** The database in use, in the node's folder. */
const databaseOf = async (node: TestNode): Promise<string> => (await statusOf(node)).database.path;

/**
 * Restarts the node without what `setconfig` has left behind. lightningd v26.06.6 dies of a segmentation fault when a
 * plugin is started with parameters by name while an option is set of a plugin that does not run.
 */
export async function forgetSetconfig(node: TestNode): Promise<void> {
  // Emptied and not removed: lightningd's config includes it.
  writeFileSync(join(node.folder, 'config.setconfig'), '');
  await node.restartNode();
}

/** No plugin, no clboss, no tags, and the fees of the plan. */
export async function clear(node: TestNode): Promise<void> {
  if (await isLoaded(node, PLUGIN_NAME)) await node.stopPlugin();
  if (await isLoaded(node, CLBOSS_NAME)) await node.stopClboss();
  rmSync(join(node.folder, 'clboss-imitator.json'), { force: true });
  for (const role of OPEN_ROLES) await node.setFeeByHand(role, CHANNELS[role].feePpm);
}

/** The plugin knows nothing but the node's history, and its cycles come fast. */
export async function beginAnew(node: TestNode, options: Readonly<Record<string, string | number | boolean>> = {}) {
  await node.startPlugin({ ...FAST, 'revenue-ops-db-path': `fees-${String(++databases)}.db`, ...options });
}

/** The same database again. */
export async function goOn(
  node: TestNode,
  options: Readonly<Record<string, string | number | boolean>> = {},
): Promise<void> {
  await node.startPlugin({ ...FAST, 'revenue-ops-db-path': `fees-${String(databases)}.db`, ...options });
}

export interface ChangeOf extends FeeChange {
  readonly role: Role | undefined;
}

/** All rows of fee_changes, oldest first. */
export async function changes(node: TestNode): Promise<ChangeOf[]> {
  const listed = await listChannels(node);
  const scids = new Map(listed.map(({ channel_id, short_channel_id }) => [channel_id, short_channel_id]));
  return readFeeChanges(await databaseOf(node)).map((row) => ({
    ...row,
    role: OPEN_ROLES.find((role) => node.scids[role] === scids.get(row.channel_id)),
  }));
}

/** Waits until a fee cycle that began after the call has ended. */
export async function aCycle(node: TestNode): Promise<void> {
  // The first to end may have read the node before the call.
  for (let i = 0; i < 2; i++) {
    const last = (await loopOf(node))?.['last_run'];
    await until('a fee cycle', async () => (await loopOf(node))?.['last_run'] !== last);
  }
}
const loopOf = async (node: TestNode): Promise<Json | undefined> => (await statusOf(node)).loops['fees'];

/** Waits for fees of which that holds. */
export const untilFees = (node: TestNode, what: string, holds: (fees: Partial<Record<Role, number>>) => boolean) =>
  until(what, async () => {
    const fees = await node.fees();
    if (holds(fees)) return fees;
    throw new Error(`${what}: the fees are ${JSON.stringify(fees)}`);
  });

/** Node id of whom the channel leads to. */
export async function peerOf(node: TestNode, role: Role): Promise<string> {
  const channel = (await listChannels(node)).find(({ short_channel_id }) => short_channel_id === node.scids[role]);
  if (!channel) throw new Error(`no channel ${role}`);
  return channel.peer_id;
}

/** Every channel's last row says what the node says, and each row begins where the one before it ended. */
export async function expectHistoryOfFees(node: TestNode, roles: readonly Role[]): Promise<void> {
  const fees = await node.fees();
  const rows = await changes(node);
  for (const role of roles) {
    const own = rows.filter((row) => row.role === role);
    expect(own.at(-1)?.new_fee_ppm ?? CHANNELS[role].feePpm, role).toBe(fees[role]);
    for (const [i, row] of own.entries())
      expect(row.old_fee_ppm, role).toBe(own[i - 1]?.new_fee_ppm ?? CHANNELS[role].feePpm);
  }
}

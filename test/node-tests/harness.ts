// What does a node test need of a node, be it simulated or real?
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Call } from './calls.ts';
import { until, type Json, type Params } from './rpc.ts';

export const ROOT = resolve(import.meta.dirname, '../..');
export const PLUGIN = resolve(ROOT, 'cl-revenue-ops.js');
export const PLUGIN_NAME = 'cl-revenue-ops.js';
/** Behaves as clboss does; see src/clboss.ts. */
export const CLBOSS = resolve(ROOT, 'dist/clboss.js');
export const CLBOSS_NAME = 'clboss.js';

/**
 * The channels of the node under test, R. Balances (R's share in sats) are such that the traffic of the suite makes
 * one a source and one a sink, and that every payment that is to fail for want of liquidity does.
 */
export const CHANNELS = {
  A: { peer: 'A', opener: 'local', capacity: 5_000_000, ours: 3_000_000, private: false, feePpm: 100 },
  // Another fee than A's: lightningd may forward by any channel to the peer whose fees are the same.
  'A-private': { peer: 'A', opener: 'remote', capacity: 600_000, ours: 500_000, private: true, feePpm: 250 },
  B: { peer: 'B', opener: 'local', capacity: 4_000_000, ours: 2_500_000, private: false, feePpm: 100 },
  'B-unilateral': { peer: 'B', opener: 'remote', capacity: 1_500_000, ours: 700_000, private: false, feePpm: 150 },
  C: { peer: 'C', opener: 'remote', capacity: 2_000_000, ours: 300_000, private: false, feePpm: 100 },
  'C-mutual': { peer: 'C', opener: 'local', capacity: 1_000_000, ours: 700_000, private: false, feePpm: 150 },
} as const satisfies Record<string, ChannelPlan>;

export interface ChannelPlan {
  readonly peer: 'A' | 'B' | 'C';
  readonly opener: 'local' | 'remote';
  readonly capacity: number;
  readonly ours: number;
  readonly private: boolean;
  readonly feePpm: number;
}
export type Role = keyof typeof CHANNELS;
export const ROLES = Object.keys(CHANNELS) as Role[];

/** How R's forward is to end: settled; refused by the recipient; refused by R for its fee, its liquidity, its next hop. */
export type Outcome = 'settled' | 'failed' | 'fee-insufficient' | 'no-liquidity' | 'unknown-next-peer';

export interface Payment {
  readonly from: Role;
  readonly to: Role;
  /** What the recipient gets, in sats. */
  readonly sats: number;
  readonly outcome: Outcome;
}

export interface TestNode {
  readonly kind: 'simulated' | 'real';
  /** The node's network folder, where the database is. */
  readonly folder: string;
  /** Short channel ids by role. */
  readonly scids: Readonly<Record<Role, string>>;
  call(method: string, params?: Params): Promise<Json>;
  /** The node's time in Unix seconds. */
  now(): Promise<number>;
  /** Routes payments through R, several at a time, and returns when all have ended. @throws when one ends otherwise than planned. */
  forward(payments: readonly Payment[]): Promise<void>;
  /** Routes one payment as far as its recipient, who holds it until the function returned is called. */
  hold(payment: Payment): Promise<() => Promise<void>>;
  /** Sends so many sats of R's out by one channel and back in by another of the same peer, who takes his fee. */
  circle(out: Role, back: Role, sats: number): Promise<void>;
  /** Closes C-mutual with its peer's help and B-unilateral without, and confirms both. */
  closeTwo(): Promise<void>;
  /** Mines so many blocks and waits until the node has seen them. */
  mine(blocks: number): Promise<void>;
  /** Starts the plugin, waits until it has taken in what there is. */
  startPlugin(options?: Readonly<Record<string, string | number | boolean>>): Promise<void>;
  stopPlugin(): Promise<void>;
  /** SIGKILL. */
  killPlugin(): Promise<void>;
  /** Stops lightningd and starts it again with the plugin in its configuration, for once without these of its own plugins. */
  restartNode(disabled?: readonly string[]): Promise<void>;
  /** Starts a clboss, which sets its fees at once where it may. Its tags are those it had when it ended. */
  startClboss(options?: Readonly<Record<string, number>>): Promise<void>;
  stopClboss(): Promise<void>;
  /** SIGKILL. */
  killClboss(): Promise<void>;
  /** Sets a channel's fee as its operator would. */
  setFeeByHand(role: Role, ppm: number): Promise<void>;
  /** Fees of the channels that are open, as listpeerchannels says. */
  fees(): Promise<Partial<Record<Role, number>>>;
  /** What the plugin has called that might have changed something, ever, in order. */
  stateChangingCalls(): Promise<Call[]>;
  /** Every line the plugin has logged. */
  pluginLog(): string[];
  stop(): Promise<void>;
}

/** Waits until the plugin has read the node and answers. */
export const pluginReady = (node: Pick<TestNode, 'call'>): Promise<Json> =>
  until('the plugin to be ready', () => node.call('revenue-analyze'));

/**
 * Fees are what the traffic was planned with until the tests of pricing: lightningd forwards by any channel to a peer
 * whose fees are the same, so that a plan would not end as planned.
 */
export async function leaveFeesAlone(call: TestNode['call'], scids: Readonly<Record<Role, string>>): Promise<void> {
  await until('the plugin to pause', () => call('revenue-pause'));
  const { channels } = (await call('listpeerchannels')) as { channels: Json[] };
  for (const subject of new Set(channels.map(({ peer_id }) => peer_id)))
    await until('a policy', () => call('revenue-policy', { action: 'set', subject, strategy: 'passive' }));
  // A cycle may have been faster.
  for (const role of ROLES)
    await call('setchannel', { id: scids[role], feeppm: CHANNELS[role].feePpm, enforcedelay: 0 });
  await call('revenue-resume');
}

/** The process that runs a plugin for this node. @throws Error when there is none. */
function pluginPid(nodePid: number, plugin: string): number {
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const parent = /^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${entry}/status`, 'utf8'))?.[1];
      if (parent === String(nodePid) && readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes(plugin))
        return Number(entry);
    } catch {
      // It ended while we looked.
    }
  }
  throw new Error(`no process of ${plugin} under process ${String(nodePid)}`);
}

export type PluginParts = Pick<
  TestNode,
  'startPlugin' | 'stopPlugin' | 'killPlugin' | 'startClboss' | 'stopClboss' | 'killClboss'
>;

/** Plugins come and go alike on any lightningd, be it simulated or real. */
export function pluginParts(call: TestNode['call'], nodePid: () => number): PluginParts {
  const kill = async (name: string): Promise<void> => {
    process.kill(pluginPid(nodePid(), name), 'SIGKILL');
    await until('the node to notice', async () => {
      const { plugins } = (await call('plugin', { subcommand: 'list' })) as { plugins: Json[] };
      return !plugins.some((plugin) => String(plugin['name']).endsWith(`/${name}`));
    });
  };
  const stop = async (name: string): Promise<void> => {
    await call('plugin', { subcommand: 'stop', plugin: name });
  };
  return {
    async startPlugin(given = {}) {
      await call('plugin', { subcommand: 'start', plugin: PLUGIN, ...given });
      await pluginReady({ call });
    },
    stopPlugin: () => stop(PLUGIN_NAME),
    killPlugin: () => kill(PLUGIN_NAME),
    async startClboss(given = {}) {
      const options = Object.entries(given).map(([name, value]) => [`clboss-imitator-${name}`, value]);
      await call('plugin', { subcommand: 'start', plugin: CLBOSS, ...(Object.fromEntries(options) as Json) });
    },
    stopClboss: () => stop(CLBOSS_NAME),
    killClboss: () => kill(CLBOSS_NAME),
  };
}

/** What any lightningd does alike, be it simulated or real. */
export function commonParts(
  call: TestNode['call'],
  nodePid: () => number,
  scids: Readonly<Record<Role, string>>,
): PluginParts & Pick<TestNode, 'setFeeByHand' | 'fees'> {
  return {
    ...pluginParts(call, nodePid),
    async setFeeByHand(role, ppm) {
      await call('setchannel', { id: scids[role], feeppm: ppm });
    },
    async fees() {
      const { channels } = (await call('listpeerchannels')) as { channels: Json[] };
      const open = channels.filter(({ state }) => state === 'CHANNELD_NORMAL');
      return Object.fromEntries(
        ROLES.flatMap((role) => {
          const channel = open.find(({ short_channel_id }) => short_channel_id === scids[role]);
          return channel ? [[role, Number(channel['fee_proportional_millionths'])]] : [];
        }),
      );
    },
  };
}

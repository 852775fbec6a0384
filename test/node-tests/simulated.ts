// How does a simulated node become the node under test? The same channels, opened and used by its own commands.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  CHANNELS,
  PLUGIN,
  PLUGIN_NAME,
  pluginPid,
  pluginReady,
  ROLES,
  ROOT,
  type Payment,
  type Role,
  type TestNode,
} from './harness.ts';
import { endOf } from './real/bitcoind.ts';
import { rpcCall, until, type Json, type Params } from './rpc.ts';

const PROGRAM = resolve(ROOT, 'dist/simulated-node.js');

/** R's peers; any keys do. */
const PEER_IDS = { A: `02${'aa'.repeat(32)}`, B: `02${'bb'.repeat(32)}`, C: `02${'cc'.repeat(32)}` };

export async function startSimulated(): Promise<TestNode> {
  const base = mkdtempSync(join(tmpdir(), 'sn-'));
  const folder = join(base, 'regtest');
  let program: ChildProcess;
  const call = (method: string, params?: Params): Promise<Json> =>
    rpcCall(join(folder, 'lightning-rpc'), method, params);
  const run = async (): Promise<void> => {
    const flags = ['--lightning-dir', base, '--state', join(base, 'state'), '--plugin', PLUGIN, '--developer'];
    const quiet = ['--channels', '0', '--forwards-per-day', '0', '--speed', '1'];
    program = spawn(process.execPath, [PROGRAM, ...flags, ...quiet], { stdio: 'inherit' });
    await until('the simulated node', () => call('getinfo'));
  };
  await run();
  const scids: Partial<Record<Role, string>> = {};
  for (const role of ROLES) {
    const { peer, opener, capacity, ours, private: unannounced, feePpm } = CHANNELS[role];
    const push = opener === 'local' ? capacity - ours : ours;
    const opened = await call('dev-sim-channel', {
      peer_id: PEER_IDS[peer],
      capacity_sats: capacity,
      push_sats: push,
      private: unannounced,
      opener,
    });
    scids[role] = String(opened['short_channel_id']);
    await call('setchannel', { id: scids[role], feeppm: feePpm, enforcedelay: 0 });
  }
  await pluginReady({ call });
  return {
    kind: 'simulated',
    folder,
    scids: scids as Record<Role, string>,
    call,
    now: async () => Number((await call('dev-sim-time'))['virtual_now']),
    async forward(payments: readonly Payment[]): Promise<void> {
      for (const { from, to, sats, outcome } of payments)
        await call('dev-sim-forward', {
          in_channel: scids[from],
          out_channel: scids[to],
          amount_msat: sats * 1000,
          outcome,
        });
    },
    async closeTwo(): Promise<void> {
      await call('dev-sim-close', { channel: scids['C-mutual'], how: 'mutual' });
      await call('dev-sim-close', { channel: scids['B-unilateral'], how: 'unilateral' });
    },
    async startPlugin(given = {}): Promise<void> {
      await call('plugin', { subcommand: 'start', plugin: PLUGIN, ...given });
      await pluginReady({ call });
    },
    async stopPlugin(): Promise<void> {
      await call('plugin', { subcommand: 'stop', plugin: PLUGIN_NAME });
    },
    async killPlugin(): Promise<void> {
      process.kill(pluginPid(program.pid ?? 0), 'SIGKILL');
      await until('the node to notice', async () => {
        const { plugins } = (await call('plugin', { subcommand: 'list' })) as { plugins: Json[] };
        return !plugins.some(({ name }) => String(name).endsWith(PLUGIN_NAME));
      });
    },
    async restartNode(): Promise<void> {
      await endOf(program, () => call('stop').catch(() => program.kill('SIGTERM')));
      await run();
      await pluginReady({ call });
    },
    pluginLog: () =>
      readFileSync(join(folder, 'log'), 'utf8')
        .split('\n')
        .filter((line) => line.includes(`plugin-${PLUGIN_NAME}`)),
    async stop(): Promise<void> {
      await endOf(program, () => program.kill('SIGTERM'));
      rmSync(base, { recursive: true, force: true });
    },
  };
}

// How does a simulated node become the node under test? The same channels, opened and used by its own commands.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stateChanging, type BookedCall } from './calls.ts';
import {
  CHANNELS,
  commonParts,
  leaveFeesAlone,
  PLUGIN,
  PLUGIN_NAME,
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

/** Its seconds are short, or the tests of fees would mostly wait for the next cycle. */
const SPEED = 10;
/** A channel that does not exist. */
const NOWHERE = '9999x1x1';
/** lightningd's WIRE_FEE_INSUFFICIENT. */
const FEE_INSUFFICIENT = 4108;

/** The forward of a payment, in the words of dev-sim-forward. What is too much for R, it finds out by itself. */
function order({ from, to, sats, outcome }: Payment, scids: Readonly<Record<Role, string>>): Json {
  return {
    in_channel: scids[from],
    out_channel: outcome === 'unknown-next-peer' ? NOWHERE : scids[to],
    amount_msat: sats * 1000,
    outcome: outcome === 'failed' ? 'failed' : 'settled',
    ...(outcome === 'fee-insufficient' ? { failcode: FEE_INSUFFICIENT } : {}),
  };
}

/** Opens the channels of the plan and returns their short channel ids. */
async function openChannels(call: TestNode['call']): Promise<Record<Role, string>> {
  const peers: Record<string, unknown> = {};
  const ids: string[] = [];
  for (const { peer, opener, capacity, ours, private: unannounced, feePpm } of Object.values(CHANNELS)) {
    const opened = await call('dev-sim-channel', {
      ...(peer in peers ? { peer_id: peers[peer] } : {}),
      capacity_sats: capacity,
      push_sats: opener === 'local' ? capacity - ours : ours,
      private: unannounced,
      opener,
      fee_ppm: feePpm,
    });
    peers[peer] = opened['peer_id'];
    ids.push(String(opened['channel_id']));
  }
  await call('dev-sim-mine', { blocks: 6 });
  const { channels } = (await call('listpeerchannels')) as { channels: Json[] };
  return Object.fromEntries(
    ROLES.map((role, i) => [role, channels.find(({ channel_id }) => channel_id === ids[i])?.['short_channel_id']]),
  ) as Record<Role, string>;
}

/** @param like what else it is to be, such as `--version` and its value */
export async function startSimulated(like: readonly string[] = []): Promise<TestNode> {
  const base = mkdtempSync(join(tmpdir(), 'sn-'));
  const folder = join(base, 'regtest');
  let program: ChildProcess;
  const call = (method: string, params?: Params): Promise<Json> =>
    rpcCall(join(folder, 'lightning-rpc'), method, params);
  const run = async (disabled: readonly string[] = []): Promise<void> => {
    const flags = ['--lightning-dir', base, '--state', join(base, 'state'), '--plugin', PLUGIN, '--developer'];
    const quiet = ['--channels', '0', '--forwards-per-day', '0', '--speed', String(SPEED)];
    const without = disabled.flatMap((name) => ['--disable-plugin', name]);
    program = spawn(process.execPath, [PROGRAM, ...flags, ...quiet, ...like, ...without], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await until('the simulated node', () => call('getinfo'));
  };
  /** Of this run; the node forgets them when it stops. */
  const bookedCalls = async (): Promise<BookedCall[]> => {
    const { forgotten, calls } = (await call('dev-sim-calls')) as { forgotten: number; calls: BookedCall[] };
    if (forgotten > 0) throw new Error(`${String(forgotten)} calls are no longer known`);
    return calls;
  };
  const callsBefore: BookedCall[] = [];
  await run();
  const scids = await openChannels(call);
  await pluginReady({ call });
  await leaveFeesAlone(call, scids);
  return {
    kind: 'simulated',
    folder,
    scids,
    call,
    now: async () => Number((await call('dev-sim-time'))['virtual_now']),
    async forward(payments: readonly Payment[]): Promise<void> {
      for (const payment of payments) await call('dev-sim-forward', order(payment, scids));
    },
    async hold(payment: Payment): Promise<() => Promise<void>> {
      const { in_channel, in_htlc_id } = await call('dev-sim-forward', {
        ...order(payment, scids),
        outcome: 'offered',
      });
      return async () => {
        await call('dev-sim-resolve', { in_channel, in_htlc_id, outcome: 'settled' });
      };
    },
    async circle(out: Role, back: Role, sats: number): Promise<void> {
      const sent = { out_channel: scids[out], in_channel: scids[back], amount_msat: sats * 1000, fee_msat: sats };
      await call('dev-sim-pay', { ...sent, description: 'circle' });
    },
    async closeTwo(): Promise<void> {
      await call('dev-sim-close', { channel: scids['C-mutual'], how: 'mutual' });
      await call('dev-sim-close', { channel: scids['B-unilateral'], how: 'unilateral' });
      await call('dev-sim-mine');
    },
    async mine(blocks: number): Promise<void> {
      await call('dev-sim-mine', { blocks });
    },
    ...commonParts(call, () => program.pid ?? 0, scids),
    stateChangingCalls: async () => stateChanging([...callsBefore, ...(await bookedCalls())]),
    async restartNode(disabled): Promise<void> {
      callsBefore.push(...(await bookedCalls()));
      await endOf(program, () => call('stop').catch(() => program.kill('SIGTERM')));
      await run(disabled);
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

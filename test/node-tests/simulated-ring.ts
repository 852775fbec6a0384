// How is the ring had of the simulated node? It is R; the others are told to it by its own commands.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { OrderEnd } from '../../src/core/rebalance/types.ts';
import { channelId, nodeId, scid } from '../../src/core/units.ts';
import { stateChanging, type BookedCall } from './calls.ts';
import { pluginParts, ROOT } from './harness.ts';
import { endOf } from './real/bitcoind.ts';
import { HOP_FEE, RING, type Ring } from './ring.ts';
import { rpcCall, until, type Json, type Params } from './rpc.ts';

const PROGRAM = resolve(ROOT, 'dist/simulated-node.js');
const B = `02${'b'.repeat(64)}`;
const MSAT_PER_SAT = 1000;

/** @param like what else it is to be, such as `--version` and its value */
export async function startSimulatedRing(like: readonly string[] = [], speed = 1): Promise<Ring> {
  const base = mkdtempSync(join(tmpdir(), 'sr-'));
  const socketPath = join(base, 'regtest', 'lightning-rpc');
  const call = (method: string, params?: Params): Promise<Json> => rpcCall(socketPath, method, params);
  const quiet = ['--channels', '0', '--forwards-per-day', '0', '--speed', String(speed), '--developer'];
  const files = ['--lightning-dir', base, '--state', join(base, 'state')];
  let program: ChildProcess;
  const run = async (): Promise<void> => {
    program = spawn(process.execPath, [PROGRAM, ...files, ...quiet, ...like], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await until('the simulated node', () => call('getinfo'));
  };
  await run();
  /** Of this run; the node forgets them when it stops. */
  const bookedCalls = async (): Promise<BookedCall[]> =>
    ((await call('dev-sim-calls')) as { calls: BookedCall[] }).calls;
  const callsBefore: BookedCall[] = [];

  const open = async (name: 'out' | 'back' | 'parallel', peer?: string): Promise<Json> => {
    const { between, capacity } = RING[name];
    const opener = between[0] === 'R' ? 'local' : 'remote';
    return call('dev-sim-channel', { ...(peer ? { peer_id: peer } : {}), capacity_sats: capacity, opener });
  };
  const out = await open('out');
  const back = await open('back');
  const C = String(back['peer_id']);
  const parallel = await open('parallel', C);
  await call('dev-sim-mine', { blocks: 6 });
  const { channels } = (await call('listpeerchannels')) as { channels: Json[] };
  const end = (opened: Json): OrderEnd => {
    const row = channels.find(({ channel_id }) => channel_id === opened['channel_id']) ?? {};
    return {
      channelId: channelId(String(row['channel_id'])),
      scid: scid(String(row['short_channel_id'])),
      peerId: nodeId(String(row['peer_id'])),
    };
  };
  const ends = { out: end(out), back: end(back), parallel: end(parallel) };
  const hopAB = { short_channel_id: '900x1x0', from: ends.out.peerId, to: B };
  const hopBC = { short_channel_id: '900x2x0', from: B, to: C };
  const setB = (terms: Json): Promise<Json> => call('dev-sim-hop', { ...hopBC, ...terms });
  await call('dev-sim-hop', {
    ...hopAB,
    ...{ capacity_sats: RING.ab.capacity, liquidity_msat: RING.ab.ours * MSAT_PER_SAT },
    base_msat: HOP_FEE.baseMsat,
  });
  await setB({
    ...{ capacity_sats: RING.bc.capacity, liquidity_msat: RING.bc.ours * MSAT_PER_SAT },
    base_msat: HOP_FEE.baseMsat,
  });
  const setFeeOfC: Ring['setFeeOfC'] = async (name, ppm) => {
    await call('dev-sim-remote', { channel: ends[name].scid, base_msat: HOP_FEE.baseMsat, ppm });
  };
  await setFeeOfC('back', HOP_FEE.ppm);
  await setFeeOfC('parallel', HOP_FEE.ppm);
  return {
    kind: 'simulated',
    speed,
    lightningDir: base,
    socketPath,
    ends,
    call,
    async setB({ ppm = HOP_FEE.ppm, htlcMaxMsat = RING.bc.capacity * MSAT_PER_SAT }) {
      await setB({ ppm, htlc_max_msat: htlcMaxMsat });
    },
    setFeeOfC,
    async hold() {
      await setB({ conduct: 'hold' });
    },
    async release(how) {
      await setB({ conduct: how });
    },
    async cutC() {
      await call('dev-sim-connect', { peer_id: C, connected: false });
    },
    async restoreC() {
      await call('dev-sim-connect', { peer_id: C, connected: true });
    },
    async forward(sats, times) {
      const payment = { in_channel: ends.out.scid, out_channel: ends.back.scid, amount_msat: sats * MSAT_PER_SAT };
      for (let i = 0; i < times; i++) await call('dev-sim-forward', { ...payment, outcome: 'settled' });
    },
    ...pluginParts(call, () => program.pid ?? 0),
    async restart(later = 0) {
      callsBefore.push(...(await bookedCalls()));
      await endOf(program, () => call('stop').catch(() => program.kill('SIGTERM')));
      await run();
      await call('dev-sim-time', { skip_seconds: later });
    },
    stateChangingCalls: async () => stateChanging([...callsBefore, ...(await bookedCalls())]),
    async crash() {
      await endOf(program, () => program.kill('SIGKILL'));
      await run();
    },
    async stop() {
      await endOf(program, () => program.kill('SIGTERM'));
      rmSync(base, { recursive: true, force: true });
    },
  };
}

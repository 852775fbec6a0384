// How is the ring had of real nodes?
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { OrderEnd } from '../../../src/core/rebalance/types.ts';
import { channelId, nodeId, scid } from '../../../src/core/units.ts';
import { readCalls, stateChanging } from '../calls.ts';
import { pluginParts } from '../harness.ts';
import { HOP_FEE, RING, type Ring } from '../ring.ts';
import { pause, until, type Json } from '../rpc.ts';
import { Bitcoind } from './bitcoind.ts';
import { fund } from './fund.ts';
import { Lightningd } from './lightningd.ts';
import { routePayment } from './payment.ts';

const HOLDER = resolve(import.meta.dirname, 'holder.js');
/** R's own options with which it writes its calls down. */
export const RECORDED = [`--plugin=${resolve(import.meta.dirname, 'recorder.js')}`];
const MSAT_PER_SAT = 1000;

type Name = 'R' | 'A' | 'B' | 'C';
type Terms = Parameters<Ring['setB']>[0];
/** More than any of the channels holds. */
const NO_LIMIT = 10_000_000_000;
type ChannelName = keyof typeof RING;
const CHANNEL_NAMES = Object.keys(RING) as ChannelName[];

const channelsOf = async (node: Lightningd): Promise<Json[]> =>
  (await node.call('listpeerchannels'))['channels'] as Json[];

/** @param extra R's own options */
export async function startRealRing(extra: readonly string[] = []): Promise<Ring> {
  const folder = mkdtempSync(join(tmpdir(), 'rr-'));
  const chain = await Bitcoind.start(join(folder, 'btc'));
  const start = (name: Name, options: readonly string[] = []) =>
    Lightningd.start(name, join(folder, name), chain, options);
  const [R, A, B, C] = await Promise.all([
    start('R', extra),
    start('A'),
    start('B', [`--plugin=${HOLDER}`]),
    start('C'),
  ]);
  const nodes: Readonly<Record<Name, Lightningd>> = { R, A, B, C };
  const everyone = [R, A, B, C];
  await fund(chain, everyone, 3);
  for (const [from, to] of [
    [R, A],
    [A, B],
    [B, C],
    [C, R],
  ] as const)
    await from.connectTo(to);
  const ids: Partial<Record<ChannelName, string>> = {};
  for (const name of CHANNEL_NAMES) {
    const { between, capacity, ours } = RING[name];
    const push_msat = (capacity - ours) * MSAT_PER_SAT;
    const [from, to] = [nodes[between[0]], nodes[between[1]]];
    const opened = await until(`channel ${name}`, () =>
      from.call('fundchannel', { id: to.id, amount: capacity, push_msat, minconf: 0 }),
    );
    ids[name] = String(opened['channel_id']);
  }
  await chain.mine(6);
  await Promise.all(everyone.map((node) => node.synced()));
  const usable = (): Promise<true> =>
    until('usable channels everywhere', async () => {
      for (let look = 0; look < 2; look++) {
        await pause(200);
        for (const node of everyone)
          if (!(await channelsOf(node)).every((each) => each['state'] === 'CHANNELD_NORMAL' && each['reestablished']))
            return false;
      }
      return true;
    });
  await usable();
  await until(
    'gossip of all channels, both ways',
    async () => ((await R.call('listchannels'))['channels'] as Json[]).length === 2 * CHANNEL_NAMES.length,
  );
  const listed = await channelsOf(R);
  const named = async (name: ChannelName): Promise<string> => {
    const at = await channelsOf(nodes[RING[name].between[0]]);
    return String(at.find(({ channel_id }) => channel_id === ids[name])?.['short_channel_id']);
  };
  const end = (name: ChannelName): OrderEnd => {
    const row = listed.find(({ channel_id }) => channel_id === ids[name]) ?? {};
    return {
      channelId: channelId(String(row['channel_id'])),
      scid: scid(String(row['short_channel_id'])),
      peerId: nodeId(String(row['peer_id'])),
    };
  };
  const ends = { out: end('out'), back: end('back'), parallel: end('parallel') };
  /** Sets it, and waits until R has heard of it. */
  const setTerms = async (name: ChannelName, { ppm = HOP_FEE.ppm, htlcMaxMsat = NO_LIMIT }: Terms): Promise<void> => {
    const id = await named(name);
    const owner = nodes[RING[name].between[0]];
    const set = { id, feebase: HOP_FEE.baseMsat, feeppm: ppm, htlcmax: htlcMaxMsat, enforcedelay: 0 };
    const { channels: told } = (await owner.call('setchannel', set)) as { channels: Json[] };
    await until(`R to know the terms of ${name}`, async () => {
      const { channels } = (await R.call('listchannels', { short_channel_id: id })) as { channels: Json[] };
      const known = channels.find(({ source }) => source === owner.id);
      const heard =
        known?.['fee_per_millionth'] === ppm && known['htlc_maximum_msat'] === told[0]?.['maximum_htlc_out_msat'];
      if (RING[name].between[1] !== 'R') return heard;
      const row = (await channelsOf(R)).find(({ short_channel_id }) => short_channel_id === id);
      const updates = row?.['updates'] as { remote?: Json } | undefined;
      return heard && updates?.remote?.['fee_proportional_millionths'] === ppm;
    });
  };
  const comeBack = async (later?: number): Promise<void> => {
    await R.run([], later);
    await R.connectTo(A);
    await R.connectTo(C);
    await usable();
    await R.synced();
  };
  const order = (file: 'hold' | 'refuse') => join(B.folder, 'regtest', file);
  return {
    kind: 'real',
    speed: 1,
    lightningDir: R.folder,
    socketPath: join(R.folder, 'regtest', 'lightning-rpc'),
    ends,
    call: (method, params) => R.call(method, params),
    setB: (terms) => setTerms('bc', terms),
    setFeeOfC: (name, ppm) => setTerms(name, { ppm }),
    hold() {
      rmSync(order('refuse'), { force: true });
      writeFileSync(order('hold'), '');
      return Promise.resolve();
    },
    release(how) {
      if (how === 'refuse') writeFileSync(order('refuse'), '');
      else rmSync(order('refuse'), { force: true });
      rmSync(order('hold'), { force: true });
      return Promise.resolve();
    },
    cutC: () => C.stop(),
    async restoreC() {
      await C.run();
      await C.connectTo(R);
      await C.connectTo(B);
      await usable();
    },
    async forward(sats, times) {
      const party = { payer: A, r: R, payee: C, scids: { A: ends.out.scid, C: ends.back.scid }, aliases: {} };
      for (let i = 0; i < times; i++) await routePayment(party, { from: 'A', to: 'C', sats, outcome: 'settled' });
    },
    ...pluginParts(
      (method, params) => R.call(method, params),
      () => R.pid,
    ),
    async restart(later) {
      await R.stop();
      await comeBack(later);
    },
    async crash() {
      await R.kill();
      await comeBack();
    },
    stateChangingCalls: () => Promise.resolve(stateChanging(readCalls(join(R.folder, 'regtest', 'calls.jsonl')))),
    async stop() {
      await Promise.all(everyone.map((node) => node.stop()));
      await chain.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

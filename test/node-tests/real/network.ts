// How does a real regtest network become the node under test? Four nodes, R in the middle, with the channels of the plan.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { listForwards } from '../by-hand.ts';
import { readCalls, stateChanging } from '../calls.ts';
import {
  CHANNELS,
  commonParts,
  leaveFeesAlone,
  PLUGIN,
  PLUGIN_NAME,
  pluginReady,
  ROLES,
  type Payment,
  type Role,
  type TestNode,
} from '../harness.ts';
import { pause, RpcFailure, until, type Json } from '../rpc.ts';
import { Bitcoind } from './bitcoind.ts';
import { fund } from './fund.ts';
import { Lightningd } from './lightningd.ts';
import { preparePayment, routePayment, sendCircle, type Party } from './payment.ts';

/** Payments under way at once; more makes nothing faster on two cores. */
const CONCURRENCY = 8;
const RECORDER = resolve(import.meta.dirname, 'recorder.js');
const MSAT_PER_SAT = 1000;
/** How often in a row, 200 ms apart, connections must be found well before payments go over them. */
const CALM_LOOKS = 3;

type Peers = Readonly<Record<'A' | 'B' | 'C', Lightningd>>;
interface PeerChannel {
  readonly channel_id: string;
  readonly short_channel_id?: string;
  readonly alias?: { readonly local?: string };
  readonly state: string;
  readonly peer_connected: boolean;
  readonly reestablished?: boolean;
}

const channelsOf = async (node: Lightningd): Promise<PeerChannel[]> =>
  (await node.call('listpeerchannels'))['channels'] as PeerChannel[];

/** What a log ends with, for want of the file. */
const lastWords = (log: readonly string[]): string => log.slice(-40).join('\n');

/** Opens the channels one after another, so that each can be told from the next, and returns their channel ids. */
async function openChannels(r: Lightningd, peers: Peers): Promise<Record<Role, string>> {
  const ids: Partial<Record<Role, string>> = {};
  for (const role of ROLES) {
    const { peer, opener, capacity, ours, private: unannounced } = CHANNELS[role];
    const [from, to] = opener === 'local' ? [r, peers[peer]] : [peers[peer], r];
    const push = (opener === 'local' ? capacity - ours : ours) * MSAT_PER_SAT;
    const opened = await until(`channel ${role}`, () =>
      from.call('fundchannel', { id: to.id, amount: capacity, push_msat: push, minconf: 0, announce: !unannounced }),
    );
    ids[role] = String(opened['channel_id']);
  }
  return ids as Record<Role, string>;
}

/** Brings the network up, R with the plugin in its configuration. */
export async function startReal(): Promise<TestNode> {
  const folder = mkdtempSync(join(tmpdir(), 'rn-'));
  const chain = await Bitcoind.start(join(folder, 'btc'));
  const start = (name: string, extra: string[] = []) => Lightningd.start(name, join(folder, name), chain, extra);
  const r = await start('R', [`--plugin=${RECORDER}`, `--plugin=${PLUGIN}`]);
  const peers: Peers = { A: await start('A'), B: await start('B'), C: await start('C') };
  const everyone = [r, ...Object.values(peers)];

  await fund(chain, everyone, 4);
  for (const peer of Object.values(peers)) await peer.connectTo(r);
  const channelIds = await openChannels(r, peers);
  await chain.mine(6);
  await Promise.all(everyone.map((node) => node.synced()));

  /** Waits until every channel's two ends speak with each other, and still do after a while: both may have dialled. */
  const allUsable = async (): Promise<void> => {
    for (let calm = 0; calm < CALM_LOOKS; calm++) {
      for (const node of everyone)
        await until(`usable channels at ${node.name}`, async () => {
          const open = (await channelsOf(node)).filter(({ state }) => state === 'CHANNELD_NORMAL');
          const usable = open.every(({ peer_connected, reestablished }) => peer_connected && reestablished);
          if (!usable) calm = 0;
          return usable;
        });
      await pause(200);
    }
  };
  await until('locked-in channels', async () =>
    (await channelsOf(r)).every(({ state }) => state === 'CHANNELD_NORMAL'),
  );
  for (const peer of Object.values(peers))
    await until(`locked-in channels at ${peer.name}`, async () =>
      (await channelsOf(peer)).every(({ state }) => state === 'CHANNELD_NORMAL'),
    );
  await allUsable();

  const listed = await channelsOf(r);
  const byRole = (name: (channel: PeerChannel | undefined) => string | undefined) =>
    Object.fromEntries(
      ROLES.map((role) => [role, name(listed.find(({ channel_id }) => channel_id === channelIds[role]))]),
    ) as Record<Role, string>;
  const scids = byRole((channel) => channel?.short_channel_id);
  const aliases = byRole((channel) => channel?.alias?.local);

  const partyOf = ({ from, to }: Payment): Party => ({
    payer: peers[CHANNELS[from].peer],
    payee: peers[CHANNELS[to].peer],
    ...{ r, scids, aliases },
  });
  const node: TestNode = {
    kind: 'real',
    folder: join(r.folder, 'regtest'),
    scids,
    call: (method, params) => r.call(method, params),
    now: () => Promise.resolve(Date.now() / 1000),
    async forward(payments: readonly Payment[]): Promise<void> {
      const queue = [...payments];
      const failures: unknown[] = [];
      const worker = async (): Promise<void> => {
        for (let next = queue.shift(); next; next = queue.shift()) {
          await routePayment(partyOf(next), next).catch((error: unknown) => failures.push(error));
        }
      };
      await Promise.all(Array.from({ length: CONCURRENCY }, worker));
      if (failures.length > 0)
        throw new AggregateError(failures, `${String(failures.length)} payments ended otherwise`);
    },
    circle: (out, back, sats) => sendCircle(r, scids[out], scids[back], sats),
    async hold(payment: Payment): Promise<() => Promise<void>> {
      const send = await preparePayment(partyOf(payment), payment);
      // A recipient whose lightningd stands still answers nothing, and nothing is lost.
      const { payee } = partyOf(payment);
      process.kill(payee.pid, 'SIGSTOP');
      const { ended } = await send();
      await until('the payment to be held', async () =>
        (await listForwards(node)).some(({ status }) => status === 'offered'),
      );
      return async () => {
        process.kill(payee.pid, 'SIGCONT');
        await ended();
      };
    },
    async closeTwo(): Promise<void> {
      await r.call('close', { id: scids['C-mutual'] });
      // A peer that is away cannot agree to anything.
      await peers.B.stop();
      await r.call('close', { id: scids['B-unilateral'], unilateraltimeout: 1 });
      await until('both closing transactions', async () => (await chain.waiting()) >= 2);
      await peers.B.run();
      await chain.mine(1);
      await Promise.all(everyone.map((each) => each.synced()));
      const gone = [channelIds['C-mutual'], channelIds['B-unilateral']];
      for (const node of everyone)
        await until(`channels on chain at ${node.name}`, async () =>
          (await channelsOf(node)).every(({ channel_id, state }) => !gone.includes(channel_id) || state === 'ONCHAIN'),
        );
      // B may have come back before it saw the end of the channel; R's error about it ends the connection 5 s later.
      await r.call('disconnect', { id: peers.B.id, force: true }).catch((error: unknown) => {
        // It has ended by now.
        if (!(error instanceof RpcFailure && error.message.includes('not connected'))) throw error;
      });
      await peers.B.connectTo(r);
      await allUsable();
    },
    async mine(blocks: number): Promise<void> {
      await chain.mine(blocks);
      await Promise.all(everyone.map((each) => each.synced()));
    },
    ...commonParts(
      (method, params) => r.call(method, params),
      () => r.pid,
      scids,
    ),
    stateChangingCalls: () => Promise.resolve(stateChanging(readCalls(join(r.folder, 'regtest', 'calls.jsonl')))),
    async restartNode(disabled): Promise<void> {
      await r.stop();
      await r.run(disabled);
      await r.synced();
      for (const peer of Object.values(peers)) await peer.connectTo(r);
      await allUsable();
      await pluginReady(r);
    },
    pluginLog: () => r.log().filter((line) => line.includes(`plugin-${PLUGIN_NAME}`)),
    async stop(): Promise<void> {
      const dead = everyone.filter(({ running }) => !running).map((each) => `${each.name}: ${lastWords(each.log())}`);
      await Promise.all(everyone.map((each) => each.stop()));
      await chain.stop();
      rmSync(folder, { recursive: true, force: true });
      if (dead.length > 0) throw new Error(`lightningd ended by itself: ${dead.join('\n')}`);
    },
  };
  // Names come by gossip, and only of nodes with an announced channel.
  await until(
    "the peers' names",
    async () =>
      ((await r.call('listnodes'))['nodes'] as Json[]).filter(({ alias }) => alias !== undefined).length ===
      everyone.length,
  );
  await leaveFeesAlone((method, params) => r.call(method, params), scids);
  // What had no name yet when the channels opened, the plugin asks again an hour later, or after a restart.
  await node.stopPlugin();
  await node.startPlugin();
  return node;
}

// The node of the recordings as far as a rebalance needs it: what it answers is a script that a test may change.
import { RpcError } from '../../../src/cln/errors.ts';
import type { ApprovedOrder } from '../../../src/core/rebalance/types.ts';
import { channelId, msat, nodeId, scid, unixSec, type UnixSec } from '../../../src/core/units.ts';
import { NativeDriver } from '../../../src/node/drivers/native/driver.ts';
import { LightningSelfPayments } from '../../../src/node/self-payments.ts';
import { order } from '../../node-tests/order.ts';
import { RECORDED_AT, readerOver, recording, rows, type Answer, type Json } from '../recorded-node.ts';

export const OWN = String(recording('getinfo').result['id']);
const channels = rows('listpeerchannels', 'channels');
const end = (id: string) => {
  const row = channels.find(({ short_channel_id }) => short_channel_id === id) ?? {};
  return {
    channelId: channelId(String(row['channel_id'])),
    scid: scid(id),
    peerId: nodeId(String(row['peer_id'])),
  };
};
export const OUT = end('112x1x0');
export const BACK = end('113x1x0');
/** What getroutes-circular.json found from OUT's peer to us is one hop to BACK's peer, who takes the rest. */
const [FIRST_HOP = {}] = (recording('getroutes-circular').result['routes'] as { path: Json[] }[])[0]?.path ?? [];
export const PATH_REPLY: Json = {
  probability_ppm: 1,
  routes: [{ probability_ppm: 1, amount_msat: 300_004_000, final_cltv: 27, path: [FIRST_HOP] }],
};
const { payment_hash: HASH } = recording('invoice-rebalance').result;
export const PAYMENT_HASH = String(HASH);

/** What becomes of an attempt: its row, and how waitsendpay answers once it is asked. */
export interface Fate {
  readonly status: 'complete' | 'failed' | 'pending';
  readonly error?: { readonly code: number; readonly message?: string; readonly data?: unknown };
}

export function scriptedNode(fates: readonly Fate[], changed: Readonly<Record<string, Answer>> = {}) {
  const sent: Json[] = [];
  let now: number = RECORDED_AT;
  const clock = {
    now: (): UnixSec => unixSec(now),
    sleep: (seconds: number): Promise<void> => {
      now += seconds;
      return Promise.resolve();
    },
  };
  const underWay = (): Json[] =>
    sent
      .filter((_, i) => (fates[i]?.status ?? 'pending') === 'pending')
      .map((row) => ({ direction: 'out', amount_msat: row['amount_sent_msat'], payment_hash: PAYMENT_HASH }));
  const script: Record<string, Answer> = {
    getinfo: () => recording('getinfo').result,
    listpeerchannels: ({ id }) => ({
      channels: channels
        .filter(({ peer_id }) => id === undefined || peer_id === id)
        .map((row) => (row['short_channel_id'] === OUT.scid ? { ...row, htlcs: underWay() } : row)),
    }),
    'askrene-listlayers': () => ({ layers: [{ layer: 'xpay' }, { layer: 'somebody-else' }] }),
    'askrene-create-layer': () => ({ layers: [] }),
    'askrene-disable-node': () => ({}),
    'askrene-update-channel': () => ({}),
    'askrene-inform-channel': () => ({ constraints: [] }),
    'askrene-reserve': () => ({}),
    'askrene-unreserve': () => ({}),
    'askrene-remove-layer': () => ({}),
    getroutes: () => PATH_REPLY,
    invoice: () => recording('invoice-rebalance').result,
    delinvoice: () => ({}),
    sendpay: (params) => {
      const route = params['route'] as Json[];
      sent.push({ amount_sent_msat: route[0]?.['amount_msat'], amount_msat: route.at(-1)?.['amount_msat'] });
      return { status: 'pending' };
    },
    waitsendpay: ({ timeout }) => {
      const fate = fates[sent.length - 1];
      if (fate?.status === 'pending') now += Number(timeout);
      if (fate?.error)
        throw new RpcError('waitsendpay', fate.error.code, fate.error.message ?? 'failed', fate.error.data);
      return { status: 'complete' };
    },
    listsendpays: () => ({
      payments: sent.map((row, i) => ({
        ...row,
        payment_hash: PAYMENT_HASH,
        created_index: i + 1,
        status: fates[i]?.status ?? 'pending',
        destination: OWN,
        created_at: RECORDED_AT,
        ...(fates[i]?.status === 'complete' ? { completed_at: RECORDED_AT + 1 } : {}),
      })),
    }),
    ...changed,
  };
  const { ask, calls } = readerOver(script, clock);
  const [warnings, told]: [string[], string[]] = [[], []];
  const quiet = (): void => undefined;
  const log = {
    debug: quiet,
    info: (text: string) => told.push(text),
    warn: (text: string) => warnings.push(text),
    error: quiet,
  };
  const driver = new NativeDriver({ ask, payments: new LightningSelfPayments(ask), clock, log, callPrefix: 'us' });
  const approved: ApprovedOrder = order({
    id: 'o1',
    from: OUT,
    to: BACK,
    amountMsat: msat(300_000_000n),
    maxFeeMsat: msat(20_000n),
    deadline: unixSec(RECORDED_AT + 60),
  });
  const dispatched: string[] = [];
  const run = (signal = new AbortController().signal, onDispatched = (hash: string) => void dispatched.push(hash)) =>
    driver.rebalance(approved, { signal, onDispatched });
  const named = (method: string): Json[] => calls.filter((call) => call.method === method).map(({ params }) => params);
  return { ask, driver, run, calls, named, warnings, told, dispatched, clock };
}

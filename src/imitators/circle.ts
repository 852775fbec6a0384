// How do the imitated rebalancers pay around? askrene finds the way between the two peers, sendpay goes it.
//
// The real circular and sling make up a hash and claim it in the htlc_accepted hook; here an invoice stands in for that.
import { array, decode, int, msatValue, object, optional, str } from '../cln/decode.ts';
import { messageOf, RpcError } from '../cln/errors.ts';
import type { RpcClient } from '../cln/rpc-client.ts';

const FINAL_CLTV = 24;
const PPM = 1_000_000n;
/** waitsendpay's answer for what is still under way. */
const IN_PROGRESS = 200;
const MINUTES_MS = 300_000;

const CHANNELS = object({
  channels: array(
    object({
      short_channel_id: optional(str),
      peer_id: str,
      state: str,
      peer_connected: optional((value) => value === true),
      to_us_msat: optional(msatValue),
      total_msat: optional(msatValue),
      spendable_msat: optional(msatValue),
      receivable_msat: optional(msatValue),
      updates: optional(
        object({
          remote: optional(
            object({ fee_base_msat: msatValue, fee_proportional_millionths: int, cltv_expiry_delta: int }),
          ),
        }),
      ),
    }),
  ),
});
export type OwnChannel = ReturnType<typeof CHANNELS>['channels'][number];

const HOP = object({
  short_channel_id_dir: str,
  node_id_out: str,
  amount_in_msat: msatValue,
  amount_out_msat: msatValue,
  cltv_in: int,
  cltv_out: int,
});
const ROUTES = object({ routes: array(object({ path: array(HOP) })) });
const INVOICE = object({ payment_hash: str, payment_secret: str, bolt11: str });
const ID = object({ id: str });

export interface Route {
  readonly amount: bigint;
  readonly fee: bigint;
  readonly hops: readonly { readonly id: string; readonly channel: string; amount_msat: number; delay: number }[];
}

export type End =
  | { readonly kind: 'complete' }
  | { readonly kind: 'pending' }
  | { readonly kind: 'failed'; readonly message: string; readonly channel: string | null };

/** Rounded down, as circular does it. */
export const floorPpm = ({ fee, amount }: Route): bigint => (fee * PPM) / amount;
/** Rounded up, as sling does it. */
export const ceilPpm = ({ fee, amount }: Route): bigint => (fee * PPM + amount - 1n) / amount;

const ERRING = object({ erring_channel: optional(str) });

/** Over lightningd's RPC, v26.06. */
export class Circles {
  readonly #client: RpcClient;
  #invoices = 0;

  constructor(client: RpcClient) {
    this.#client = client;
  }

  /** By short channel id. */
  async channels(): Promise<ReadonlyMap<string, OwnChannel>> {
    const { channels } = decode(CHANNELS, await this.#client.call('listpeerchannels'), 'listpeerchannels');
    return new Map(channels.flatMap((one) => (one.short_channel_id ? [[one.short_channel_id, one] as const] : [])));
  }

  /** The cheapest way out by the one channel and back by the other; null where there is none. */
  async route(
    out: OwnChannel,
    back: OwnChannel,
    amount: bigint,
    avoid: ReadonlySet<string> = new Set(),
  ): Promise<Route | null> {
    const remote = back.updates?.remote;
    if (!remote) return null;
    const { id: own } = decode(ID, await this.#client.call('getinfo'), 'getinfo');
    const base = remote.fee_base_msat + (amount * BigInt(remote.fee_proportional_millionths)) / PPM;
    const layer = `imitator-${String(++this.#invoices)}-${String(process.pid)}`;
    await this.#client.call('askrene-create-layer', { layer });
    try {
      await this.#client.call('askrene-disable-node', { layer, node: own });
      for (const channel of avoid)
        for (const direction of ['0', '1']) {
          const short_channel_id_dir = `${channel}/${direction}`;
          await this.#client.call('askrene-update-channel', { layer, short_channel_id_dir, enabled: false });
        }
      const reply = await this.#client.call('getroutes', {
        ...{ source: out.peer_id, destination: back.peer_id, amount_msat: Number(amount + base), layers: [layer] },
        ...{ maxfee_msat: Number(amount), final_cltv: FINAL_CLTV + remote.cltv_expiry_delta, maxparts: 1 },
      });
      const path = decode(ROUTES, reply, 'getroutes').routes[0]?.path ?? [];
      const [first] = path;
      if (!first) return null;
      const hops = [
        { id: out.peer_id, channel: out.short_channel_id ?? '', amount: first.amount_in_msat, delay: first.cltv_in },
        ...path.map((hop) => ({
          ...{ id: hop.node_id_out, channel: hop.short_channel_id_dir.split('/')[0] ?? '' },
          ...{ amount: hop.amount_out_msat, delay: hop.cltv_out },
        })),
        { id: own, channel: back.short_channel_id ?? '', amount, delay: FINAL_CLTV },
      ].map(({ amount: carried, ...hop }) => ({ ...hop, amount_msat: Number(carried) }));
      return { amount, fee: first.amount_in_msat - amount, hops };
    } catch (error) {
      if (error instanceof RpcError) return null;
      throw error;
    } finally {
      await this.#client.call('askrene-remove-layer', { layer });
    }
  }

  /** Sends it; what refuses to start has failed. `sent` runs once it is under way. */
  async pay(
    route: Route,
    seconds: number,
    names: { readonly label: string; readonly description: string },
    sent: (hash: string) => void = () => undefined,
  ): Promise<{ readonly hash: string; readonly end: End }> {
    const label = `${names.label}-${String(++this.#invoices)}-${String(process.pid)}-${String(Math.random()).slice(2)}`;
    const invoice = { label, description: names.description, amount_msat: Number(route.amount), cltv: FINAL_CLTV - 3 };
    const made = decode(INVOICE, await this.#client.call('invoice', invoice), 'invoice');
    const { payment_hash: hash, payment_secret } = made;
    const end = await this.#send(route, hash, payment_secret, seconds, sent);
    // The preimage is forgotten, so that what comes back late is refused.
    if (end.kind !== 'complete') await this.#client.call('delinvoice', { label, status: 'unpaid' });
    return { hash, end };
  }

  async #send(
    route: Route,
    payment_hash: string,
    payment_secret: string,
    timeout: number,
    sent: (hash: string) => void,
  ): Promise<End> {
    try {
      await this.#client.call('sendpay', { route: route.hops, payment_hash, payment_secret });
      sent(payment_hash);
      const wait = { payment_hash, timeout };
      await this.#client.call('waitsendpay', wait, { connection: 'own', timeoutMs: timeout * 1000 + MINUTES_MS });
      return { kind: 'complete' };
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      if (error.code === IN_PROGRESS) return { kind: 'pending' };
      const { erring_channel = null } = decode(ERRING, error.data ?? {}, 'waitsendpay');
      return { kind: 'failed', message: messageOf(error), channel: erring_channel };
    }
  }
}

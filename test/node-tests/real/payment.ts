// How is one payment sent through R so that R's forward ends as wished? By explicit routes, so that no search decides.
import { randomBytes } from 'node:crypto';
import { CHANNELS, type Payment, type Role } from '../harness.ts';
import { refusal, type Json } from '../rpc.ts';
import { CLTV_DELTA, type Lightningd } from './lightningd.ts';

/** Blocks the recipient has; above any `cltv-final`, so that this never is the reason of a failure. */
const FINAL_CLTV = 20;
/** A channel that does not exist. */
const NOWHERE = '9999x1x1';

export interface Party {
  readonly payer: Lightningd;
  readonly r: Lightningd;
  readonly payee: Lightningd;
  /** Of both channels at least. */
  readonly scids: Readonly<Partial<Record<Role, string>>>;
  /** What R calls its channels toward others; the only name by which it forwards through a private one. */
  readonly aliases: Readonly<Partial<Record<Role, string>>>;
}

/** What R takes now for sending so much by one of its channels, msat. */
async function feeOf(r: Lightningd, scid: string, amount: number): Promise<number> {
  const { channels } = (await r.call('listpeerchannels', { short_channel_id: scid })) as { channels: Json[] };
  const { fee_base_msat, fee_proportional_millionths } = channels[0] ?? {};
  return Number(fee_base_msat) + Math.floor((amount * Number(fee_proportional_millionths)) / 1e6);
}

/** Has the recipient ask for it; what is returned sends it and, once it is on its way, can be waited for. */
export async function preparePayment(
  { payer, r, payee, scids, aliases }: Party,
  payment: Payment,
): Promise<() => Promise<{ readonly ended: () => Promise<Json> }>> {
  const amount = payment.sats * 1000;
  const [into, outOf] = [scids[payment.from], scids[payment.to]];
  if (into === undefined || outOf === undefined) throw new Error(`no channels for ${JSON.stringify(payment)}`);
  const fee = payment.outcome === 'fee-insufficient' ? 0 : await feeOf(r, outOf, amount);
  const label = randomBytes(16).toString('hex');
  const invoice = await payee.call('invoice', { amount_msat: amount, label, description: 'test' });
  // A hash that no recipient has ever heard of.
  const hash = payment.outcome === 'failed' ? randomBytes(32).toString('hex') : invoice['payment_hash'];
  const named = CHANNELS[payment.to].private ? aliases[payment.to] : outOf;
  const out = payment.outcome === 'unknown-next-peer' ? NOWHERE : named;
  const route = [
    { id: r.id, channel: into, amount_msat: amount + fee, delay: FINAL_CLTV + CLTV_DELTA },
    { id: payee.id, channel: out, amount_msat: amount, delay: FINAL_CLTV },
  ];
  return async () => {
    await payer.call('sendpay', { route, payment_hash: hash, payment_secret: invoice['payment_secret'] });
    return { ended: () => payer.call('waitsendpay', { payment_hash: hash, timeout: 60 }) };
  };
}

/** Sends it and waits for its end. @throws Error when it ends otherwise than wished. */
export async function routePayment(party: Party, payment: Payment): Promise<void> {
  const send = await preparePayment(party, payment);
  const { ended } = await send();
  if (payment.outcome === 'settled') await ended();
  else await refusal(ended());
}

interface Policy extends Json {
  readonly fee_base_msat: number;
  readonly fee_proportional_millionths: number;
  readonly cltv_expiry_delta: number;
}

/** Out by one channel and back by another of the same peer. By which of them he sends it back is his choice in the end. */
export async function sendCircle(r: Lightningd, out: string, back: string, sats: number): Promise<void> {
  const amount = sats * 1000;
  const { channels } = (await r.call('listpeerchannels', { short_channel_id: back })) as { channels: Json[] };
  const [channel = {}] = channels;
  const { remote } = channel['updates'] as { remote: Policy };
  // The peer forwards by a private channel only under the name that he has given it.
  const alias = (channel['private'] === true ? channel['alias'] : {}) as { remote?: string };
  const fee = remote.fee_base_msat + Math.floor((amount * remote.fee_proportional_millionths) / 1e6);
  const label = randomBytes(16).toString('hex');
  const invoice = await r.call('invoice', { amount_msat: amount, label, description: 'circle' });
  const hash = invoice['payment_hash'];
  const route = [
    { id: channel['peer_id'], channel: out, amount_msat: amount + fee, delay: FINAL_CLTV + remote.cltv_expiry_delta },
    { id: r.id, channel: alias.remote ?? back, amount_msat: amount, delay: FINAL_CLTV },
  ];
  await r.call('sendpay', { route, payment_hash: hash, payment_secret: invoice['payment_secret'] });
  await r.call('waitsendpay', { payment_hash: hash, timeout: 60 });
}

// What does our own node pay and receive? Payments that end at once, rebalances in a circle among them.
import { addMsat, negMsat } from '../../core/units.ts';
import type { Msat } from '../../core/units.ts';
import { recordChannelMove } from './books.ts';
import { addHtlc, removeHtlc } from './forwarding.ts';
import { paymentHashOf, preimageOf } from './identity.ts';
import type { Sim } from './sim.ts';
import { wire } from './sim.ts';
import type { Payment } from './records.ts';
import type { Channel } from './state.ts';

interface Sending {
  readonly out: Channel;
  /** The channel by which it comes back; null when it goes to someone else. */
  readonly back: Channel | null;
  readonly amount: Msat;
  readonly fee: Msat;
  readonly description: string;
}

/** Pays by `out`; the caller has made sure that both channels can carry it. */
export function pay(sim: Sim, sending: Sending): Payment {
  const { out, back, amount, fee } = sending;
  const payment = sim.newPayment();
  const sent = addMsat(amount, fee);
  const expiry = sim.state.height;
  const outHtlcId = addHtlc(sim, out, 'out', sent, expiry, payment);
  const htlcIndex = sim.state.indexes.htlcs.created;
  removeHtlc(sim, out, 'out', outHtlcId, true);
  const shared = { tag: 'invoice' as const, payment, rebalance: back !== null };
  recordChannelMove(sim, { account: out.id, amount: negMsat(sent), fees: fee, partId: 0, ...shared });
  const inHtlcId = back ? addHtlc(sim, back, 'in', amount, expiry, payment) : null;
  if (back && inHtlcId !== null) {
    removeHtlc(sim, back, 'in', inHtlcId, true);
    recordChannelMove(sim, { account: back.id, amount, ...shared });
  }
  const row: Payment = {
    createdIndex: sim.bump('sendpays', 'created'),
    payment,
    description: sending.description,
    destination: back ? sim.state.nodeId : out.peerId,
    amount,
    sent,
    time: sim.seconds(),
    outChannelId: out.id,
    inChannelId: back?.id ?? null,
    htlcIndex,
    expiry,
    outHtlcId,
    inHtlcId,
  };
  sim.bump('sendpays', 'updated');
  sim.state.payments.push(row);
  sim.notify('sendpay_success', () => sendpayFields(sim, row));
  return row;
}

/** A payment from outside for which there is no invoice row: keysend. */
export function receive(sim: Sim, by: Channel, amount: Msat): void {
  const payment = sim.newPayment();
  removeHtlc(sim, by, 'in', addHtlc(sim, by, 'in', amount, sim.state.height, payment), true);
  recordChannelMove(sim, { account: by.id, tag: 'invoice', amount, payment });
}

/** A row as listsendpays and sendpay_success print it. */
export const sendpayFields = (sim: Sim, row: Payment) => ({
  created_index: row.createdIndex,
  id: row.createdIndex,
  payment_hash: paymentHashOf(sim.seed, row.payment),
  groupid: 1,
  updated_index: row.createdIndex,
  destination: row.destination,
  amount_msat: wire(row.amount),
  amount_sent_msat: wire(row.sent),
  created_at: row.time,
  completed_at: row.time,
  status: 'complete',
  payment_preimage: preimageOf(sim.seed, row.payment),
  description: row.description,
});

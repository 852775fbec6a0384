// How does our own node ask itself for the payment, and what becomes of the invoice afterwards?
import { decode, hex, object, str } from '../../../cln/decode.ts';
import type { RebalanceOrder } from '../../../core/rebalance/types.ts';
import { safeNumber, type UnixSec } from '../../../core/units.ts';
import { Refusal, type Ask } from '../../ask.ts';
import { labelOf } from '../../../core/rebalance/native-names.ts';

/** lightningd's own (common/jsonrpc_errors.h). */
const INVOICE_NOT_FOUND = 905;
const INVOICE_STATUS_UNEXPECTED = 906;
/** BOLT 11's default min_final_cltv_expiry_delta. */
export const INVOICE_CLTV = 18;
/**
 * After the deadline, so that what was sent just before it is not refused by ourselves; what is held for longer is, and
 * comes back to us.
 */
const GRACE_SECONDS = 60;

export interface Invoice {
  readonly label: string;
  readonly bolt11: string;
  readonly paymentHash: string;
  readonly secret: string;
}

const made = object({ bolt11: str, payment_hash: hex(64), payment_secret: hex(64) });

/** @throws NodeError */
export async function makeInvoice(ask: Ask, order: RebalanceOrder, now: UnixSec): Promise<Invoice> {
  const label = labelOf(order.id);
  const params = {
    amount_msat: safeNumber(order.amountMsat, 'amount'),
    label,
    description: `revenue-ops rebalance ${order.from.scid} to ${order.to.scid}`,
    expiry: Math.max(0, order.deadline - now) + GRACE_SECONDS,
    cltv: INVOICE_CLTV,
  };
  const { bolt11, payment_hash, payment_secret } = await ask('invoice', params, (reply) =>
    decode(made, reply, 'invoice'),
  );
  return { label, bolt11, paymentHash: payment_hash, secret: payment_secret };
}

const status = object({ current_status: str });
const isGone = (error: unknown): boolean => error instanceof Refusal && error.code === INVOICE_NOT_FOUND;

/**
 * Deletes it unless it is paid: that one is history, and bookkeeper takes the payment's description from it. Whether it is
 * `unpaid` or `expired` delinvoice wants to be told.
 * @throws NodeError
 */
export async function deleteUnlessPaid(ask: Ask, label: string): Promise<void> {
  const remove = (was: string): Promise<void> => ask('delinvoice', { label, status: was }, () => undefined);
  try {
    await remove('unpaid');
  } catch (error) {
    if (isGone(error)) return;
    if (!(error instanceof Refusal && error.code === INVOICE_STATUS_UNEXPECTED)) throw error;
    const { current_status: is } = decode(status, error.data, 'delinvoice');
    if (is === 'expired') await remove('expired');
  }
}

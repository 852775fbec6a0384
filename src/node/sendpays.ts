// What does lightningd list of the payments it has sent? A row for each attempt of each part.
import { array, decode, hex, int, nullable, object, oneOf, str } from '../cln/decode.ts';
import type { Ask, Params } from './ask.ts';
import { amount, nodeKey, seconds } from './values.ts';

const sendpay = object({
  payment_hash: hex(64),
  // Since v23.11.
  created_index: nullable(int),
  updated_index: nullable(int),
  status: oneOf('pending', 'complete', 'failed'),
  // Absent for payments by sendonion, which nobody makes to himself.
  destination: nullable(nodeKey),
  amount_msat: nullable(amount),
  amount_sent_msat: amount,
  created_at: seconds,
  completed_at: nullable(seconds),
  label: nullable(str),
});
export type Sendpay = ReturnType<typeof sendpay>;

const FILTER = {
  payments: [
    {
      payment_hash: true,
      created_index: true,
      updated_index: true,
      status: true,
      destination: true,
      amount_msat: true,
      amount_sent_msat: true,
      created_at: true,
      completed_at: true,
      label: true,
    },
  ],
} as const;

const decodeSendpays = (reply: unknown): Sendpay[] =>
  decode(object({ payments: array(sendpay) }), reply, 'listsendpays').payments;

/** @throws NodeError */
export const listSendpays = (ask: Ask, params: Params): Promise<Sendpay[]> =>
  ask('listsendpays', params, decodeSendpays, { filter: FILTER });

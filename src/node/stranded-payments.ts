// Which payments does the node list as pending although nothing of them is under way?
//
// lightningd writes a payment down as pending when it hands it to its channel, and the HTLC only once the channel commits
// to it: killed between the two, it lists the payment as pending for ever after (v26.06, lightningd/pay.c). As long as it
// lives, a pending payment has its HTLC in `listpeerchannels`.
import { array, decode, nullable, object, oneOf, str } from '../cln/decode.ts';
import type { SelfPaymentRow } from '../core/rebalance/types.ts';
import type { Ask } from './ask.ts';

const channel = object({
  htlcs: nullable(array(object({ direction: oneOf('in', 'out'), payment_hash: str }))),
});
const FILTER = { channels: [{ htlcs: [{ direction: true, payment_hash: true }] }] } as const;

/** Hashes of what has left us and not ended; null where the node does not tell of every channel. @throws DecodeError */
const decodeStanding = (reply: unknown): ReadonlySet<string> | null => {
  const { channels } = decode(object({ channels: array(channel) }), reply, 'listpeerchannels');
  const hashes = new Set<string>();
  for (const { htlcs } of channels) {
    if (htlcs === null) return null;
    for (const { direction, payment_hash } of htlcs) if (direction === 'out') hashes.add(payment_hash);
  }
  return hashes;
};

/**
 * The rows, those as failed that never left.
 * @param again lists a payment's rows anew: what has ended while we looked is no longer pending there
 * @throws NodeError
 */
export async function withoutStranded(
  ask: Ask,
  rows: readonly SelfPaymentRow[],
  again: (paymentHash: string) => Promise<readonly SelfPaymentRow[]>,
): Promise<readonly SelfPaymentRow[]> {
  const pending = rows.filter(({ status }) => status === 'pending');
  if (pending.length === 0) return rows;
  const standing = await ask('listpeerchannels', {}, decodeStanding, { filter: FILTER });
  if (standing === null) return rows;
  const suspects = pending.filter(({ paymentHash }) => !standing.has(paymentHash));
  const stranded = new Set<SelfPaymentRow>();
  for (const row of suspects) {
    const now = await again(row.paymentHash);
    if (now.some(({ status, createdIndex }) => status === 'pending' && createdIndex === row.createdIndex))
      stranded.add(row);
  }
  return rows.map((row) => (stranded.has(row) ? { ...row, status: 'failed' } : row));
}

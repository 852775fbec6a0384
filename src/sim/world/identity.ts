// What are things called? Every key, hash and address follows from the seed and a running number.
import { createHash } from 'node:crypto';
import type { ChannelId, NodeId, Scid } from '../../core/units.ts';
import { channelId, nodeId, scid } from '../../core/units.ts';
import type { SeededRandom } from './random.ts';

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');

/** 32 bytes of hex that belong to a thing of this world. */
export const hash32 = (seed: number, label: string, number: number): string => sha256(`${seed}/${label}/${number}`);

/** Not a point on the curve: nothing in a simulated network signs. */
export const makeNodeId = (seed: number, number: number): NodeId =>
  nodeId((number % 2 === 0 ? '02' : '03') + hash32(seed, 'node', number));

export const preimageOf = (seed: number, payment: number): string => hash32(seed, 'payment', payment);
export const paymentHashOf = (seed: number, payment: number): string =>
  sha256(Buffer.from(preimageOf(seed, payment), 'hex'));
/** The hash that a preimage given by a user belongs to. */
export const hashOfPreimage = (preimage: string): string => sha256(Buffer.from(preimage, 'hex'));

/** BOLT 2: the funding txid's bytes, reversed, with the output number xored into the last two; here it is always 0. */
export const channelIdOf = (fundingTxid: string): ChannelId =>
  channelId(Buffer.from(fundingTxid, 'hex').reverse().toString('hex'));

/** An alias looks like a scid of an impossible block, as lightningd draws them. */
export const makeAlias = (random: SeededRandom): Scid =>
  scid(`${random.integer(1_000_000, 16_000_000)}x${random.integer(1, 16_000_000)}x${random.integer(1, 65_000)}`);

const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

/** A taproot output: script and what looks like its regtest address. */
export function makeAddress(seed: number, number: number): { readonly address: string; readonly script: string } {
  const key = hash32(seed, 'address', number);
  const letters = sha256(key) + sha256(`${key}/`);
  const body = Array.from(letters.slice(0, 58), (digit, i) => BECH32[(parseInt(digit, 16) + i) % 32] ?? 'q').join('');
  return { address: `bcrt1p${body}`, script: `5120${key}` };
}

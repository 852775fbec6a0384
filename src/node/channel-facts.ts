// What does lightningd list of every channel that is or was, as far as it concerns money?
import { array, decode, int, mapped, nullable, object, oneOf, optional, str, type Decoder } from '../cln/decode.ts';
import type { ChannelFacts } from '../core/profit/books-moves.ts';
import { satsToMsat, subMsat, unixSec, ZERO_MSAT, type Msat, type UnixSec } from '../core/units.ts';
import type { OnchainFees } from '../ports.ts';
import { amount, channelKey, nodeKey, seconds, shortChannelId } from './values.ts';

/** `2026-11-21T05:13:58.359Z` */
const instant: Decoder<UnixSec> = mapped(str, (text) => unixSec(Math.floor(Date.parse(text) / 1000)), 'a time (ISO)');

const alias = optional(object({ local: nullable(shortChannelId) }));
const opener = oneOf('local', 'remote');
const stateChange = object({ timestamp: instant, old_state: optional(str), new_state: str });

const openChannel = object({
  peer_id: nodeKey,
  channel_id: channelKey,
  short_channel_id: nullable(shortChannelId),
  alias,
  opener,
  state: str,
  total_msat: amount,
  funding: optional(
    object({
      local_funds_msat: amount,
      pushed_msat: optional(amount),
      fee_paid_msat: optional(amount),
      fee_rcvd_msat: optional(amount),
    }),
  ),
  state_changes: optional(array(stateChange)),
  last_tx_fee_msat: nullable(amount),
});

const closedChannel = object({
  peer_id: nullable(nodeKey),
  channel_id: channelKey,
  short_channel_id: nullable(shortChannelId),
  alias,
  opener,
  total_msat: amount,
  funding_pushed_msat: optional(amount),
  funding_fee_paid_msat: optional(amount),
  funding_fee_rcvd_msat: optional(amount),
  last_commitment_fee_msat: nullable(amount),
  last_stable_connection: nullable(seconds),
});

const OPENING = /^(?:OPENINGD|DUALOPEND|CHANNELD_AWAITING_LOCKIN)/;
/** A dual-funded opening has several states, and may wait for weeks in one of them. */
const isLockIn = ({ old_state: before = '', new_state: after }: ReturnType<typeof stateChange>): boolean =>
  OPENING.test(before) && after === 'CHANNELD_NORMAL';
const ENDS: ReadonlySet<string> = new Set(['CLOSINGD_COMPLETE', 'AWAITING_UNILATERAL', 'FUNDING_SPEND_SEEN']);

const difference = (received: Msat | undefined, paid: Msat | undefined): Msat =>
  subMsat(received ?? ZERO_MSAT, paid ?? ZERO_MSAT);
/** A splice makes it zero, and of closed channels nobody tells whether there was one. */
const unlessZero = (amount: Msat | undefined): Msat | null => (amount === undefined || amount === 0n ? null : amount);

function openFacts(row: ReturnType<typeof openChannel>): ChannelFacts {
  const changes = row.state_changes ?? [];
  // After a splice lightningd lists what was in then.
  const spliced = changes.some(({ new_state }) => new_state === 'CHANNELD_AWAITING_SPLICE');
  return {
    channelId: row.channel_id,
    peerId: row.peer_id,
    scid: row.short_channel_id,
    aliases: [row.alias?.local ?? null].filter((name) => name !== null),
    opener: row.opener,
    state: row.state,
    capacity: row.total_msat,
    funding: row.funding === undefined || spliced ? null : row.funding.local_funds_msat,
    pushed: spliced ? null : (row.funding?.pushed_msat ?? ZERO_MSAT),
    lease: spliced ? null : difference(row.funding?.fee_rcvd_msat, row.funding?.fee_paid_msat),
    lockedInAt: changes.find(isLockIn)?.timestamp ?? null,
    endedAt: changes.findLast(({ new_state }) => ENDS.has(new_state))?.timestamp ?? null,
    lastTransactionFee: row.last_tx_fee_msat,
  };
}

const closedFacts = (row: ReturnType<typeof closedChannel>): ChannelFacts => ({
  channelId: row.channel_id,
  peerId: row.peer_id,
  scid: row.short_channel_id,
  aliases: [row.alias?.local ?? null].filter((name) => name !== null),
  opener: row.opener,
  state: 'CLOSED',
  capacity: row.total_msat,
  funding: null,
  pushed: unlessZero(row.funding_pushed_msat),
  lease: unlessZero(difference(row.funding_fee_rcvd_msat, row.funding_fee_paid_msat)),
  lockedInAt: null,
  endedAt: row.last_stable_connection,
  lastTransactionFee: row.last_commitment_fee_msat,
});

const channelIdOf = object({ channel_id: nullable(channelKey) });

/** All channels of a listpeerchannels reply but those that are still being negotiated. @throws DecodeError */
export function decodeOpenFacts(reply: unknown): ChannelFacts[] {
  const ifNamed = (row: unknown, path: string): ChannelFacts | null =>
    channelIdOf(row, path).channel_id === null ? null : openFacts(openChannel(row, path));
  return decode(object({ channels: array(ifNamed) }), reply, 'listpeerchannels').channels.filter((f) => f !== null);
}

/** The channels of a listclosedchannels reply. @throws DecodeError */
export const decodeClosedFacts = (reply: unknown): ChannelFacts[] =>
  decode(object({ closedchannels: array(closedChannel) }), reply, 'listclosedchannels').closedchannels.map(closedFacts);

/** Every field we ask lightningd for. */
export const OPEN_FACTS_FILTER = {
  channels: [
    {
      peer_id: true,
      channel_id: true,
      short_channel_id: true,
      alias: { local: true },
      opener: true,
      state: true,
      total_msat: true,
      funding: { local_funds_msat: true, pushed_msat: true, fee_paid_msat: true, fee_rcvd_msat: true },
      state_changes: [{ timestamp: true, old_state: true, new_state: true }],
      last_tx_fee_msat: true,
    },
  ],
} as const;
export const CLOSED_FACTS_FILTER = {
  closedchannels: [
    {
      peer_id: true,
      channel_id: true,
      short_channel_id: true,
      alias: { local: true },
      opener: true,
      total_msat: true,
      funding_pushed_msat: true,
      funding_fee_paid_msat: true,
      funding_fee_rcvd_msat: true,
      last_commitment_fee_msat: true,
      last_stable_connection: true,
    },
  ],
} as const;

const fees = object({ opening_channel_satoshis: int, mutual_close_satoshis: int });

/** Of a feerates reply. Bitcoind needs some blocks before it can estimate. @throws DecodeError */
export function decodeOnchainFees(reply: unknown): OnchainFees {
  const { onchain_fee_estimates: found } = decode(object({ onchain_fee_estimates: optional(fees) }), reply, 'feerates');
  return {
    opening: found ? satsToMsat(found.opening_channel_satoshis) : null,
    mutualClose: found ? satsToMsat(found.mutual_close_satoshis) : null,
  };
}

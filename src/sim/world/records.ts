// Which records does a node keep? Rows of forwards, moves, fees, payments and invoices, as plain data.
import type { ForwardStatus } from '../../core/forward.ts';
import type { ChannelId, Msat, NodeId, Scid } from '../../core/units.ts';

/** One row of `listforwards`, and what is needed to end it. */
export interface ForwardRow {
  readonly createdIndex: number;
  updatedIndex: number | null;
  readonly inChannelId: ChannelId;
  readonly outChannelId: ChannelId | null;
  readonly inChannel: Scid;
  readonly inHtlcId: number;
  /** As requested on local failures, where it may name any channel. */
  readonly outChannel: Scid | null;
  readonly outHtlcId: number | null;
  readonly inMsat: Msat;
  readonly outMsat: Msat | null;
  readonly feeMsat: Msat | null;
  status: ForwardStatus;
  failcode: number | null;
  /** Unix seconds with six decimals. */
  readonly receivedAt: number;
  resolvedAt: number | null;
  readonly payment: number;
  readonly expiry: number;
  /** created_index of the incoming HTLC; the outgoing one has the next. */
  readonly htlcIndex: number;
  /** updated_index of the incoming HTLC; the outgoing one has the one before. */
  htlcUpdated: number | null;
}

export type ChannelMoveTag = 'pushed' | 'routed' | 'invoice';
export type ChainMoveTag =
  'deposit' | 'withdrawal' | 'channel_open' | 'channel_close' | 'delayed_to_us' | 'to_wallet' | 'anchor' | 'to_them';

/** A channel id, or one of bookkeeper's own accounts. */
export type Account = ChannelId | 'wallet' | 'external';

export interface ChannelMove {
  readonly index: number;
  readonly account: ChannelId;
  readonly tag: ChannelMoveTag;
  readonly credit: Msat;
  readonly debit: Msat;
  readonly fees: Msat;
  readonly time: number;
  readonly payment: number | null;
  readonly partId: number | null;
  readonly rebalance: boolean;
}

export interface ChainMove {
  readonly index: number;
  readonly account: Account;
  readonly tag: ChainMoveTag;
  readonly extraTags: readonly string[];
  readonly credit: Msat;
  readonly debit: Msat;
  readonly time: number;
  readonly utxo: string;
  readonly outputMsat: Msat;
  readonly blockheight: number;
  readonly spendingTxid: string | null;
  readonly peerId: NodeId | null;
  readonly origin: Account | null;
  readonly outputCount: number | null;
}

/** bookkeeper's own reckoning of who paid a transaction's fee. */
export interface OnchainFee {
  readonly account: Account;
  readonly txid: string;
  readonly credit: Msat;
  readonly debit: Msat;
  readonly time: number;
}

export interface WalletOutput {
  readonly txid: string;
  readonly vout: number;
  readonly amount: Msat;
  readonly addressNumber: number;
  blockheight: number | null;
  spentBy: string | null;
}

/** Our own payment that has ended; parts are not modelled. */
export interface Payment {
  readonly createdIndex: number;
  readonly payment: number;
  readonly description: string;
  readonly destination: NodeId;
  readonly amount: Msat;
  readonly sent: Msat;
  readonly time: number;
  readonly outChannelId: ChannelId;
  readonly inChannelId: ChannelId | null;
  readonly htlcIndex: number;
  readonly expiry: number;
  readonly outHtlcId: number;
  readonly inHtlcId: number | null;
}

export interface Invoice {
  readonly label: string;
  readonly description: string;
  /** Null for any amount. */
  readonly amount: Msat | null;
  /** Null where the payee chose the preimage. */
  readonly payment: number | null;
  readonly paymentHash: string;
  readonly preimage: string;
  readonly secret: string;
  readonly bolt11: string;
  readonly expiresAt: number;
  readonly createdIndex: number;
  updatedIndex: number | null;
  paid: { readonly at: number; readonly index: number; readonly amount: Msat } | null;
}

export interface DatastoreEntry {
  readonly key: readonly string[];
  readonly hex: string;
  readonly generation: number;
}

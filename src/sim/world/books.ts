// Who owned what when? The node's own ledger of moves on channels and chain, and the notifications that report them.
import { ZERO_MSAT, msat } from '../../core/units.ts';
import type { ChannelId, Msat } from '../../core/units.ts';
import { paymentHashOf } from './identity.ts';
import type { Sim } from './sim.ts';
import { wire } from './sim.ts';
import type { Account, ChainMove, ChainMoveTag, ChannelMove, ChannelMoveTag, OnchainFee } from './records.ts';

/** regtest's name for its coin (BIP 173). */
export const CURRENCY = 'bcrt';

/** A signed amount as both ledgers have it: one side is 0. */
const sidesOf = (amount: bigint): { readonly credit: Msat; readonly debit: Msat } => ({
  credit: amount > 0n ? msat(amount) : ZERO_MSAT,
  debit: amount < 0n ? msat(-amount) : ZERO_MSAT,
});

interface ChannelEntry {
  readonly account: ChannelId;
  readonly tag: ChannelMoveTag;
  /** Positive: to us. */
  readonly amount: bigint;
  readonly fees?: Msat;
  readonly payment?: number;
  readonly partId?: number;
  readonly rebalance?: boolean;
}

export function recordChannelMove(sim: Sim, entry: ChannelEntry): void {
  const move: ChannelMove = {
    index: sim.bump('channelmoves', 'created', () => ({ account: entry.account })),
    account: entry.account,
    tag: entry.tag,
    ...sidesOf(entry.amount),
    fees: entry.fees ?? ZERO_MSAT,
    time: sim.seconds(),
    payment: entry.payment ?? null,
    partId: entry.partId ?? null,
    rebalance: entry.rebalance ?? false,
  };
  sim.state.channelMoves.push(move);
  sim.notify('coin_movement', () => ({
    ...movementHead(sim, 'channel_mvt'),
    ...channelMoveFields(sim.seed, move, { extra_tags: [] }),
  }));
}

interface ChainEntry {
  readonly account: Account;
  readonly tag: ChainMoveTag;
  /** Positive: to the account. */
  readonly amount: bigint;
  readonly utxo: string;
  readonly outputMsat: Msat;
  readonly extraTags?: readonly string[];
  readonly spendingTxid?: string;
  readonly peerId?: ChainMove['peerId'];
  readonly origin?: Account;
  readonly outputCount?: number;
  readonly blockheight?: number;
}

export function recordChainMove(sim: Sim, entry: ChainEntry): void {
  const move: ChainMove = {
    index: sim.bump('chainmoves', 'created', () => ({ account: entry.account })),
    account: entry.account,
    tag: entry.tag,
    extraTags: entry.extraTags ?? [],
    ...sidesOf(entry.amount),
    time: sim.seconds(),
    utxo: entry.utxo,
    outputMsat: entry.outputMsat,
    blockheight: entry.blockheight ?? sim.state.height,
    spendingTxid: entry.spendingTxid ?? null,
    peerId: entry.peerId ?? null,
    origin: entry.origin ?? null,
    outputCount: entry.outputCount ?? null,
  };
  sim.state.chainMoves.push(move);
  sim.notify('coin_movement', () => ({ ...movementHead(sim, 'chain_mvt'), ...chainMoveFields(move) }));
}

/** bookkeeper's view of a fee, by default of this second; a positive amount is a fee paid (a credit, in its terms). */
export function recordOnchainFee(sim: Sim, account: Account, txid: string, amount: bigint, time = sim.seconds()): void {
  if (amount === 0n) return;
  const fee: OnchainFee = {
    account,
    txid,
    ...sidesOf(amount),
    time,
  };
  sim.state.onchainFees.push(fee);
}

const movementHead = (sim: Sim, type: string) => ({
  version: 2,
  coin_type: CURRENCY,
  node_id: sim.state.nodeId,
  type,
});

/** What moves on channels and on chain have in common. */
const commonFields = (move: ChannelMove | ChainMove) => ({
  created_index: move.index,
  account_id: move.account,
  credit_msat: wire(move.credit),
  debit_msat: wire(move.debit),
  timestamp: move.time,
  primary_tag: move.tag,
});

/** A move as listchannelmoves and coin_movement print it. */
export const channelMoveFields = (seed: number, move: ChannelMove, extra: object = {}) => ({
  ...commonFields(move),
  ...extra,
  ...(move.payment === null ? {} : { payment_hash: paymentHashOf(seed, move.payment) }),
  ...(move.partId === null ? {} : { part_id: move.partId, group_id: 1 }),
  fees_msat: wire(move.fees),
});

/** A move as listchainmoves and coin_movement print it. */
export const chainMoveFields = (move: ChainMove) => ({
  ...commonFields(move),
  extra_tags: move.extraTags,
  utxo: move.utxo,
  ...(move.spendingTxid === null ? {} : { spending_txid: move.spendingTxid }),
  ...(move.peerId === null ? {} : { peer_id: move.peerId }),
  ...(move.origin === null ? {} : { originating_account: move.origin }),
  output_msat: wire(move.outputMsat),
  ...(move.outputCount === null ? {} : { output_count: move.outputCount }),
  blockheight: move.blockheight,
});

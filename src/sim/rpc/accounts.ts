// What does bookkeeper make of the moves? Events, balances, income and the figures of a channel, all derived.
import { ZERO_MSAT, addMsat, msat, subMsat } from '../../core/units.ts';
import type { Msat } from '../../core/units.ts';
import { CURRENCY } from '../world/books.ts';
import { paymentHashOf } from '../world/identity.ts';
import type { Sim } from '../world/sim.ts';
import { wire } from '../world/sim.ts';
import type { Account, ChainMove, ChannelMove, OnchainFee } from '../world/records.ts';

/** One line of the books, whatever ledger it came from. */
export type Entry =
  | { readonly kind: 'chain'; readonly move: ChainMove }
  | { readonly kind: 'channel'; readonly move: ChannelMove }
  | { readonly kind: 'onchain_fee'; readonly move: OnchainFee };

/** All lines that `wanted` names, by time; of the same second chain first, then channel, then fees. */
export function entries(sim: Sim, wanted: (account: Account) => boolean = () => true): Entry[] {
  const { chainMoves, channelMoves, onchainFees } = sim.state;
  const list: Entry[] = [];
  for (const move of chainMoves) if (wanted(move.account)) list.push({ kind: 'chain', move });
  for (const move of channelMoves) if (wanted(move.account)) list.push({ kind: 'channel', move });
  for (const move of onchainFees) if (wanted(move.account)) list.push({ kind: 'onchain_fee', move });
  return list.sort((a, b) => a.move.time - b.move.time);
}

/** Accounts in the order in which they came up. */
export function accounts(sim: Sim): Account[] {
  const found = new Set<Account>(sim.state.chainMoves.map((move) => move.account));
  return [...found].sort((a, b) => Number(a === 'wallet') - Number(b === 'wallet'));
}

/** A line as bkpr-listaccountevents prints it. */
export function printEntry(sim: Sim, entry: Entry): object {
  const { move } = entry;
  const head = {
    account: move.account,
    ...(entry.kind === 'chain' && entry.move.origin !== null ? { origin: entry.move.origin } : {}),
    type: entry.kind,
    tag: entry.kind === 'onchain_fee' ? 'onchain_fee' : entry.move.tag,
    credit_msat: wire(move.credit),
    debit_msat: wire(move.debit),
  };
  if (entry.kind === 'onchain_fee') return { ...head, currency: CURRENCY, timestamp: move.time, txid: entry.move.txid };
  if (entry.kind === 'chain')
    return {
      ...head,
      currency: CURRENCY,
      outpoint: entry.move.utxo,
      ...(entry.move.spendingTxid === null ? {} : { txid: entry.move.spendingTxid }),
      timestamp: move.time,
      blockheight: entry.move.blockheight,
    };
  const { payment, fees, rebalance } = entry.move;
  return {
    ...head,
    ...(fees > 0n ? { fees_msat: wire(fees) } : {}),
    currency: CURRENCY,
    ...(payment === null
      ? {}
      : { payment_id: paymentHashOf(sim.seed, payment), part_id: 0, ...describe(sim, payment) }),
    timestamp: move.time,
    is_rebalance: rebalance,
  };
}

/** The description of our own payment, where it has one. */
function describe(sim: Sim, payment: number): object {
  const own = sim.state.payments.find((row) => row.payment === payment);
  return own && own.description !== '' ? { description: own.description } : {};
}

/** What the books say an account holds: fees are no moves of their own there. */
export function balanceOf(lines: readonly Entry[]): Msat {
  let balance = ZERO_MSAT;
  for (const { kind, move } of lines)
    if (kind !== 'onchain_fee') balance = addMsat(balance, subMsat(move.credit, move.debit));
  return balance;
}

/** Our own net fee per account and transaction, in order of time. */
export function netFees(fees: readonly OnchainFee[]): OnchainFee[] {
  const nets = new Map<string, OnchainFee>();
  for (const fee of fees) {
    const key = `${fee.account}/${fee.txid}`;
    const known = nets.get(key);
    const credit = addMsat(known?.credit ?? ZERO_MSAT, fee.credit);
    const debit = addMsat(known?.debit ?? ZERO_MSAT, fee.debit);
    nets.set(key, { ...fee, credit, debit });
  }
  return [...nets.values()]
    .map((fee) => ({ ...fee, credit: msat(fee.credit - fee.debit), debit: ZERO_MSAT }))
    .filter((fee) => fee.credit !== 0n);
}

interface Income {
  readonly tag: string;
  readonly credit: Msat;
  readonly debit: Msat;
  readonly extra?: object;
}

/** What a line means for the income statement; null when it only moves our own money about. */
export function incomeOf(sim: Sim, entry: Entry, ownTransactions: ReadonlySet<string>): Income[] {
  if (entry.kind === 'onchain_fee') {
    const { credit, debit, txid } = entry.move;
    return [{ tag: 'onchain_fee', credit: debit, debit: credit, extra: { txid } }];
  }
  const { credit, debit, tag } = entry.move;
  if (entry.kind === 'chain') {
    const [txid] = entry.move.utxo.split(':');
    const fromOutside = tag === 'deposit' && entry.move.account === 'wallet' && !ownTransactions.has(txid ?? '');
    return fromOutside ? [{ tag, credit, debit, extra: { outpoint: entry.move.utxo } }] : [];
  }
  const { fees, payment, rebalance } = entry.move;
  const extra = payment === null ? {} : { ...describe(sim, payment), payment_id: paymentHashOf(sim.seed, payment) };
  // The fee of a forward stands on both sides of it; it is earned by the exit.
  if (tag === 'routed') return debit > 0n ? [{ tag, credit: fees, debit: ZERO_MSAT, extra }] : [];
  if (tag === 'pushed') return [{ tag, credit, debit }];
  if (rebalance) return debit > 0n && fees > 0n ? [{ tag: 'rebalance_fee', credit, debit: fees, extra }] : [];
  const spent = debit > 0n ? subMsat(debit, fees) : ZERO_MSAT;
  const feeLine = debit > 0n && fees > 0n ? [{ tag: 'invoice_fee', credit: ZERO_MSAT, debit: fees, extra }] : [];
  return [{ tag, credit, debit: spent, extra }, ...feeLine];
}

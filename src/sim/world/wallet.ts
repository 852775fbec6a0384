// What is in the node's on-chain wallet? Outputs, what they were spent for, and what a transaction costs.
import { msat, negMsat, satsToMsat, subMsat, sumMsat } from '../../core/units.ts';
import type { Msat } from '../../core/units.ts';
import { recordChainMove, recordOnchainFee } from './books.ts';
import type { Sim } from './sim.ts';
import type { WalletOutput } from './records.ts';

/** Satoshi per kiloweight: lightningd's floor, which is what a quiet regtest asks for. */
export const FEERATE_PER_KW = 253;
/** Anchor channels keep at least 5 sat per vbyte in their commitment transaction. */
export const COMMITMENT_FEERATE_PER_KW = 1255;
/** Transaction weights that yield the fees recorded at 253 per kiloweight: 166, 195 and 134 sats. */
const WEIGHTS = { funding: 656, mutualClose: 770, sweep: 530, splice: 980 } as const;

export const onchainFee = (kind: keyof typeof WEIGHTS): Msat =>
  satsToMsat(Math.ceil((WEIGHTS[kind] * FEERATE_PER_KW) / 1000));

/** Money from outside into the wallet, confirmed in the current block. */
export function deposit(sim: Sim, amount: Msat, txid = sim.newTxid(), vout = 0): void {
  addOutput(sim, txid, vout, amount);
  recordChainMove(sim, { account: 'wallet', tag: 'deposit', amount, utxo: `${txid}:${vout}`, outputMsat: amount });
}

function addOutput(sim: Sim, txid: string, vout: number, amount: Msat): void {
  sim.state.wallet.push({
    txid,
    vout,
    amount,
    addressNumber: sim.state.counters.address++,
    blockheight: sim.state.height,
    spentBy: null,
  });
}

/** Unspent outputs. */
const unspent = (sim: Sim): WalletOutput[] => sim.state.wallet.filter((output) => output.spentBy === null);
export const walletBalance = (sim: Sim): Msat => sumMsat(unspent(sim).map((output) => output.amount));

/**
 * Spends from the wallet into a transaction: `into` goes to a channel, the fee to the miner, the rest comes back as
 * output 1. Books the wallet's side; false when the money is not there.
 */
export function spend(sim: Sim, txid: string, into: Msat, fee: Msat): boolean {
  const inputs: WalletOutput[] = [];
  let gathered = 0n;
  for (const output of unspent(sim)) {
    if (gathered >= into + fee) break;
    inputs.push(output);
    gathered += output.amount;
  }
  if (gathered < into + fee) return false;
  for (const input of inputs) {
    input.spentBy = txid;
    recordChainMove(sim, {
      account: 'wallet',
      tag: 'withdrawal',
      amount: negMsat(input.amount),
      utxo: `${input.txid}:${input.vout}`,
      outputMsat: input.amount,
      spendingTxid: txid,
    });
  }
  const change = subMsat(msat(gathered), msat(into + fee));
  if (change > 0n) deposit(sim, change, txid, 1);
  // bookkeeper first takes all that left for a fee, then finds the channel's output and takes it back.
  recordOnchainFee(sim, 'wallet', txid, into + fee);
  recordOnchainFee(sim, 'wallet', txid, -(into + fee));
  return true;
}

// How does a channel change its size? A splice gives it a new funding transaction and scid, and keeps its id.
import { addMsat, negMsat, scid, subMsat } from '../../core/units.ts';
import type { Msat } from '../../core/units.ts';
import { recordChainMove, recordOnchainFee } from './books.ts';
import { changeState, utxoOf } from './channel-life.ts';
import { maxHtlc, spendable } from './liquidity.ts';
import type { Sim } from './sim.ts';
import type { Channel } from './state.ts';
import { deposit, onchainFee, spend } from './wallet.ts';

/** Puts money in from the wallet, or takes it out (a negative change). False when it is not there. */
export function spliceChannel(sim: Sim, channel: Channel, change: Msat): boolean {
  const txid = sim.newTxid();
  const feeMsat = onchainFee('splice');
  if (change > 0n ? !spend(sim, txid, change, feeMsat) : negMsat(change) + feeMsat > spendable(channel)) return false;
  channel.splice = { txid, change, feeMsat, startedHeight: sim.state.height };
  changeState(sim, channel, 'CHANNELD_AWAITING_SPLICE', 'user', 'Splice initiated');
  return true;
}

/** The splice is in a block: new funding, new scid, same channel id. */
export function spliceLocked(sim: Sim, channel: Channel, txPosition: number): void {
  const { splice } = channel;
  if (!splice) return;
  const before = channel.toUs;
  const into = splice.change > 0n;
  recordChainMove(sim, {
    account: channel.id,
    tag: 'channel_close',
    extraTags: ['splice'],
    amount: negMsat(before),
    utxo: utxoOf(channel),
    outputMsat: channel.capacity,
    spendingTxid: splice.txid,
    outputCount: 2,
  });
  const change = into ? splice.change : subMsat(splice.change, splice.feeMsat);
  channel.toUs = addMsat(channel.toUs, change);
  channel.capacity = addMsat(channel.capacity, change);
  channel.minToUs = channel.toUs < channel.minToUs ? channel.toUs : channel.minToUs;
  channel.maxToUs = channel.toUs > channel.maxToUs ? channel.toUs : channel.maxToUs;
  channel.policy = { ...channel.policy, htlcMax: maxHtlc(channel) };
  channel.remote = { ...channel.remote, htlcMax: maxHtlc(channel) };
  channel.fundingTxid = splice.txid;
  channel.scid = scid(`${sim.state.height}x${txPosition}x${channel.fundingOutnum}`);
  channel.splice = null;
  if (!into) deposit(sim, negMsat(splice.change), splice.txid, 1);
  recordChainMove(sim, {
    account: channel.id,
    tag: 'channel_open',
    extraTags: ['opener'],
    amount: channel.toUs,
    utxo: utxoOf(channel),
    outputMsat: channel.capacity,
    peerId: channel.peerId,
  });
  recordOnchainFee(sim, channel.id, splice.txid, splice.feeMsat);
  changeState(sim, channel, 'CHANNELD_NORMAL', 'user', 'Splice locked');
}

// How does a channel begin, change its funding and end? The states it goes through and what each does to the books.
import { ZERO_MSAT, addMsat, msat, negMsat, scid, subMsat } from '../../core/units.ts';
import type { Msat, NodeId } from '../../core/units.ts';
import { recordChainMove, recordChannelMove, recordOnchainFee } from './books.ts';
import { resolveForward } from './forwarding.ts';
import { channelIdOf, makeAlias } from './identity.ts';
import { commitmentFee, maxHtlc } from './liquidity.ts';
import type { Sim } from './sim.ts';
import { wire } from './sim.ts';
import type { Cause, Channel, ChannelState, Closing, Policy, Side, Traffic } from './state.ts';
import { COMMITMENT_FEERATE_PER_KW, deposit, onchainFee, spend } from './wallet.ts';

export interface Opening {
  readonly peerId: NodeId;
  readonly opener: Side;
  readonly capacity: Msat;
  /** From the opener to the other side. */
  readonly pushed: Msat;
  /** Of the capacity, what the peer brings into a channel that we open (v2). */
  readonly theirs: Msat;
  readonly private: boolean;
  readonly feePpm: number;
  readonly remoteFeePpm: number;
}

/** lightningd's default fee-base, and its cltv-delta on regtest. */
const BASE_MSAT = msat(1000n);
export const CLTV_DELTA = 6;
/** BOLT 3: what each anchor holds. */
const ANCHOR = msat(330_000n);
const MSAT_PER_SAT = 1000n;

const noTraffic = (): Traffic => ({ offered: 0, offeredMsat: ZERO_MSAT, fulfilled: 0, fulfilledMsat: ZERO_MSAT });
const floorToSat = (amount: Msat): Msat => msat(amount - (amount % MSAT_PER_SAT));

/** Funds a channel; it locks in when its transaction has confirmed. Null when the wallet cannot pay. */
export function openChannel(sim: Sim, opening: Opening): Channel | null {
  const txid = sim.newTxid();
  const ours = opening.opener === 'local';
  if (ours && !spend(sim, txid, subMsat(opening.capacity, opening.theirs), onchainFee('funding'))) return null;
  const toOpener = subMsat(subMsat(opening.capacity, opening.theirs), opening.pushed);
  const toUs = ours ? toOpener : opening.pushed;
  const policy = (feePpm: number): Policy => ({
    baseMsat: BASE_MSAT,
    ppm: feePpm,
    htlcMin: ZERO_MSAT,
    htlcMax: maxHtlc(opening),
    cltvDelta: CLTV_DELTA,
  });
  const channel: Channel = {
    id: channelIdOf(txid),
    peerId: opening.peerId,
    opener: opening.opener,
    private: opening.private,
    localAlias: makeAlias(sim.random),
    remoteAlias: makeAlias(sim.random),
    pushed: opening.pushed,
    theirs: opening.theirs,
    openedAtMs: sim.state.now,
    openedHeight: sim.state.height,
    closeAddress: sim.state.counters.address++,
    fundingTxid: txid,
    fundingOutnum: 0,
    scid: null,
    state: 'CHANNELD_AWAITING_LOCKIN',
    closer: null,
    closeCause: 'unknown',
    capacity: opening.capacity,
    toUs,
    toThem: subMsat(opening.capacity, toUs),
    minToUs: toUs,
    maxToUs: toUs,
    policy: policy(opening.feePpm),
    previous: null,
    remote: policy(opening.remoteFeePpm),
    ignoreFeeLimits: true,
    feeratePerKw: COMMITMENT_FEERATE_PER_KW,
    htlcs: [],
    nextHtlcId: { in: 0, out: 0 },
    in: noTraffic(),
    out: noTraffic(),
    commitments: 1,
    stateChanges: [],
    status: ['CHANNELD_AWAITING_LOCKIN:Funding needs 1 more confirmations to be ready.'],
    closing: null,
    splice: null,
  };
  sim.state.channels.set(channel.id, channel);
  if (!ours)
    sim.notify('channel_opened', () => ({
      id: channel.peerId,
      funding_msat: wire(channel.capacity),
      funding_txid: txid,
      channel_ready: false,
    }));
  notifyState(sim, channel, null, opening.opener === 'local' ? 'user' : 'remote', null);
  return channel;
}

/** The funding is in a block: the scid is known, the books begin, the channel can be used. */
export function lockIn(sim: Sim, channel: Channel, txPosition: number): void {
  channel.scid = scid(`${sim.state.height}x${txPosition}x${channel.fundingOutnum}`);
  const ours = channel.opener === 'local';
  recordChainMove(sim, {
    account: channel.id,
    tag: 'channel_open',
    amount: ours ? subMsat(channel.capacity, channel.theirs) : 0n,
    utxo: utxoOf(channel),
    outputMsat: channel.capacity,
    extraTags: ours ? ['opener'] : [],
    peerId: channel.peerId,
  });
  if (channel.pushed > 0n)
    recordChannelMove(sim, {
      account: channel.id,
      tag: 'pushed',
      amount: ours ? negMsat(channel.pushed) : channel.pushed,
    });
  if (ours) recordOnchainFee(sim, channel.id, channel.fundingTxid, onchainFee('funding'));
  changeState(sim, channel, 'CHANNELD_NORMAL', ours ? 'user' : 'remote', 'Lockin complete');
  channel.status = ['CHANNELD_NORMAL:Channel ready for use.'];
}

/** Begins a close. A mutual one waits for its HTLCs by failing them: senders see a temporary failure. */
export function closeChannel(sim: Sim, channel: Channel, how: 'mutual' | 'unilateral', closer: Side = 'local'): void {
  for (const row of [...sim.state.forwards.offered.values()])
    if (row.inChannelId === channel.id || row.outChannelId === channel.id) resolveForward(sim, row, 'failed');
  const cause: Cause = closer === 'local' ? 'user' : 'remote';
  channel.closer = closer;
  channel.splice = null;
  channel.closeCause = cause;
  channel.closing = {
    how,
    txid: sim.newTxid(),
    startedHeight: sim.state.height,
    spentHeight: null,
    resolvedHeight: null,
  };
  changeState(sim, channel, 'CHANNELD_SHUTTING_DOWN', cause, 'User or plugin invoked close command');
  if (how === 'mutual') {
    changeState(sim, channel, 'CLOSINGD_SIGEXCHANGE', cause, 'Start closingd');
    changeState(sim, channel, 'CLOSINGD_COMPLETE', cause, 'Closing complete');
    const sats = onchainFee('mutualClose') / MSAT_PER_SAT;
    channel.status = [
      `CLOSINGD_SIGEXCHANGE:We agreed on a closing fee of ${sats.toString()} satoshi for tx:${channel.closing.txid}`,
    ];
  } else {
    changeState(sim, channel, 'AWAITING_UNILATERAL', cause, 'Forcibly closed by `close` command timeout');
    channel.status = [];
  }
}

/** The closing transaction is in a block: what is ours leaves the channel's account. */
export function closingSpent(sim: Sim, channel: Channel): void {
  const { closing } = channel;
  if (!closing) return;
  closing.spentHeight = sim.state.height;
  changeState(sim, channel, 'FUNDING_SPEND_SEEN', channel.closeCause, 'Onchain funding spend');
  changeState(sim, channel, 'ONCHAIN', channel.closeCause, 'Onchain init reply');
  const mutual = closing.how === 'mutual';
  const fee = mutual ? onchainFee('mutualClose') : addMsat(commitmentFee(channel), msat(2n * ANCHOR));
  const ourFee = channel.opener === 'local' ? fee : ZERO_MSAT;
  const theirFee = channel.opener === 'remote' ? fee : ZERO_MSAT;
  const ours = output(channel.toUs, ourFee);
  const theirs = output(channel.toThem, theirFee);
  if (mutual && ours > 0n) deposit(sim, ours, closing.txid, 1);
  recordChainMove(sim, {
    account: channel.id,
    tag: 'channel_close',
    amount: negMsat(channel.toUs),
    utxo: utxoOf(channel),
    outputMsat: channel.capacity,
    spendingTxid: closing.txid,
    outputCount: (ours > 0n ? 1 : 0) + (theirs > 0n ? 1 : 0) + (mutual ? 0 : 2),
  });
  const external = (tag: 'anchor' | 'to_them', vout: number, amount: Msat) => {
    const utxo = `${closing.txid}:${vout}`;
    recordChainMove(sim, { account: 'external', tag, amount, utxo, outputMsat: amount, origin: channel.id });
  };
  if (!mutual) {
    external('anchor', 0, ANCHOR);
    external('anchor', 1, ANCHOR);
  }
  if (theirs > 0n) external('to_them', mutual ? 0 : 3, theirs);
  channel.status.push(`ONCHAIN:Tracking ${mutual ? 'mutual close transaction' : 'our own unilateral close'}`);
  if (mutual || ours === 0n) resolved(sim, channel, closing, ours);
}

/** The delay of a unilateral close is over: our output is swept into the wallet. */
export function sweepDelayed(sim: Sim, channel: Channel): void {
  const { closing } = channel;
  if (!closing) return;
  const amount = output(
    channel.toUs,
    channel.opener === 'local' ? addMsat(commitmentFee(channel), msat(2n * ANCHOR)) : ZERO_MSAT,
  );
  const utxo = `${closing.txid}:2`;
  const sweep = sim.newTxid();
  const swept = subMsat(amount, onchainFee('sweep'));
  if (swept > 0n) {
    deposit(sim, swept, sweep, 0);
    const blockheight = closing.spentHeight ?? sim.state.height;
    recordChainMove(sim, { account: channel.id, tag: 'delayed_to_us', amount, utxo, outputMsat: amount, blockheight });
    const spent = { utxo, outputMsat: amount, spendingTxid: sweep };
    recordChainMove(sim, { account: channel.id, tag: 'to_wallet', amount: negMsat(amount), ...spent });
    recordOnchainFee(sim, channel.id, sweep, onchainFee('sweep'));
  }
  resolved(sim, channel, closing, swept > 0n ? amount : ZERO_MSAT);
}

/** All is home: only now does bookkeeper reckon what of our balance did not come out of the close, as of its second. */
function resolved(sim: Sim, channel: Channel, closing: Closing, home: Msat): void {
  closing.resolvedHeight = sim.state.height;
  const close = sim.state.chainMoves.findLast(({ spendingTxid }) => spendingTxid === closing.txid);
  recordOnchainFee(sim, channel.id, closing.txid, channel.toUs - home, close?.time);
  channel.status.push('ONCHAIN:All outputs resolved: waiting 100 more blocks before forgetting channel');
}

/** The channel leaves listpeerchannels for listclosedchannels. */
export function forgetChannel(sim: Sim, channel: Channel): void {
  changeState(sim, channel, 'CLOSED', 'unknown', null);
  sim.state.channels.delete(channel.id);
  sim.state.closed.push(channel);
}

export const utxoOf = (channel: Channel): string => `${channel.fundingTxid}:${channel.fundingOutnum}`;
/** What is left after the fee, whole sats; nothing when the fee eats it. */
const output = (balance: Msat, fee: Msat): Msat => (balance > fee ? floorToSat(subMsat(balance, fee)) : ZERO_MSAT);

export function changeState(sim: Sim, channel: Channel, to: ChannelState, cause: Cause, message: string | null): void {
  const old = channel.state;
  channel.state = to;
  channel.stateChanges.push({ atMs: sim.state.now, old, new: to, cause, message });
  notifyState(sim, channel, old, cause, message);
}

function notifyState(sim: Sim, channel: Channel, old: ChannelState | null, cause: Cause, message: string | null): void {
  sim.notify('channel_state_changed', () => ({
    peer_id: channel.peerId,
    channel_id: channel.id,
    ...(channel.scid === null ? {} : { short_channel_id: channel.scid }),
    timestamp: new Date(sim.state.now).toISOString(),
    ...(old === null ? {} : { old_state: old }),
    new_state: channel.state,
    cause,
    ...(message === null ? {} : { message }),
  }));
}

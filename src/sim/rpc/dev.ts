// dev-sim-*: what only a simulated node can be told: forward this, close that, cut a peer off.
import { ZERO_MSAT, addMsat, satsToMsat } from '../../core/units.ts';
import type { ForwardStatus } from '../../core/forward.ts';
import type { Scid } from '../../core/units.ts';
import { BadToken, GENERIC, SimError, optional, required, withDefault } from '../method.ts';
import type { SimMethod } from '../method.ts';
import { CLTV_DELTA, closeChannel, openChannel } from '../world/channel-life.ts';
import { FAILURES, forwardKey, indexedForward } from '../world/forward-log.ts';
import { canAddHtlc, canReceive, findByScid, receiveForward, resolveForward } from '../world/forwarding.ts';
import { feeOf, spendable } from '../world/liquidity.ts';
import { pay, receive, sendpayFields } from '../world/payments.ts';
import { mineBlock } from '../world/chain.ts';
import { addPeer, setConnected } from '../world/peers.ts';
import { spliceChannel } from '../world/splice.ts';
import type { Sim } from '../world/sim.ts';
import { wire } from '../world/sim.ts';
import type { Channel } from '../world/state.ts';
import { setTraffic } from '../world/traffic.ts';
import { define } from './define.ts';
import { amount, bool, integer, oneOf, peerId, scidParam, text, u32, u64 } from './params.ts';

export const devMethods = (sim: Sim): SimMethod[] => [
  forward(sim),
  resolve(sim),
  traffic(sim),
  connect(sim),
  open(sim),
  close(sim),
  splice(sim),
  mine(sim),
  ownPayment(sim),
];

const OUTCOMES = ['settled', 'failed', 'local_failed', 'offered'] as const;
const outcome = oneOf(OUTCOMES, `should be one of ${OUTCOMES.join(', ')}`);
const ended = oneOf(['settled', 'failed', 'local_failed'], 'should be one of settled, failed, local_failed');
/** The fee rates that both sides of a channel start with unless told. */
const DEFAULT_PPM = 100;
/** What a short onion leaves of the blocks it owes us. */
const SHORT_CLTV = 1;

function channelAt(sim: Sim, scid: Scid): Channel {
  const channel = findByScid(sim, scid);
  if (!channel) throw new BadToken('no channel of this node');
  return channel;
}

function usable(sim: Sim, token: unknown): Channel {
  const channel = channelAt(sim, scidParam(token));
  if (!canAddHtlc(channel)) throw new BadToken(`channel in state ${channel.state}`);
  return channel;
}

/** amount_msat is what leaves; the fee asked for by our policy is added unless the failure wanted is that it is too low. */
const forward = (sim: Sim): SimMethod =>
  define({
    name: 'dev-sim-forward',
    params: {
      in_channel: required((token) => usable(sim, token)),
      out_channel: required(scidParam),
      amount_msat: required(amount),
      outcome: withDefault(outcome, 'settled'),
      failcode: optional(integer),
    },
    run: (p) => {
      const exit = findByScid(sim, p.out_channel);
      const fee = exit ? feeOf(p.amount_msat, exit.policy.baseMsat, exit.policy.ppm) : ZERO_MSAT;
      const underpaid = p.failcode !== undefined && FAILURES[p.failcode] === 'WIRE_FEE_INSUFFICIENT';
      const late = p.failcode !== undefined && FAILURES[p.failcode] === 'WIRE_INCORRECT_CLTV_EXPIRY';
      const inMsat = underpaid ? p.amount_msat : addMsat(p.amount_msat, fee);
      if (p.outcome !== 'local_failed' && !canReceive(p.in_channel, inMsat))
        throw new SimError(GENERIC, `in_channel: the peer cannot send ${inMsat.toString()} msat by it`);
      const row = receiveForward(sim, {
        incoming: p.in_channel,
        requested: p.out_channel,
        inMsat,
        outMsat: p.amount_msat,
        cltvDelta: late ? SHORT_CLTV : CLTV_DELTA,
      });
      if (row.status === 'offered' && p.outcome !== 'offered') resolveForward(sim, row, p.outcome);
      return indexedForward(row);
    },
  });

const resolve = (sim: Sim): SimMethod =>
  define({
    name: 'dev-sim-resolve',
    params: { in_channel: required(scidParam), in_htlc_id: required(u64), outcome: required(ended) },
    run: (p) => {
      const row = sim.state.forwards.offered.get(forwardKey({ inChannel: p.in_channel, inHtlcId: p.in_htlc_id }));
      if (!row) throw new SimError(GENERIC, `no forward is in flight on ${p.in_channel} with HTLC ${p.in_htlc_id}`);
      const how: Exclude<ForwardStatus, 'offered'> = p.outcome;
      resolveForward(sim, row, how);
      return indexedForward(row);
    },
  });

const traffic = (sim: Sim): SimMethod =>
  define({
    name: 'dev-sim-traffic',
    params: { forwards_per_day: required(u32) },
    run: (p) => {
      setTraffic(sim, p.forwards_per_day);
      return { forwards_per_day: p.forwards_per_day };
    },
  });

const connect = (sim: Sim): SimMethod =>
  define({
    name: 'dev-sim-connect',
    params: {
      peer_id: required((token) => {
        const id = peerId(token);
        if (!sim.state.peers.has(id)) throw new BadToken('no peer of this node');
        return id;
      }),
      connected: required(bool),
    },
    run: (p) => {
      setConnected(sim, p.peer_id, p.connected);
      return { peer_id: p.peer_id, connected: p.connected };
    },
  });

const open = (sim: Sim): SimMethod =>
  define({
    name: 'dev-sim-channel',
    params: {
      capacity_sats: required(u32),
      push_sats: withDefault(u32, 0),
      peer_id: optional(peerId),
      private: withDefault(bool, false),
      opener: withDefault(oneOf(['local', 'remote'], "should be 'local' or 'remote'"), 'local'),
      fee_ppm: withDefault(u32, DEFAULT_PPM),
    },
    crossCheck: (p) => {
      if (p.peer_id !== undefined && !sim.state.peers.has(p.peer_id))
        throw new SimError(GENERIC, `peer_id: no peer ${p.peer_id}; leave it out for a new one`);
    },
    run: (p) => {
      const peer = p.peer_id ?? addPeer(sim, sim.state.peers.size + 1).id;
      const channel = openChannel(sim, {
        peerId: peer,
        opener: p.opener,
        capacity: satsToMsat(p.capacity_sats),
        pushed: satsToMsat(p.push_sats),
        theirs: ZERO_MSAT,
        private: p.private,
        feePpm: p.fee_ppm,
        remoteFeePpm: DEFAULT_PPM,
      });
      if (!channel) throw new SimError(GENERIC, `capacity_sats: the wallet cannot pay ${p.capacity_sats}`);
      return { channel_id: channel.id, peer_id: channel.peerId, alias: channel.localAlias, state: channel.state };
    },
  });

const close = (sim: Sim): SimMethod =>
  define({
    name: 'dev-sim-close',
    params: {
      channel: required((token) => usable(sim, token)),
      how: withDefault(oneOf(['mutual', 'unilateral'], "should be 'mutual' or 'unilateral'"), 'mutual'),
    },
    run: (p) => {
      closeChannel(sim, p.channel, p.how);
      return { channel_id: p.channel.id, state: p.channel.state };
    },
  });

const splice = (sim: Sim): SimMethod =>
  define({
    name: 'dev-sim-splice',
    params: { channel: required((token) => usable(sim, token)), amount_sats: required(signed) },
    run: (p) => {
      if (p.channel.splice) throw new SimError(GENERIC, 'channel: a splice is already under way');
      if (!spliceChannel(sim, p.channel, satsToMsat(p.amount_sats)))
        throw new SimError(GENERIC, `amount_sats: ${p.amount_sats} is not there to move`);
      return { channel_id: p.channel.id, state: p.channel.state };
    },
  });

/** Blocks at once, beside those that come by themselves: channels lock in and closes confirm without waiting. */
const mine = (sim: Sim): SimMethod =>
  define({
    name: 'dev-sim-mine',
    params: { blocks: withDefault(u32, 1) },
    run: (p) => {
      for (let i = 0; i < p.blocks; i++) mineBlock(sim);
      return { blockheight: sim.state.height };
    },
  });

function signed(token: unknown): number {
  const value = Number(text(token));
  if (!Number.isSafeInteger(value) || value === 0) throw new BadToken('should be an integer other than 0');
  return value;
}

/** Our own payment: out to someone, in from someone, or out and in again, which is a rebalance. */
const ownPayment = (sim: Sim): SimMethod =>
  define({
    name: 'dev-sim-pay',
    params: {
      amount_msat: required(amount),
      out_channel: optional((token) => usable(sim, token)),
      in_channel: optional((token) => usable(sim, token)),
      fee_msat: withDefault(amount, ZERO_MSAT),
      description: withDefault(text, ''),
    },
    run: (p) => {
      if (p.in_channel && !canReceive(p.in_channel, p.amount_msat))
        throw new SimError(GENERIC, `in_channel: the peer cannot send ${p.amount_msat.toString()} msat by it`);
      if (p.out_channel) {
        if (addMsat(p.amount_msat, p.fee_msat) > spendable(p.out_channel))
          throw new SimError(
            GENERIC,
            `out_channel: only ${spendable(p.out_channel).toString()} msat can be sent by it`,
          );
        const sending = { amount: p.amount_msat, fee: p.fee_msat, description: p.description };
        return sendpayFields(sim, pay(sim, { out: p.out_channel, back: p.in_channel ?? null, ...sending }));
      }
      if (!p.in_channel) throw new SimError(GENERIC, 'expected out_channel, in_channel or both');
      receive(sim, p.in_channel, p.amount_msat);
      return { amount_msat: wire(p.amount_msat) };
    },
  });

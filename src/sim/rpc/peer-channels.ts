// listpeerchannels: every channel that is not forgotten yet, in all its detail.
import { subMsat, msat } from '../../core/units.ts';
import { INVALID_PARAMS, SimError, onlyIf, optional } from '../method.ts';
import type { SimMethod } from '../method.ts';
import { findByScid } from '../world/forwarding.ts';
import { hash32, makeAddress, paymentHashOf } from '../world/identity.ts';
import { DUST_LIMIT, commitmentFee, receivable, reserveOf, spendable } from '../world/liquidity.ts';
import type { Sim } from '../world/sim.ts';
import { wire } from '../world/sim.ts';
import type { Channel, Peer, Policy, Traffic } from '../world/state.ts';
import { MAX_TOTAL_HTLC_GONE, SINCE, versionNumber } from '../world/versions.ts';
import { define } from './define.ts';
import { channelIdText, peerId, scidParam } from './params.ts';

/** No limit, as lightningd stores it. */
const UNLIMITED = 2n ** 64n - 1n;
/** regtest's to_self_delay, BOLT 2's most HTLCs. */
const TO_SELF_DELAY = 6;
const MAX_HTLCS = 483;
/** A connection counts as stable after a minute. */
const STABLE_SECONDS = 60;
/** The smallest PSBT there is: what it says is nobody's business here. */
const PSBT = 'cHNidP8BAAoCAAAAAAAAAAAAAA==';

export function peerChannelMethods(sim: Sim): SimMethod[] {
  const version = versionNumber(sim.state.config.version);
  const params = {
    id: optional(peerId),
    short_channel_id: onlyIf(version >= SINCE.scidParameter, optional(scidParam)),
    channel_id: onlyIf(version >= SINCE.channelIdParameter, optional(channelIdText)),
  };
  return [
    define({
      name: 'listpeerchannels',
      params,
      crossCheck: (p) => {
        if ([p.id, p.short_channel_id, p.channel_id].filter((value) => value !== undefined).length > 1)
          throw new SimError(INVALID_PARAMS, 'Must not specify more than one of short_channel_id, channel_id or id');
      },
      run: (p) => {
        const named = p.short_channel_id === undefined ? null : findByScid(sim, p.short_channel_id);
        const wanted = (channel: Channel): boolean =>
          (p.id === undefined || channel.peerId === p.id) &&
          (p.short_channel_id === undefined || channel === named) &&
          (p.channel_id === undefined || channel.id === p.channel_id);
        return {
          channels: byPeer(sim)
            .filter(wanted)
            .map((channel) => printChannel(sim, channel, version)),
        };
      },
    }),
  ];
}

/** lightningd lists peer by peer. */
function byPeer(sim: Sim): Channel[] {
  const all = [...sim.state.channels.values()];
  return [...sim.state.peers.keys()].flatMap((id) => all.filter((channel) => channel.peerId === id));
}

/** 0 when our key is the smaller: BOLT 7. */
export const directionOf = (sim: Sim, channel: Channel): number => (sim.state.nodeId < channel.peerId ? 0 : 1);

const printPolicy = (policy: Policy) => ({
  htlc_minimum_msat: wire(policy.htlcMin),
  htlc_maximum_msat: wire(policy.htlcMax),
  cltv_expiry_delta: policy.cltvDelta,
  fee_base_msat: wire(policy.baseMsat),
  fee_proportional_millionths: policy.ppm,
});

export const CHANNEL_TYPE = { bits: [12, 22], names: ['static_remotekey/even', 'anchors/even'] };
export const PRIVATE_TYPE = {
  bits: [12, 22, 46],
  names: ['static_remotekey/even', 'anchors/even', 'scid_alias/even'],
};

function printChannel(sim: Sim, channel: Channel, version: number): object {
  const peer = sim.state.peers.get(channel.peerId);
  const since = (first: number, fields: object): object => (version >= first ? fields : {});
  const { address, script } = makeAddress(sim.seed, channel.closeAddress);
  const reserve = wire(reserveOf(channel.capacity));
  const locked = channel.scid !== null;
  return {
    peer_id: channel.peerId,
    peer_connected: peer?.connected ?? false,
    ...since(SINCE.updates, peer?.connected ? { reestablished: channel.closing === null } : {}),
    channel_type: channel.private ? PRIVATE_TYPE : CHANNEL_TYPE,
    ...since(SINCE.ignoreFeeLimits, { ignore_fee_limits: channel.ignoreFeeLimits }),
    ...since(SINCE.updates, {
      ...(locked ? { updates: { local: printPolicy(channel.policy), remote: printPolicy(channel.remote) } } : {}),
      ...stability(sim, peer),
    }),
    state: channel.state,
    scratch_txid: channel.closing?.txid ?? hash32(sim.seed, `commitment/${channel.id}`, channel.commitments),
    last_tx_fee_msat: wire(commitmentFee(channel)),
    ...since(SINCE.updates, { lost_state: false }),
    feerate: { perkw: channel.feeratePerKw, perkb: channel.feeratePerKw * 4 },
    ...owner(channel, peer),
    ...(locked ? { short_channel_id: channel.scid } : {}),
    direction: directionOf(sim, channel),
    channel_id: channel.id,
    funding_txid: channel.fundingTxid,
    funding_outnum: channel.fundingOutnum,
    close_to_addr: address,
    close_to: script,
    private: channel.private,
    opener: channel.opener,
    ...(channel.closer === null ? {} : { closer: channel.closer }),
    alias: { local: channel.localAlias, ...(locked ? { remote: channel.remoteAlias } : {}) },
    features: ['option_static_remotekey', 'option_anchors', ...(channel.private ? ['option_scid_alias'] : [])],
    funding: printFunding(channel, version),
    to_us_msat: wire(channel.toUs),
    min_to_us_msat: wire(channel.minToUs),
    max_to_us_msat: wire(channel.maxToUs),
    total_msat: wire(channel.capacity),
    fee_base_msat: wire(channel.policy.baseMsat),
    fee_proportional_millionths: channel.policy.ppm,
    dust_limit_msat: wire(DUST_LIMIT),
    ...(version < MAX_TOTAL_HTLC_GONE ? { max_total_htlc_in_msat: UNLIMITED } : {}),
    ...since(SINCE.maxHtlcInFlight, {
      their_max_htlc_value_in_flight_msat: UNLIMITED,
      our_max_htlc_value_in_flight_msat: UNLIMITED,
    }),
    their_reserve_msat: reserve,
    our_reserve_msat: reserve,
    spendable_msat: wire(spendable(channel)),
    receivable_msat: wire(receivable(channel)),
    minimum_htlc_in_msat: 0,
    minimum_htlc_out_msat: wire(channel.policy.htlcMin),
    maximum_htlc_out_msat: wire(channel.policy.htlcMax),
    their_to_self_delay: TO_SELF_DELAY,
    our_to_self_delay: TO_SELF_DELAY,
    max_accepted_htlcs: MAX_HTLCS,
    state_changes: channel.stateChanges.map((change) => ({
      timestamp: new Date(change.atMs).toISOString(),
      ...(change.old === null ? {} : { old_state: change.old }),
      new_state: change.new,
      cause: change.cause,
      ...(change.message === null ? {} : { message: change.message }),
    })),
    status: channel.status,
    ...printTraffic('in', channel.in),
    ...printTraffic('out', channel.out),
    htlcs: channel.htlcs.map((htlc) => ({
      direction: htlc.direction,
      id: htlc.id,
      amount_msat: wire(htlc.amount),
      expiry: htlc.expiry,
      payment_hash: paymentHashOf(sim.seed, htlc.payment),
      ...(htlc.amount < DUST_LIMIT ? { local_trimmed: true } : {}),
      state: htlc.direction === 'in' ? 'RCVD_ADD_ACK_REVOCATION' : 'SENT_ADD_ACK_REVOCATION',
    })),
    ...printSplice(channel),
  };
}

function owner(channel: Channel, peer: Peer | undefined): object {
  if (channel.state === 'ONCHAIN' || channel.state === 'FUNDING_SPEND_SEEN') return { owner: 'onchaind' };
  return peer?.connected && channel.closing === null ? { owner: 'channeld' } : {};
}

function stability(sim: Sim, peer: Peer | undefined): object {
  if (!peer?.connected) return {};
  const stableAt = Math.floor(peer.connectedSinceMs / 1000) + STABLE_SECONDS;
  return sim.seconds() >= stableAt ? { last_stable_connection: stableAt } : {};
}

function printFunding(channel: Channel, version: number): object {
  const ours = channel.opener === 'local';
  return {
    local_funds_msat: ours ? wire(subMsat(channel.capacity, channel.theirs)) : 0,
    remote_funds_msat: ours ? wire(channel.theirs) : wire(channel.capacity),
    pushed_msat: wire(channel.pushed),
    ...(version >= SINCE.withheld ? { ...(ours ? { psbt: PSBT } : {}), withheld: false } : {}),
  };
}

function printSplice(channel: Channel): object {
  const { splice } = channel;
  if (!splice) return {};
  const feerate = `${channel.feeratePerKw}perkw`;
  return {
    initial_feerate: feerate,
    last_feerate: feerate,
    next_feerate: feerate,
    inflight: [
      {
        funding_txid: splice.txid,
        funding_outnum: 0,
        feerate,
        total_funding_msat: wire(msat(channel.capacity + splice.change)),
        splice_amount: Number(splice.change / 1000n),
        our_funding_msat: wire(msat(channel.toUs + splice.change)),
      },
    ],
  };
}

const printTraffic = (direction: 'in' | 'out', traffic: Traffic) => ({
  [`${direction}_payments_offered`]: traffic.offered,
  [`${direction}_offered_msat`]: wire(traffic.offeredMsat),
  [`${direction}_payments_fulfilled`]: traffic.fulfilled,
  [`${direction}_fulfilled_msat`]: wire(traffic.fulfilledMsat),
});

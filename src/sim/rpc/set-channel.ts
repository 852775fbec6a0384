// setchannel: our own fees and limits, with lightningd's clamps, warnings and refusals.
import { tryScid } from '../../core/units.ts';
import type { Msat } from '../../core/units.ts';
import { BadToken, GENERIC, SimError, onlyIf, optional, required, withDefault } from '../method.ts';
import type { SimMethod } from '../method.ts';
import { findByScid } from '../world/forwarding.ts';
import { maxHtlc } from '../world/liquidity.ts';
import type { Sim } from '../world/sim.ts';
import { wire } from '../world/sim.ts';
import type { Channel, ChannelState, Policy } from '../world/state.ts';
import { SINCE, versionNumber } from '../world/versions.ts';
import { define } from './define.ts';
import { amount, amountU32, bool, integer } from './params.ts';

/** lightningd's default grace for senders that still use the old policy. */
const ENFORCE_DELAY_SECONDS = 600;

const SETTABLE: readonly ChannelState[] = ['CHANNELD_NORMAL', 'CHANNELD_AWAITING_LOCKIN', 'CHANNELD_AWAITING_SPLICE'];
const settable = (channel: Channel): boolean => SETTABLE.includes(channel.state);

export function setChannelMethods(sim: Sim): SimMethod[] {
  const knowsLimits = versionNumber(sim.state.config.version) >= SINCE.ignoreFeeLimits;
  const params = {
    id: required((token) => findChannels(sim, token)),
    feebase: optional(amountU32),
    feeppm: optional(integer),
    htlcmin: optional(amount),
    htlcmax: optional(amount),
    enforcedelay: withDefault(integer, ENFORCE_DELAY_SECONDS),
    ignorefeelimits: onlyIf(knowsLimits, optional(bool)),
  };
  return [
    define({
      name: 'setchannel',
      params,
      crossCheck: (p) => {
        if (p.htlcmin !== undefined && p.htlcmax !== undefined && p.htlcmax < p.htlcmin)
          throw new SimError(GENERIC, 'htlcmax cannot be less than htlcmin');
      },
      run: (p) => ({
        channels: p.id.map((channel) => {
          channel.ignoreFeeLimits = p.ignorefeelimits ?? channel.ignoreFeeLimits;
          return applySettings(sim, channel, p, knowsLimits);
        }),
      }),
    }),
  ];
}

/** By "all", peer id, channel id or short channel id, in that order. @throws BadToken, SimError */
function findChannels(sim: Sim, token: unknown): Channel[] {
  const channels = [...sim.state.channels.values()];
  const word = typeof token === 'string' ? token : JSON.stringify(token);
  if (word === 'all') return channels.filter(settable);
  const ofPeer = channels.filter((channel) => channel.peerId === word);
  if (ofPeer.length > 0 || [...sim.state.peers.keys()].some((id) => id === word)) {
    const usable = ofPeer.filter(settable);
    if (usable.length === 0) throw new SimError(GENERIC, 'Could not find any active channels of peer with that id');
    return usable;
  }
  const channel = findOne(sim, channels, word);
  if (!settable(channel)) throw new BadToken(`Channel in state ${channel.state}`);
  return [channel];
}

function findOne(sim: Sim, channels: readonly Channel[], word: string): Channel {
  if (/^[0-9a-f]{64}$/.test(word)) {
    const channel = channels.find((candidate) => candidate.id === word);
    if (!channel) throw new BadToken('Channel id not found');
    return channel;
  }
  const scid = tryScid(word);
  if (scid === null) throw new BadToken('should be a channel ID or short channel ID');
  const channel = findByScid(sim, scid);
  if (!channel) throw new BadToken('Short channel id not found');
  return channel;
}

interface Settings {
  readonly feebase: Msat | undefined;
  readonly feeppm: number | undefined;
  readonly htlcmin: Msat | undefined;
  readonly htlcmax: Msat | undefined;
  readonly enforcedelay: number;
}

function applySettings(sim: Sim, channel: Channel, wanted: Settings, knowsLimits: boolean): object {
  const old = channel.policy;
  const stricter =
    (wanted.feebase !== undefined && wanted.feebase > old.baseMsat) ||
    (wanted.feeppm !== undefined && wanted.feeppm > old.ppm) ||
    (wanted.htlcmin !== undefined && wanted.htlcmin > old.htlcMin) ||
    (wanted.htlcmax !== undefined && wanted.htlcmax < old.htlcMax);
  // Only one older policy is remembered: a second rise within the delay forgets the first.
  if (stricter) channel.previous = { policy: old, untilMs: sim.state.now + wanted.enforcedelay * 1000 };
  const highest = maxHtlc(channel);
  const lowest = channel.remote.htlcMin;
  const tooHigh = wanted.htlcmax !== undefined && wanted.htlcmax > highest;
  const tooLow = wanted.htlcmin !== undefined && wanted.htlcmin < lowest;
  const policy: Policy = {
    baseMsat: wanted.feebase ?? old.baseMsat,
    ppm: wanted.feeppm ?? old.ppm,
    htlcMin: tooLow ? lowest : (wanted.htlcmin ?? old.htlcMin),
    htlcMax: tooHigh ? highest : (wanted.htlcmax ?? old.htlcMax),
    cltvDelta: old.cltvDelta,
  };
  channel.policy = policy;
  return {
    peer_id: channel.peerId,
    channel_id: channel.id,
    ...(channel.scid === null ? {} : { short_channel_id: channel.scid }),
    fee_base_msat: wire(policy.baseMsat),
    fee_proportional_millionths: policy.ppm,
    minimum_htlc_out_msat: wire(policy.htlcMin),
    ...(tooLow ? { warning_htlcmin_too_low: 'Set minimum_htlc_out_msat to minimum allowed by peer' } : {}),
    maximum_htlc_out_msat: wire(policy.htlcMax),
    ...(knowsLimits ? { ignore_fee_limits: channel.ignoreFeeLimits } : {}),
    ...(tooHigh ? { warning_htlcmax_too_high: 'Set maximum_htlc_out_msat to maximum possible in channel' } : {}),
  };
}

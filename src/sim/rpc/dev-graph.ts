// dev-sim-hop, dev-sim-remote: channels between other nodes, what they hold and how their owners behave, and what a peer
// charges toward us.
import { satsToMsat, ZERO_MSAT } from '../../core/units.ts';
import { GENERIC, optional, required, SimError, withDefault } from '../method.ts';
import type { SimMethod } from '../method.ts';
import { CLTV_DELTA } from '../world/channel-life.ts';
import { releaseCircles } from '../world/circles.ts';
import { findByScid } from '../world/forwarding.ts';
import { directed, type Hop } from '../world/graph.ts';
import type { Sim } from '../world/sim.ts';
import { wire } from '../world/sim.ts';
import { define } from './define.ts';
import { amount, oneOf, peerId, scidParam, u32 } from './params.ts';

export const graphMethods = (sim: Sim): SimMethod[] => [hop(sim), remote(sim)];

const CONDUCTS = ['pass', 'hold', 'refuse'] as const;
const conduct = oneOf(CONDUCTS, `should be one of ${CONDUCTS.join(', ')}`);
const DEFAULT_PPM = 100;

/** Opens one direction of a channel, or changes what is given of one that is there. */
const hop = (sim: Sim): SimMethod =>
  define({
    name: 'dev-sim-hop',
    params: {
      short_channel_id: required(scidParam),
      from: required(peerId),
      to: required(peerId),
      capacity_sats: withDefault(u32, 0),
      liquidity_msat: optional(amount),
      base_msat: optional(amount),
      ppm: optional(u32),
      htlc_max_msat: optional(amount),
      conduct: optional(conduct),
    },
    run: (p) => {
      const known = sim.state.graph.find(({ scid, from }) => scid === p.short_channel_id && from === p.from);
      const capacity = satsToMsat(p.capacity_sats);
      const terms = {
        baseMsat: ZERO_MSAT,
        ppm: DEFAULT_PPM,
        htlcMin: ZERO_MSAT,
        htlcMax: capacity,
        cltvDelta: CLTV_DELTA,
      };
      const made: Hop = known ?? {
        ...{ scid: p.short_channel_id, from: p.from, to: p.to, capacity, policy: terms },
        ...{ liquidity: capacity, conduct: 'pass' as const },
      };
      if (!known) sim.state.graph.push(made);
      made.policy = {
        ...made.policy,
        baseMsat: p.base_msat ?? made.policy.baseMsat,
        ppm: p.ppm ?? made.policy.ppm,
        htlcMax: p.htlc_max_msat ?? made.policy.htlcMax,
      };
      made.liquidity = p.liquidity_msat ?? made.liquidity;
      const held = made.conduct === 'hold';
      made.conduct = p.conduct ?? made.conduct;
      if (held && made.conduct !== 'hold') releaseCircles(sim);
      return { short_channel_id_dir: directed(made), conduct: made.conduct, liquidity_msat: wire(made.liquidity) };
    },
  });

/** The terms by which a peer passes on to us. */
const remote = (sim: Sim): SimMethod =>
  define({
    name: 'dev-sim-remote',
    params: { channel: required(scidParam), base_msat: optional(amount), ppm: optional(u32) },
    run: (p) => {
      const channel = findByScid(sim, p.channel);
      if (!channel) throw new SimError(GENERIC, `channel: no channel ${p.channel} of this node`);
      const { baseMsat, ppm } = channel.remote;
      channel.remote = { ...channel.remote, baseMsat: p.base_msat ?? baseMsat, ppm: p.ppm ?? ppm };
      return { channel: p.channel, base_msat: wire(channel.remote.baseMsat), ppm: channel.remote.ppm };
    },
  });

// askrene-*: what its callers have told it of channels.
import { msat, type NodeId } from '../../core/units.ts';
import { BadToken, INVALID_PARAMS, optional, required, SimError, withDefault } from '../method.ts';
import type { Param, SimMethod } from '../method.ts';
import type { Sim } from '../world/sim.ts';
import { wire } from '../world/sim.ts';
import type { Layer, Reserved } from '../world/state.ts';
import { SINCE, versionNumber } from '../world/versions.ts';
import { define } from './define.ts';
import { getRoutes, reservedOn } from './get-routes.ts';
import { amount, bool, oneOf, peerId, text } from './params.ts';

export function askreneMethods(sim: Sim): SimMethod[] {
  const version = versionNumber(sim.state.config.version);
  if (version < SINCE.askrene) return [];
  return [
    getRoutes(sim, version),
    createLayer(sim),
    removeLayer(sim),
    listLayers(sim),
    disableNode(sim),
    updateChannel(sim),
    informChannel(sim),
    reserve(sim),
    unreserve(sim),
    listReservations(sim),
  ];
}

const direction: Param<string> = (token) => {
  if (typeof token !== 'string' || !/^\d+x\d+x\d+\/[01]$/.test(token))
    throw new BadToken('should be a short_channel_id of form NxNxN/dir');
  return token;
};

const known =
  (sim: Sim): Param<Layer> =>
  (token) => {
    const layer = sim.state.layers.find(({ name }) => name === token);
    if (layer === undefined) throw new BadToken('Unknown layer');
    return layer;
  };

const createLayer = (sim: Sim): SimMethod =>
  define({
    name: 'askrene-create-layer',
    params: { layer: required(text), persistent: withDefault(bool, false) },
    run: (p) => {
      const found = sim.state.layers.find(({ name }) => name === p.layer);
      if (found && !p.persistent) throw new SimError(INVALID_PARAMS, 'Layer already exists');
      const layer = found ?? {
        name: p.layer,
        persistent: p.persistent,
        disabledNodes: [],
        updates: [],
        constraints: [],
      };
      if (!found) sim.state.layers.push(layer);
      return { layers: [printLayer(layer)] };
    },
  });

const removeLayer = (sim: Sim): SimMethod =>
  define({
    name: 'askrene-remove-layer',
    params: { layer: required(known(sim)) },
    run: (p) => {
      sim.state.layers.splice(sim.state.layers.indexOf(p.layer), 1);
      return {};
    },
  });

const listLayers = (sim: Sim): SimMethod =>
  define({
    name: 'askrene-listlayers',
    params: { layer: optional(known(sim)) },
    run: (p) => ({ layers: (p.layer ? [p.layer] : sim.state.layers).map(printLayer) }),
  });

const printLayer = ({ name, persistent, disabledNodes, updates, constraints }: Layer) => ({
  layer: name,
  persistent,
  disabled_nodes: disabledNodes,
  created_channels: [],
  channel_updates: updates.map(({ channel, enabled }) => ({ short_channel_id_dir: channel, enabled })),
  constraints: constraints.map(printConstraint),
  biases: [],
  node_biases: [],
});

const printConstraint = ({ channel, at, minimum, maximum }: Layer['constraints'][number]) => ({
  short_channel_id_dir: channel,
  timestamp: at,
  ...(minimum === null ? {} : { minimum_msat: wire(minimum) }),
  ...(maximum === null ? {} : { maximum_msat: wire(maximum) }),
});

const disableNode = (sim: Sim): SimMethod =>
  define({
    name: 'askrene-disable-node',
    params: { layer: required(known(sim)), node: required(peerId) },
    run: (p) => {
      const node: NodeId = p.node;
      p.layer.disabledNodes.push(node);
      return {};
    },
  });

const updateChannel = (sim: Sim): SimMethod =>
  define({
    name: 'askrene-update-channel',
    params: {
      layer: required(known(sim)),
      short_channel_id_dir: required(direction),
      enabled: withDefault(bool, true),
    },
    run: (p) => {
      p.layer.updates.push({ channel: p.short_channel_id_dir, enabled: p.enabled });
      return {};
    },
  });

const inform = oneOf(['constrained', 'unconstrained', 'succeeded'], 'must be constrained/unconstrained/succeeded');

const informChannel = (sim: Sim): SimMethod =>
  define({
    name: 'askrene-inform-channel',
    params: {
      layer: required(known(sim)),
      short_channel_id_dir: required(direction),
      amount_msat: required(amount),
      inform: required(inform),
    },
    run: (p) => {
      if (p.inform === 'succeeded') return { constraints: [] };
      const channel = p.short_channel_id_dir;
      // What did not pass would have come on top of what is reserved there.
      const maximum = p.inform === 'constrained' ? msat(p.amount_msat + reservedOn(sim, channel) - 1n) : null;
      const minimum = p.inform === 'unconstrained' ? p.amount_msat : null;
      const learned = { channel, at: sim.seconds(), minimum, maximum };
      p.layer.constraints.push(learned);
      return { constraints: [{ layer: p.layer.name, ...printConstraint(learned) }] };
    },
  });

function reservedPath(token: unknown): Omit<Reserved, 'commandId'>[] {
  if (!Array.isArray(token)) throw new BadToken('should be an array');
  return token.map((hop: unknown) => {
    if (typeof hop !== 'object' || hop === null || !('short_channel_id_dir' in hop) || !('amount_msat' in hop))
      throw new BadToken('invalid reserve_hop');
    return { channel: direction(hop.short_channel_id_dir), amount: amount(hop.amount_msat) };
  });
}

const reserve = (sim: Sim): SimMethod =>
  define({
    name: 'askrene-reserve',
    params: { path: required(reservedPath) },
    run: (p, { requestId = '""' }) => {
      // lightningd appends its own id within the quotes of the caller's.
      const commandId = `${requestId.slice(0, -1)}/cln:askrene-reserve#${sim.state.reservations.length}"`;
      sim.state.reservations.push(...p.path.map((hop) => ({ ...hop, commandId })));
      return {};
    },
  });

const unreserve = (sim: Sim): SimMethod =>
  define({
    name: 'askrene-unreserve',
    params: { path: required(reservedPath) },
    run: (p) => {
      const { reservations } = sim.state;
      for (const { channel, amount: held } of p.path) {
        const at = reservations.findIndex((each) => each.channel === channel && each.amount === held);
        if (at < 0) throw new SimError(INVALID_PARAMS, `Unknown reservation for ${channel}`);
        reservations.splice(at, 1);
      }
      return {};
    },
  });

const listReservations = (sim: Sim): SimMethod =>
  define({
    name: 'askrene-listreservations',
    params: {},
    run: () => ({
      reservations: sim.state.reservations.map(({ channel, amount: held, commandId }) => ({
        short_channel_id_dir: channel,
        amount_msat: wire(held),
        age_in_seconds: 0,
        command_id: commandId,
      })),
    }),
  });

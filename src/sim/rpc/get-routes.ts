// getroutes: ways through the graph, as askrene knows it.
import type { Msat } from '../../core/units.ts';
import { BadToken, badParameter, GENERIC, onlyIf, optional, required, SimError, withDefault } from '../method.ts';
import type { SimMethod } from '../method.ts';
import { carries, cheapestPath, directed, edgesOf, type Edge, type Step } from '../world/graph.ts';
import { wayNow } from '../world/market-ways.ts';
import type { Sim } from '../world/sim.ts';
import { wire } from '../world/sim.ts';
import type { Layer } from '../world/state.ts';
import { SINCE } from '../world/versions.ts';
import { define } from './define.ts';
import { amount, peerId, text, u32 } from './params.ts';

/** lightningd's codes. */
const ROUTE_NOT_FOUND = 205;
const ROUTE_TOO_EXPENSIVE = 206;
const AUTOMATIC = ['auto.localchans', 'auto.sourcefree', 'auto.no_mpp_support', 'auto.include_fees'];
const MOST_PARTS = 100;

function names(token: unknown): string[] {
  if (!Array.isArray(token)) throw new BadToken('should be an array');
  return token.map((name) => text(name));
}

/** One way or none: what is simulated never splits a payment, whatever it is allowed. */
export const getRoutes = (sim: Sim, version: number): SimMethod =>
  define({
    name: 'getroutes',
    params: {
      source: required(peerId),
      destination: required(peerId),
      amount_msat: required(amount),
      layers: required(names),
      maxfee_msat: required(amount),
      final_cltv: required(u32),
      maxdelay: onlyIf(version >= SINCE.routeMaxDelay, optional(u32)),
      maxparts: onlyIf(version >= SINCE.routeMaxParts, withDefault(u32, MOST_PARTS)),
    },
    crossCheck: ({ layers }) => {
      for (const name of layers)
        if (!AUTOMATIC.includes(name) && !sim.state.layers.some((layer) => layer.name === name))
          throw badParameter('layers', 'unknown layer', name);
    },
    run: (p) => {
      if (p.source === p.destination) throw new SimError(GENERIC, 'child died with signal 6');
      const layers = sim.state.layers.filter(({ name }) => p.layers.includes(name));
      const way = wayNow(sim, p.source, p.destination);
      const steps = cheapestPath(way === null ? edgesOf(sim) : [...edgesOf(sim), way], {
        source: p.source,
        destination: p.destination,
        amount: p.amount_msat,
        finalCltv: p.final_cltv,
        usable: (edge, carried) => carries(edge, carried) && isAllowed(sim, layers, edge, carried),
      });
      const [first] = steps ?? [];
      if (steps === null || first === undefined)
        throw new SimError(ROUTE_NOT_FOUND, 'We could not find a usable set of paths.');
      if (first.inMsat - p.amount_msat > p.maxfee_msat)
        throw new SimError(ROUTE_TOO_EXPENSIVE, 'Could not find route without excessive cost');
      const print: (step: Step) => object = version >= SINCE.routeNodesAndAmounts ? printStep : printOlder;
      const route = { probability_ppm: 1_000_000, amount_msat: wire(p.amount_msat), final_cltv: p.final_cltv };
      return { probability_ppm: 1_000_000, routes: [{ ...route, path: steps.map(print) }] };
    },
  });

const printStep = ({ edge, inMsat, outMsat, cltvIn, cltvOut }: Step) => ({
  short_channel_id_dir: directed(edge),
  node_id_in: edge.from,
  node_id_out: edge.to,
  amount_in_msat: wire(inMsat),
  amount_out_msat: wire(outMsat),
  cltv_in: cltvIn,
  cltv_out: cltvOut,
});
const printOlder = ({ edge, inMsat, cltvIn }: Step) => ({
  short_channel_id_dir: directed(edge),
  next_node_id: edge.to,
  amount_msat: wire(inMsat),
  delay: cltvIn,
});

export const reservedOn = (sim: Sim, channel: string): bigint =>
  sim.state.reservations.reduce((sum, held) => (held.channel === channel ? sum + held.amount : sum), 0n);

function isAllowed(sim: Sim, layers: readonly Layer[], edge: Edge, carried: Msat): boolean {
  const name = directed(edge);
  const wanted = carried + reservedOn(sim, name);
  return (
    wanted <= edge.capacity &&
    layers.every(
      ({ disabledNodes, updates, constraints }) =>
        !disabledNodes.includes(edge.from) &&
        !disabledNodes.includes(edge.to) &&
        !updates.some(({ channel, enabled }) => channel === name && !enabled) &&
        !constraints.some(({ channel, maximum }) => channel === name && maximum !== null && wanted > maximum),
    )
  );
}

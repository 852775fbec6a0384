// Which RPC methods does the simulated node offer over its world? All but those that concern plugins and configuration.
import type { SimMethod } from '../method.ts';
import type { SimulatedWorld } from '../world/simulated-world.ts';
import { askreneMethods } from './askrene.ts';
import { bookkeeperMethods } from './bookkeeper.ts';
import { datastoreMethods } from './datastore.ts';
import { devMethods } from './dev.ts';
import { graphMethods } from './dev-graph.ts';
import { forwardMethods } from './forwards.ts';
import { gossipMethods } from './gossip.ts';
import { invoiceMethods } from './invoices.ts';
import { moveMethods } from './moves.ts';
import { nodeMethods } from './node.ts';
import { peerChannelMethods } from './peer-channels.ts';
import { runeMethods } from './runes.ts';
import { sendpayMethods } from './sendpay.ts';
import { setChannelMethods } from './set-channel.ts';
import { waitMethods } from './wait.ts';

/** By name. What the world's version of lightningd lacks, or bookkeeper when it is disabled, is not in the map. */
export function rpcMethods(world: SimulatedWorld): ReadonlyMap<string, SimMethod> {
  const { sim } = world;
  const methods = [
    nodeMethods,
    peerChannelMethods,
    gossipMethods,
    setChannelMethods,
    forwardMethods,
    waitMethods,
    moveMethods,
    bookkeeperMethods,
    invoiceMethods,
    datastoreMethods,
    sendpayMethods,
    askreneMethods,
    runeMethods,
    devMethods,
    graphMethods,
  ].flatMap((family) => family(sim));
  return new Map(methods.map((method) => [method.name, method]));
}

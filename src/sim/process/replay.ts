// How is a remembered world made again? By doing once more what was done to it, at the same virtual moments.
import { ParamReader, SimError } from '../method.ts';
import { rpcMethods } from '../rpc/methods.ts';
import { createWorld, type SimulatedWorld } from '../world/simulated-world.ts';
import type { RecordedWorld } from './state-file.ts';

/** The same world, index by index, at the time it had reached. */
export function replay({ config, calls, reached }: RecordedWorld): SimulatedWorld {
  const world = createWorld(config);
  const methods = rpcMethods(world);
  const signal = new AbortController().signal;
  for (const { at, method, params } of calls) {
    world.advanceTo(at);
    try {
      // What it replied went to a caller that is gone; a call that waits for something is given up.
      void Promise.resolve(methods.get(method)?.run(new ParamReader(params), { signal })).catch(() => undefined);
    } catch (error) {
      // Refused then, refused again.
      if (!(error instanceof SimError)) throw error;
    }
  }
  world.advanceTo(reached);
  // askrene keeps nothing but its persistent layers.
  const { state } = world.sim;
  state.reservations = [];
  state.layers = state.layers.filter(({ persistent }) => persistent);
  return world;
}

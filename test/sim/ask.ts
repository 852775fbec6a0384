// How do adapters ask the simulated node within this process? As over the socket: filters applied, refusals as errors.
import { RpcError } from '../../src/cln/errors.ts';
import { asker, type Ask, type AskOptions, type Params } from '../../src/node/ask.ts';
import { SimError } from '../../src/sim/method.ts';
import { applyFilter } from '../../src/sim/rpc/filter.ts';
import { rpcMethods } from '../../src/sim/rpc/methods.ts';
import type { SimulatedWorld } from '../../src/sim/world/simulated-world.ts';
import { callOf } from './call.ts';

export interface Asked {
  readonly method: string;
  readonly params: Params;
  readonly options: AskOptions | undefined;
}

export interface SimulatedAsk {
  readonly ask: Ask;
  readonly asked: Asked[];
  /** Called before each question; what it throws is the answer. */
  before: (asked: Asked) => void | Promise<void>;
}

/** `help` is lightningd's own, not the world's. */
const answer = (methods: ReturnType<typeof rpcMethods>, method: string, params: Params): Promise<unknown> =>
  method === 'help'
    ? Promise.resolve({ help: [...methods.keys()].map((command) => ({ command })) })
    : callOf(methods, method, params);

/** `plugin` answers, or returns undefined for what the node itself is to answer. */
export function simulatedAsk(
  world: SimulatedWorld,
  plugin: (method: string, params: Params) => unknown = () => undefined,
): SimulatedAsk {
  const asked: Asked[] = [];
  const methods = rpcMethods(world);
  const simulated: SimulatedAsk = {
    asked,
    before: () => undefined,
    ask: asker({
      call: async (method, given, options) => {
        const params = given ?? {};
        const question = { method, params, options };
        asked.push(question);
        await simulated.before(question);
        try {
          const reply = plugin(method, params) ?? (await answer(methods, method, params));
          return options?.filter === undefined ? reply : applyFilter(reply, options.filter);
        } catch (error) {
          throw error instanceof SimError ? new RpcError(method, error.code, error.message) : error;
        }
      },
    }),
  };
  return simulated;
}

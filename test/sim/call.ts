// How do tests call the simulated node's methods? Directly, with the reply as it comes out of the JSON on the wire.
import { printJson } from '../../src/sim/json.ts';
import { ParamReader, SimError } from '../../src/sim/method.ts';
import { rpcMethods } from '../../src/sim/rpc/methods.ts';
import type { SimulatedWorld } from '../../src/sim/world/simulated-world.ts';

export const IDLE = new AbortController().signal;

/** The reply after a trip through JSON. @throws what the method throws */
export const call = (world: SimulatedWorld, method: string, params: unknown = {}): Promise<never> =>
  callOf(rpcMethods(world), method, params);

/** As `call`, of methods that are there already: to make them takes longer than most of them. */
export async function callOf(methods: ReturnType<typeof rpcMethods>, method: string, params: unknown): Promise<never> {
  const found = methods.get(method);
  if (!found) throw new SimError(-32601, `Unknown command '${method}'`);
  const reply: unknown = await found.run(new ParamReader(params), { signal: IDLE });
  return JSON.parse(printJson(reply)) as never;
}

/** The error with which a call is refused, as JSON-RPC prints it. */
export async function refusal(world: SimulatedWorld, method: string, params: unknown): Promise<object> {
  try {
    await call(world, method, params);
  } catch (error) {
    if (!(error instanceof SimError)) throw error;
    const { code, message, data } = error;
    return data === undefined ? { code, message } : { code, message, data };
  }
  throw new Error(`${method} ${JSON.stringify(params)} was not refused`);
}

// What do the imitated rebalancers have in common? A plugin whose next answers can be ordered to go wrong.
import { setTimeout as sleep } from 'node:timers/promises';
import { decode, int, object, optional, str } from '../cln/decode.ts';
import { INVALID_PARAMS, MethodError } from '../cln/errors.ts';
import { runPlugin, type MethodDeclaration } from '../cln/plugin.ts';
import { RpcClient } from '../cln/rpc-client.ts';
import { Circles } from './circle.ts';

const CALL_TIMEOUT_MS = 60_000;

/** Ordered by `<name>-imitator conduct [seconds]`, until it is ordered otherwise. */
export interface Ordered<C extends string> {
  readonly conduct: C;
  /** How long the plugin waits for a payment, or dawdles; what the real one takes by default. */
  readonly seconds: number;
}

export const ORDER = object({ conduct: optional(str), seconds: optional(int) });

/** Parameters by name, as positions give them; what the real plugins' libraries do before they look at values. */
export function byName(params: unknown, names: readonly string[]): Readonly<Record<string, unknown>> {
  if (!Array.isArray(params)) return params as Readonly<Record<string, unknown>>;
  if (params.length > names.length) throw new MethodError(-1, 'too many parameters');
  return Object.fromEntries((params as unknown[]).map((value, at) => [names[at] ?? '', value]));
}

export function die(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('killed');
}

export const seconds = (count: number): Promise<void> => sleep(count * 1000);

/**
 * Runs it on this process's stdin and stdout.
 * @param usual the first conduct is the usual one
 */
export function imitate<C extends string>(
  name: string,
  conducts: readonly [C, ...C[]],
  usualSeconds: number,
  methods: (circles: () => Circles, ordered: () => Ordered<C>) => readonly MethodDeclaration[],
): void {
  let client: RpcClient | null = null;
  let circles: Circles | null = null;
  let ordered: Ordered<C> = { conduct: conducts[0], seconds: usualSeconds };
  const ready = (): Circles => {
    if (circles === null) throw new MethodError(-1, `${name} has not been initialised`);
    return circles;
  };
  runPlugin({
    options: [],
    methods: [
      ...methods(ready, () => ordered),
      {
        name: `${name}-imitator`,
        usage: '[conduct] [seconds]',
        description: `How ${name} behaves from now on: ${conducts.join(', ')}.`,
        run: (params) => {
          const { conduct = conducts[0], seconds: given = usualSeconds } = decode(ORDER, params, `${name}-imitator`);
          const known = conducts.find((one) => one === conduct);
          if (known === undefined)
            throw new MethodError(INVALID_PARAMS, `conduct: expected one of ${conducts.join(', ')}, got ${conduct}`);
          ordered = { conduct: known, seconds: given };
          return Promise.resolve({});
        },
      },
    ],
    subscriptions: {},
    init({ socketPath }) {
      client = new RpcClient({ socketPath, idPrefix: name, timeoutMs: CALL_TIMEOUT_MS });
      circles = new Circles(client);
      return undefined;
    },
    shutdown: () => {
      client?.close();
    },
  });
}

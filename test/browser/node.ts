// How is a node with the plugin and its dashboard started for a test? The simulated one, by the demonstration's own means.
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { Session } from '../../src/demo/session.ts';
import type { DemoOptions } from '../../src/demo/options.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PROGRAMS = { node: join(ROOT, 'dist/simulated-node.js'), plugin: join(ROOT, 'cl-revenue-ops.js') };

export const LOOK = [
  ['status', 'analyze', 'profitability', 'history', 'explain'].map((name) => `method=revenue-${name}`),
];
export const EVERYTHING = [['method^revenue-']];

export interface Node {
  readonly session: Session;
  /** http://127.0.0.1:PORT */
  readonly address: string;
  readonly call: <T>(method: string, params?: Readonly<Record<string, unknown>>) => Promise<T>;
  readonly rune: (restrictions: unknown) => Promise<string>;
  readonly end: () => Promise<void>;
}

const OPTIONS: DemoOptions = {
  ...{ days: null, speed: 1, channels: 12, forwardsPerDay: 300, market: 'S1', algorithm: null, seed: 3, keep: null },
};

/** Any, so that nodes of several tests do not meet. */
const freePort = (): Promise<number> =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        done(port);
      });
    });
  });

export async function startNode(changes: Partial<DemoOptions> = {}): Promise<Node> {
  const address = `127.0.0.1:${String(await freePort())}`;
  const session = await Session.start({ ...OPTIONS, ...changes, dashboard: address }, PROGRAMS);
  // What a method replies, the caller knows.
  const call = async <T>(method: string, params: Readonly<Record<string, unknown>> = {}): Promise<T> =>
    (await session.call(method, params)) as T;
  return {
    session,
    address: `http://${address}`,
    call,
    rune: async (restrictions) => (await call<{ rune: string }>('createrune', { restrictions })).rune,
    end: async () => {
      await session.end();
      session.removeFolder();
    },
  };
}

// A ring of the simulated node, with drivers over it and with the plugins that they drive, whose conduct a test chooses.
import { resolve } from 'node:path';
import { RpcClient } from '../../../src/cln/rpc-client.ts';
import { systemClock } from '../../../src/clock.ts';
import type { ApprovedOrder, DriverOutcome, OrderEnd } from '../../../src/core/rebalance/types.ts';
import { msat, satsToMsat, unixSec } from '../../../src/core/units.ts';
import { asker, type Ask } from '../../../src/node/ask.ts';
import { circularDriver } from '../../../src/node/drivers/circular/driver.ts';
import { rebalanceDriver } from '../../../src/node/drivers/rebalance/driver.ts';
import { SlingDriver } from '../../../src/node/drivers/sling/driver.ts';
import { LightningSelfPayments } from '../../../src/node/self-payments.ts';
import type { Clock, RebalanceDriver } from '../../../src/ports.ts';
import { order as approved } from '../../node-tests/order.ts';
import type { Ring } from '../../node-tests/ring.ts';
import { until, type Json, type Params } from '../../node-tests/rpc.ts';

/** Seconds, for an order whose deadline is not what is tested, however busy the machine; circular tries once in it. */
export const LONG_ENOUGH = 110;

export type PluginName = 'circular' | 'sling' | 'rebalance';
const ROOT = resolve(import.meta.dirname, '../../..');
export const imitator = (name: PluginName): string => resolve(ROOT, `dist/${name}.js`);

export interface Wish {
  readonly from?: OrderEnd;
  readonly to?: OrderEnd;
  readonly sats?: number;
  readonly maxFeeMsat?: bigint;
  readonly seconds?: number;
}

export interface PluginRing {
  readonly ring: Ring;
  readonly ask: Ask;
  readonly drivers: Readonly<Record<PluginName, RebalanceDriver>>;
  /** Hashes that the drivers have told of. */
  readonly hashes: string[];
  readonly warnings: string[];
  /** Everything the drivers asked, since the last `forget`. */
  readonly asked: { readonly method: string; readonly params: Json }[];
  order(wish?: Wish): ApprovedOrder;
  run(name: PluginName, wish?: Wish, signal?: AbortSignal): Promise<DriverOutcome>;
  start(name: PluginName): Promise<void>;
  stopPlugin(name: PluginName): Promise<void>;
  /** From now on the plugin does so. */
  conduct(name: PluginName, how?: string, seconds?: number): Promise<void>;
  ours(end: OrderEnd): Promise<bigint>;
  payments(status?: string): Promise<Json[]>;
  calls(method: string): readonly Json[];
  /** Lets the deadline of an order under way come now. */
  expire(running: Promise<DriverOutcome>): Promise<DriverOutcome>;
  /** What B has toward C, of the simulated ring. */
  liquidity(msat: number): Promise<void>;
  call(method: string, params?: Params): Promise<Json>;
  stop(): Promise<void>;
}

export async function pluginRing(startRing: () => Promise<Ring>): Promise<PluginRing> {
  const ring = await startRing();
  const client = new RpcClient({ socketPath: ring.socketPath, idPrefix: 'cl-revenue-ops', timeoutMs: 120_000 });
  const asked: { method: string; params: Json }[] = [];
  const plain = asker(client);
  const ask: Ask = (method, params, ...rest) => {
    asked.push({ method, params });
    return plain(method, params, ...rest);
  };
  const system = systemClock(process.env);
  let ahead = 0;
  const clock: Clock = { now: () => unixSec(system.now() + ahead), sleep: (...wait) => system.sleep(...wait) };
  const [hashes, warnings]: [string[], string[]] = [[], []];
  const quiet = (): void => undefined;
  const log = { debug: quiet, info: quiet, warn: (text: string) => void warnings.push(text), error: quiet };
  const means = { ask, payments: new LightningSelfPayments(ask), clock, log };
  const drivers = {
    circular: circularDriver(means),
    sling: new SlingDriver(means),
    rebalance: rebalanceDriver(means),
  };
  let orders = 0;
  const order: PluginRing['order'] = ({
    from = ring.ends.out,
    to = ring.ends.back,
    sats = 100_000,
    maxFeeMsat = 60_000n,
    seconds = LONG_ENOUGH,
  } = {}) =>
    approved({
      id: `p${String(++orders)}`,
      ...{ from, to, amountMsat: satsToMsat(sats), maxFeeMsat: msat(maxFeeMsat) },
      deadline: unixSec(clock.now() + seconds),
    });
  const commands = { circular: 'circular', sling: 'sling-once', rebalance: 'rebalance' };
  return {
    ...{ ring, ask, drivers, hashes, warnings, asked, order },
    run: (name, wish, signal = new AbortController().signal) =>
      drivers[name].rebalance(order(wish), { signal, onDispatched: (hash) => hashes.push(hash) }),
    async start(name) {
      await ring.call('plugin', { subcommand: 'start', plugin: imitator(name) });
      await until(name, async () => {
        const { help } = (await ring.call('help')) as { help: Json[] };
        return help.some(({ command }) => String(command).split(' ')[0] === commands[name]);
      });
    },
    async stopPlugin(name) {
      await ring.call('plugin', { subcommand: 'stop', plugin: `${name}.js` });
    },
    async conduct(name, how = 'plain', seconds) {
      await ring.call(`${name}-imitator`, { conduct: how, ...(seconds === undefined ? {} : { seconds }) });
    },
    async ours({ scid }) {
      const { channels } = (await ring.call('listpeerchannels')) as { channels: Json[] };
      return BigInt(String(channels.find((row) => row['short_channel_id'] === scid)?.['to_us_msat']));
    },
    async payments(status) {
      const { payments } = await ring.call('listsendpays', status === undefined ? {} : { status });
      return payments as Json[];
    },
    calls: (method) => asked.filter((each) => each.method === method).map(({ params }) => params),
    async expire(running) {
      ahead = LONG_ENOUGH;
      try {
        return await running;
      } finally {
        ahead = 0;
      }
    },
    async liquidity(liquidity_msat) {
      const hop = { short_channel_id: '900x2x0', from: `02${'b'.repeat(64)}`, to: ring.ends.back.peerId };
      await ring.call('dev-sim-hop', { ...hop, liquidity_msat });
    },
    call: (method, params) => ring.call(method, params),
    async stop() {
      client.close();
      await ring.stop();
    },
  };
}

// The dashboard without a socket, over the application on the simulated node: what tests ask and change.
import type { Hono } from 'hono';
import { COMMANDS } from '../../src/app/commands/all.ts';
import { dashboardApp } from '../../src/dashboard/app.ts';
import type { DashboardPorts } from '../../src/dashboard/dashboard-ports.ts';
import { BENCHMARK } from '../../src/dashboard/benchmark.ts';
import { Readings } from '../../src/dashboard/readings.ts';
import { LightningRunes } from '../../src/node/runes.ts';
import { call } from '../sim/call.ts';
import type { Simulated, SimulatedOptions } from '../app/simulated-setup.ts';

export const HOST = '127.0.0.1:9737';
export const HTML = '<!doctype html><style>p{color:red}</style><p>figures</p><script type="module">let a = 1</script>';

export interface Dashboard extends Simulated {
  readonly server: Hono;
  readonly readings: Readings;
  /** Allows every command of ours. */
  readonly rune: string;
  readonly makeRune: (restrictions: unknown) => Promise<string>;
  /** As the page asks: with host, rune and whatever is added; null takes a header away. */
  readonly ask: (
    path: string,
    headers?: Readonly<Record<string, string | null>>,
    init?: RequestInit,
  ) => Promise<Response>;
  /** The reply of a path that must succeed. */
  readonly read: (path: string) => Promise<never>;
  /** Status and name of a refusal. */
  readonly refusalOf: (response: Response | Promise<Response>) => Promise<readonly [number, string]>;
  readonly act: (
    action: string,
    params: object,
    dryRun: boolean,
    headers?: Record<string, string>,
  ) => Promise<Response>;
  /** Lets so many milliseconds of real time pass for what is kept. */
  readonly later: (ms: number) => void;
}

export async function dashboardOn(
  start: (options?: SimulatedOptions) => Promise<Simulated>,
  options: SimulatedOptions = {},
  changes: Partial<DashboardPorts> = {},
): Promise<Dashboard> {
  const simulated = await start(options);
  const { app, world, simulated: node, log } = simulated;
  let now = 0;
  const { context } = app;
  const meter = { elapsed: () => now, used: () => 0 };
  const readings = new Readings(context, meter);
  const server = dashboardApp({
    readings,
    meter,
    commands: COMMANDS,
    runes: new LightningRunes(node.ask, () => context.nodeId()),
    log,
    html: HTML,
    whatIf: () => ({ backtest: null, benchmark: BENCHMARK }),
    hosts: () => new Set([HOST]),
    openMetrics: () => context.config().dashboardOpenMetrics,
    ...changes,
  });
  const makeRune = async (restrictions: unknown): Promise<string> =>
    ((await call(world, 'createrune', { restrictions })) as { rune: string }).rune;
  const rune = await makeRune([['method^revenue-']]);
  const ask: Dashboard['ask'] = async (path, headers = {}, init = {}) => {
    const all = { host: HOST, rune, ...headers };
    const given = new Headers();
    for (const [name, value] of Object.entries<string | null>(all)) if (value !== null) given.set(name, value);
    return server.request(path, { ...init, headers: given });
  };
  return {
    ...simulated,
    server,
    readings,
    rune,
    makeRune,
    ask,
    read: async (path) => {
      const response = await ask(path);
      if (response.status !== 200) throw new Error(`${path}: ${String(response.status)} ${await response.text()}`);
      return (await response.json()) as never;
    },
    refusalOf: async (asked) => {
      const response = await asked;
      const { error } = (await response.json()) as { error: { name: string } };
      return [response.status, error.name];
    },
    act: (action, params, dryRun, headers = {}) =>
      ask(
        `/api/actions/${action}`,
        { 'content-type': 'application/json', origin: `http://${HOST}`, ...headers },
        { method: 'POST', body: JSON.stringify({ params, dry_run: dryRun }) },
      ),
    later: (ms) => {
      now += ms;
    },
  };
}

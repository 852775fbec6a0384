// What does an open dashboard cost over 1,000 channels and a year? Time and size of the first view and of each page, and
// the share of a core that a page takes which stays open: `--forwards N --channels N --days N`.
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { COMMANDS } from '../src/app/commands/all.ts';
import { profitsNow } from '../src/app/profit/profits-now.ts';
import { DEFAULTS } from '../src/core/config/validate.ts';
import type { FeeDecision } from '../src/core/fee/types.ts';
import type { ChannelVerdict } from '../src/core/rebalance/plan-types.ts';
import { ppm, satsToMsat, unixSec } from '../src/core/units.ts';
import { dashboardApp, POLL_SECONDS } from '../src/dashboard/app.ts';
import { Readings } from '../src/dashboard/readings.ts';
import { BENCHMARK } from '../src/dashboard/benchmark.ts';
import { DashboardServer } from '../src/dashboard/server.ts';
import type { Store } from '../src/ports.ts';
import { openStore } from '../src/store/open.ts';
import { optionsOf } from './arguments.ts';
import { figure, peakMemoryMb } from './figure.ts';
import { END, idOf, madeNode, peerOf, scidOf } from './made-node.ts';

/** Put in by scripts/bench.mjs. */
declare const __PAGE__: string;

const sizes = optionsOf('dashboard', { forwards: 2_000_000, channels: 1000, days: 365 }, {});
const { channels, forward, fill, contextOf } = madeNode(sizes);
/** Longer than any reading is kept. */
const LONG_AFTER_MS = 600_000;
/** An hour of an open page. */
const POLLS = 3600 / POLL_SECONDS;

const TRAIL = Array.from({ length: 9 }, (_, i) => ({
  step: 'demand' as const,
  values: { local: 0.5 + i, forwards: 30, hours: 12.5, rate: 2.4, reason: 'as many as there usually are' },
}));

const decision = (i: number): FeeDecision => ({
  kind: 'hold',
  peerId: peerOf(i),
  reason: 'deadband',
  foreign: [],
  trail: TRAIL,
  wantedPpm: ppm(251),
});

const verdict = (i: number, role: ChannelVerdict['role']): ChannelVerdict => {
  const shortfall = { unit: 'ppm' as const, needed: 400, available: 250.25 };
  const trail = [{ step: 'target' as const, values: { share: 0.5, sats: 5_000_000 } }];
  const pair = (partner: number) => ({
    from: idOf(partner),
    to: idOf(i),
    reason: 'spread' as const,
    shortfall,
    evaluation: {
      amountMsat: satsToMsat(500_000),
      ...{ valuePpm: 500, opportunityPpm: 100, inboundPpm: 600, spreadPpm: -200, plainSpreadPpm: -150 },
      expectedFeeMsat: satsToMsat(300),
      expectedProfitMsat: satsToMsat(-100),
      breakEvenMsat: satsToMsat(200),
    },
    trail,
  });
  const pairs = [1, 2, 3].map((step) => pair((i + step) % sizes.channels));
  return { channelId: idOf(i), role, reason: 'spread', shortfall, trail, pairs, refused: { spread: 900, policy: 90 } };
};

/** A change of each fee every other day, a rebalance an hour, and what was decided last. */
function act(store: Store): void {
  for (let day = 0; day < sizes.days; day += 2) {
    const at = unixSec(END - (sizes.days - day) * 86_400 + 3600);
    const changes = channels.map((i) => ({
      channelId: idOf(i),
      peerId: peerOf(i),
      oldFeePpm: ppm(250 + (day % 50)),
      newFeePpm: ppm(250 + ((day + 2) % 50)),
      reason: 'step',
      manual: false,
      at,
    }));
    store.fees.saveCycle({ pricing: new Map(), decisions: new Map(), intents: [], changes });
  }
  const kept = { at: unixSec(END), price: { price: 150, scale: 250, slow: 140, level: 120 }, outcome: 'held' };
  const decisions = new Map(channels.map((i) => [peerOf(i), { ...kept, decision: decision(i) }]));
  store.fees.saveCycle({ pricing: new Map(), decisions, intents: [], changes: [] });
  for (let hour = 0; hour < sizes.days * 24; hour++)
    store.rebalances.recordDryRun(
      {
        from: idOf(hour % sizes.channels),
        to: idOf((hour + 1) % sizes.channels),
        amountMsat: satsToMsat(500_000),
        maxFeeMsat: satsToMsat(300),
        expectedProfitMsat: satsToMsat(40),
        at: unixSec(END - hour * 3600),
      },
      { manual: false },
    );
  store.rebalances.saveVerdicts(
    channels.flatMap((i) => [verdict(i, 'destination'), verdict(i, 'source')]),
    unixSec(END),
  );
}

interface Answer {
  readonly status: number;
  readonly bytes: number;
  readonly ms: number;
  readonly etag: string | null;
}

/** Over a socket, as a browser asks. */
function get(port: number, path: string, etag: string | null = null): Promise<Answer> {
  const start = performance.now();
  const headers = { rune: 'any', ...(etag === null ? {} : { 'if-none-match': etag }) };
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, headers }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => (bytes += chunk.length));
      response.on('end', () => {
        const ms = performance.now() - start;
        resolve({ status: response.statusCode ?? 0, bytes, ms, etag: response.headers.etag ?? null });
      });
    })
      .on('error', reject)
      .end();
  });
}

const usedMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** What the plugin does once it is ready: all at once it would keep everything else waiting. */
async function warmUp(readings: Readings): Promise<void> {
  const idle = usedMs();
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  await readings.warm();
  delays.disable();
  figure('dashboard_warm_up_processor', usedMs() - idle, 'ms', '', sizes);
  figure('dashboard_warm_up_longest_block', delays.max / 1e6, 'ms', '< 50', sizes);
}

async function firstView(port: number, name: string): Promise<void> {
  const start = performance.now();
  const idle = usedMs();
  const parts = [
    await get(port, '/'),
    ...(await Promise.all(['/api/session', '/api/overview'].map((path) => get(port, path)))),
  ];
  figure(name, performance.now() - start, 'ms', '< 1000', sizes);
  figure(`${name}_processor`, usedMs() - idle, 'ms', '< 1000', sizes);
  figure(`${name}_size`, parts.reduce((sum, { bytes }) => sum + bytes, 0) / 1000, 'kB', '', sizes);
}

async function measure(store: Store): Promise<void> {
  const context = contextOf(store);
  // As the plugin's own cycles leave it: books and a year of days have been read, and every return reckoned once.
  await context.takeInAccounts();
  await profitsNow({ ...context, store }, await context.node.readSnapshot(), 'bench');
  /** Milliseconds by which the page has been open beyond what has really passed. */
  let ahead = 0;
  const silent = (): void => undefined;
  const meter = { elapsed: () => performance.now() + ahead, used: usedMs };
  const readings = new Readings(context, meter);
  const server = new DashboardServer(
    (hosts) =>
      dashboardApp({
        readings,
        meter,
        commands: COMMANDS,
        runes: { check: () => Promise.resolve({ kind: 'allowed' }) },
        log: { debug: silent, info: silent, warn: silent, error: console.error },
        html: __PAGE__,
        whatIf: () => ({ backtest: null, benchmark: BENCHMARK }),
        hosts,
        openMetrics: () => false,
      }),
    { debug: silent, info: silent, warn: silent, error: silent },
  );
  await server.configure({ ...DEFAULTS, dashboard: '127.0.0.1:0' });
  const port = server.address?.port ?? 0;

  await warmUp(readings);
  await firstView(port, 'dashboard_first_view');
  // Somebody who comes when all that was read is too old, after forwards in every channel.
  ahead += LONG_AFTER_MS;
  let index = sizes.forwards;
  const busy = channels.map(() => forward(++index, END - 1));
  store.takeIn('created', busy, { keepSince: unixSec(END), cursors: { created: index } });
  await firstView(port, 'dashboard_first_view_later');

  const name = scidOf(10);
  const pages: Record<string, string> = {
    overview_30d: '/api/overview?period=30d',
    overview_365d: '/api/overview?period=365d',
    channels: '/api/channels',
    channel: `/api/channels/${name}`,
    rebalances: '/api/rebalances',
    decisions: '/api/decisions?limit=100',
    decisions_of_a_channel: `/api/decisions?limit=100&channel=${name}`,
    metrics: '/metrics',
  };
  for (const [page, path] of Object.entries(pages)) {
    const before = usedMs();
    const { status, bytes, ms } = await get(port, path);
    if (status !== 200) throw new Error(`${path}: ${String(status)}`);
    figure(`dashboard_${page}`, ms, 'ms', '< 200', sizes);
    figure(`dashboard_${page}_processor`, usedMs() - before, 'ms', '< 200', sizes);
    // A program reads the metrics, not a person on a phone.
    figure(`dashboard_${page}_size`, bytes / 1000, 'kB', page === 'metrics' ? '' : '< 500', sizes);
  }

  for (const [page, path] of Object.entries({ overview: '/api/overview', channels: '/api/channels' })) {
    let etag: string | null = null;
    const before = usedMs();
    for (let poll = 0; poll < POLLS; poll++) {
      ahead += POLL_SECONDS * 1000;
      const answer: Answer = await get(port, path, etag);
      etag = answer.etag;
      // Business goes on meanwhile: some forwards between two looks.
      const more = [forward(++index, END - 1), forward(++index, END - 1)];
      store.takeIn('created', more, { keepSince: unixSec(END), cursors: { created: index } });
    }
    const share = ((usedMs() - before) / (POLLS * POLL_SECONDS * 1000)) * 100;
    figure(`dashboard_${page}_left_open`, share, '% of a core', '< 2', sizes);
  }
  figure('dashboard_peak_memory', peakMemoryMb(), 'MB', '', sizes);
  await server.stop();
}

const folder = mkdtempSync(join(tmpdir(), 'bench-dashboard-'));
const store = openStore(join(folder, 'revenue_ops.db'));
try {
  fill(store);
  act(store);
  await measure(store);
} finally {
  store.close();
  rmSync(folder, { recursive: true, force: true });
}

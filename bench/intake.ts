// How fast are forwards taken in, and how long does a flow cycle take after? `--forwards N --channels N`.
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catchUp } from '../src/app/catch-up.ts';
import { Intake } from '../src/app/intake.ts';
import { RpcClient } from '../src/cln/rpc-client.ts';
import { analyzeFlow, windowEnding } from '../src/core/flow/analyze.ts';
import type { ChannelView, NodeSnapshot } from '../src/core/snapshot.ts';
import { channelId, msat, nodeId, ppm, satsToMsat, scid, unixSec, ZERO_MSAT } from '../src/core/units.ts';
import { asker } from '../src/node/ask.ts';
import { decodeForward } from '../src/node/forwards.ts';
import { LightningReader } from '../src/node/reader.ts';
import type { Store } from '../src/ports.ts';
import { openStore } from '../src/store/open.ts';
import { optionsOf } from './arguments.ts';
import { figure, peakMemoryMb, seconds } from './figure.ts';
import { render, scidOf, serveForwards } from './forwards-server.ts';

/** Notifications measured; enough for several checkpoints of SQLite. */
const EVENTS = 30_000;
/** Two notifications of some 450 bytes tell of a forward, and a pipe gives up to 64 kB at a time. */
const EVENTS_PER_TURN = [1, 10, 140];

/** `serve` is set in the server's own process. */
const { serve, ...sizes } = optionsOf('intake', { forwards: 1_000_000, channels: 500 }, { serve: null });
/** Any time will do; a fixed one makes runs alike. */
const END = unixSec(1_800_000_000);
const NODE = nodeId(`02${'5'.repeat(64)}`);

if (serve !== null) serveForwards(serve, { ...sizes, end: END });
else await measure();

async function measure(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-intake-'));
  const socketPath = join(folder, 'rpc');
  const databasePath = join(folder, 'revenue_ops.db');
  const server = fork(process.argv[1] ?? '', [...process.argv.slice(2), '--serve', socketPath]);
  await new Promise((resolve) => server.once('message', resolve));
  const client = new RpcClient({ socketPath, idPrefix: 'bench', timeoutMs: 60_000 });
  const clock = { now: () => END, sleep: () => Promise.resolve() };
  const reader = new LightningReader(asker(client), clock);
  const store = openStore(databasePath);
  const channels = Array.from({ length: sizes.channels }, (_, i) => channelView(i));
  store.rememberChannels(
    channels.map((c) => ({ ...c, scids: c.scid === null ? [] : [c.scid], closed: false })),
    END,
  );
  try {
    const cpuBefore = process.cpuUsage();
    const taken = await seconds(() =>
      catchUp(reader, store, { startedAt: END, keepSince: unixSec(0), signal: new AbortController().signal }),
    );
    const cpu = process.cpuUsage(cpuBefore);
    const known = store.facts().forwards;
    if (known !== sizes.forwards) throw new Error(`expected ${sizes.forwards} forwards, took in ${known}`);
    figure('intake', sizes.forwards / taken, 'forwards/s', '>= 50000', sizes);
    figure(
      'intake by our processor time',
      sizes.forwards / ((cpu.user + cpu.system) / 1e6),
      'forwards/s',
      '>= 50000',
      sizes,
    );
    figure('intake peak memory', peakMemoryMb(), 'MB', '< 200', sizes);
    for (const days of [1, 7, 30, 90]) {
      const window = windowEnding(END, days);
      const times: number[] = [];
      for (let i = 0; i < 9; i++)
        times.push(await seconds(() => analyzeFlow(snapshot(channels), store.flows(window), window)));
      figure(`flow cycle of ${days} days`, median(times) * 1000, 'ms, median of 9', '< 100', sizes);
    }
    for (const perTurn of EVENTS_PER_TURN)
      figure(
        `notifications, ${perTurn} in a turn`,
        await eventsPerSecond(reader, store, perTurn),
        'events/s',
        '',
        sizes,
      );
    const rows = store.facts().forwards;
    store.close();
    figure('database', statSync(databasePath).size / rows, 'bytes/forward', '', sizes);
  } finally {
    client.close();
    server.disconnect();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Of forwards that come after all others, from their text to their transaction. */
async function eventsPerSecond(reader: LightningReader, store: Store, perTurn: number): Promise<number> {
  const silent = (): void => undefined;
  const intake = new Intake({
    reader,
    store,
    clock: { now: () => END, sleep: () => Promise.resolve() },
    log: { debug: silent, info: silent, warn: silent, error: silent },
    retentionDays: () => 3650,
  });
  await intake.catchUp(new AbortController().signal);
  const first = store.facts().forwards + 1;
  // `round`, and so the HTLC id, goes on where the history ends: none of them is known.
  const texts = Array.from({ length: EVENTS }, (_, i) => render({ ...sizes, end: END }, first + i));
  const elapsed = await seconds(async () => {
    for (let i = 0; i < EVENTS; i += perTurn) {
      for (const text of texts.slice(i, i + perTurn)) intake.onForward(decodeForward(JSON.parse(text)));
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
  const taken = store.facts().forwards + 1 - first;
  if (taken !== EVENTS) throw new Error(`expected ${EVENTS} forwards by notification, took in ${taken}`);
  return EVENTS / elapsed;
}

/** Of an odd number of values. */
function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}

function snapshot(channels: readonly ChannelView[]): NodeSnapshot {
  return {
    takenAt: END,
    nodeId: NODE,
    version: 'v26.06.6',
    network: 'bitcoin',
    blockheight: 1_000_000,
    synced: true,
    feesCollected: ZERO_MSAT,
    channels,
  };
}

function channelView(i: number): ChannelView {
  const capacity = satsToMsat(10_000_000);
  return {
    channelId: channelId(i.toString(16).padStart(64, '0')),
    peerId: NODE,
    peerAlias: null,
    scid: scid(scidOf(i)),
    alias: null,
    state: 'CHANNELD_NORMAL',
    connected: true,
    private: false,
    opener: 'local',
    capacity,
    toUs: msat(capacity / 2n),
    spendable: msat(capacity / 2n),
    receivable: msat(capacity / 2n),
    ourReserve: ZERO_MSAT,
    theirReserve: ZERO_MSAT,
    feeBase: ZERO_MSAT,
    feePpm: ppm(250),
    htlcMin: ZERO_MSAT,
    htlcMax: capacity,
    remote: null,
  };
}

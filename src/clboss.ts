#!/usr/bin/env node
// A clboss to test against: a plugin that takes and keeps tags exactly as clboss does, and sets fees where it may.
// Runs under the simulated node and under lightningd alike; what clboss does beside that, it does not do.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { array, bool, decode, msatValue, object, optional, int, str } from './cln/decode.ts';
import { messageOf, RpcError } from './cln/errors.ts';
import { MethodError, runPlugin, type InitMessage } from './cln/plugin.ts';
import { RpcClient } from './cln/rpc-client.ts';
import { systemClock } from './clock.ts';
import { wantedFee, type Competitor } from './sim/clboss/fees.ts';
import { describeStatus, type WantedFee } from './sim/clboss/status.ts';
import { ClbossRefusal, hasTag, PARAMETER_ERROR, unmanage, type Unmanaged } from './sim/clboss/unmanaged.ts';

const INTERVAL = 'clboss-imitator-interval';
const LONE_PPM = 'clboss-imitator-lone-ppm';
/** clboss looks at its fees about hourly. */
const HOUR_SECONDS = 3600;
const CALL_TIMEOUT_MS = 60_000;
/** Base fee beside LONE_PPM: lightningd's default. */
const LONE_BASE_MSAT = 1;

/** How one `clboss-unmanage` goes wrong. */
const MISHAPS = ['none', 'refuse', 'die-before', 'die-after'] as const;
type Mishap = (typeof MISHAPS)[number];

interface Running {
  readonly file: string;
  readonly client: RpcClient;
  /** What to charge where clboss itself would have nothing to go by; 0 leaves such peers alone as it does. */
  readonly lonePpm: number;
}

const clock = systemClock(process.env);
const ended = new AbortController();
const fees = new Map<string, WantedFee>();
let running: Running | null = null;
let unmanaged: Unmanaged = [];
/** Ordered by `clboss-imitator`. */
let order: { readonly mishap: Mishap; readonly delayMs: number; after: number } | null = null;

function load(file: string): Unmanaged {
  try {
    const entries = decode(array(array(str)), JSON.parse(readFileSync(file, 'utf8')), file);
    return entries.map(([id = '', ...tags]) => [id, tags]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Whole or not at all, before the reply: clboss keeps its tags in a database. */
function save(file: string, tags: Unmanaged): void {
  writeFileSync(`${file}.new`, JSON.stringify(tags.map(([id, own]) => [id, ...own])));
  renameSync(`${file}.new`, file);
}

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('killed');
}

async function runUnmanage(params: unknown): Promise<unknown> {
  const due = order !== null && order.after-- === 0 ? order : null;
  const wrong = due?.mishap ?? 'none';
  if (due !== null) {
    order = null;
    await sleep(due.delayMs);
  }
  if (wrong === 'die-before') die();
  try {
    if (wrong === 'refuse') throw new ClbossRefusal('ordered by clboss-imitator');
    const next = unmanage(unmanaged, params);
    if (running) save(running.file, next);
    unmanaged = next;
  } catch (error) {
    if (error instanceof ClbossRefusal) throw new MethodError(PARAMETER_ERROR, error.message, {});
    throw error;
  }
  if (wrong === 'die-after') die();
  return {};
}

const PEERS = object({ channels: array(object({ peer_id: str, state: str })) });
const COMPETITORS = object({
  channels: array(
    object({
      source: str,
      active: bool,
      amount_msat: msatValue,
      base_fee_millisatoshi: int,
      fee_per_millionth: int,
    }),
  ),
});

async function competitorsAt(client: RpcClient, peer: string, self: string): Promise<Competitor[]> {
  const { channels } = decode(COMPETITORS, await client.call('listchannels', { destination: peer }), 'listchannels');
  return channels
    .filter(({ source, active }) => active && source !== self)
    .map((channel) => ({
      capacityMsat: Number(channel.amount_msat),
      baseMsat: channel.base_fee_millisatoshi,
      ppm: channel.fee_per_millionth,
    }));
}

const lone = (ppm: number): WantedFee => ({
  median_base: LONE_BASE_MSAT,
  median_proportional: ppm,
  multiplier: 1,
  final_base: LONE_BASE_MSAT,
  final_proportional: ppm,
});

/** One fee run: every peer with a channel, by its node id, so that all of its channels get the fee. */
async function setFees({ client, lonePpm }: Running): Promise<void> {
  const { id: self } = decode(object({ id: str }), await client.call('getinfo'), 'getinfo');
  const { channels } = decode(PEERS, await client.call('listpeerchannels'), 'listpeerchannels');
  const peers = new Set(channels.filter(({ state }) => state === 'CHANNELD_NORMAL').map(({ peer_id }) => peer_id));
  for (const peer of peers) {
    const fee = wantedFee(await competitorsAt(client, peer, self)) ?? (lonePpm > 0 ? lone(lonePpm) : null);
    if (fee === null) continue;
    fees.set(peer, fee);
    // Asked anew for each: the tag may have come while the others were set.
    if (hasTag(unmanaged, peer, 'lnfee')) continue;
    try {
      await client.call('setchannel', { id: peer, feebase: fee.final_base, feeppm: fee.final_proportional });
    } catch (error) {
      // A channel that has closed meanwhile, as clboss takes it.
      if (!(error instanceof RpcError)) throw error;
    }
  }
}

async function feeLoop(parts: Running, intervalSeconds: number): Promise<void> {
  while (!ended.signal.aborted) {
    try {
      await setFees(parts);
    } catch (error) {
      // lightningd answers nobody while it starts.
      plugin.log('info', `fees not set: ${messageOf(error)}`);
    }
    await clock.sleep(intervalSeconds, ended.signal);
  }
}

function init({ options, configuration, socketPath }: InitMessage): undefined {
  const client = new RpcClient({ socketPath, idPrefix: 'clboss', timeoutMs: CALL_TIMEOUT_MS });
  running = {
    file: join(configuration.lightningDir, 'clboss-imitator.json'),
    client,
    lonePpm: Number(options[LONE_PPM]),
  };
  unmanaged = load(running.file);
  void feeLoop(running, Number(options[INTERVAL]));
}

const ORDER = object({ mishap: optional(str), delay_ms: optional(int), after: optional(int) });

const plugin = runPlugin({
  options: [
    { name: INTERVAL, type: 'int', default: HOUR_SECONDS, description: 'seconds between two settings of fees' },
    {
      name: LONE_PPM,
      type: 'int',
      default: 0,
      description: 'ppm toward peers that nobody else has a channel with; 0 sets nothing there, as clboss',
    },
  ],
  methods: [
    {
      name: 'clboss-status',
      usage: '',
      description: 'As clboss v0.16.3.',
      run: () => Promise.resolve(describeStatus(unmanaged, fees, clock.now())),
    },
    {
      name: 'clboss-unmanage',
      usage: 'nodeid tags',
      description: 'As clboss v0.16.3.',
      run: runUnmanage,
    },
    {
      name: 'clboss-imitator',
      usage: '[mishap] [delay_ms] [after]',
      description: `How one clboss-unmanage goes wrong (${MISHAPS.join(', ')}), how long it takes, how many go well before.`,
      run: (params) => {
        const { mishap = 'none', delay_ms = 0, after = 0 } = decode(ORDER, params, 'clboss-imitator');
        const known = MISHAPS.find((name) => name === mishap);
        if (known === undefined)
          throw new MethodError(PARAMETER_ERROR, `mishap: expected one of ${MISHAPS.join(', ')}, got ${mishap}`);
        order = { mishap: known, delayMs: delay_ms, after };
        return Promise.resolve({});
      },
    },
  ],
  subscriptions: {},
  init,
  shutdown: () => {
    ended.abort();
    running?.client.close();
  },
});

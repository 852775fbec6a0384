// A node that answers from recordings of a real one (test/fixtures/recordings), so that readers run on what lightningd
// really says.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { RpcError, UNKNOWN_METHOD } from '../../src/cln/errors.ts';
import type { CallOptions } from '../../src/cln/rpc-client.ts';
import { asker } from '../../src/node/ask.ts';
import { LightningReader } from '../../src/node/reader.ts';
import { unixSec } from '../../src/core/units.ts';
import type { Clock } from '../../src/ports.ts';

export type Json = Record<string, unknown>;
export interface Recording {
  readonly method: string;
  readonly params: Json;
  readonly result: Json;
  readonly error: { readonly code: number; readonly message: string };
}

const FOLDER = resolve(import.meta.dirname, '../fixtures/recordings');

/** A fresh copy, so that a test may change it. */
export const recording = (name: string): Recording =>
  JSON.parse(readFileSync(resolve(FOLDER, `${name}.json`), 'utf8')) as Recording;

export const rows = (name: string, field: string): Json[] => recording(name).result[field] as Json[];

/** A moment just after the recordings were made. */
export const RECORDED_AT = unixSec(1_795_227_000);
export const stoppedClock = (now = RECORDED_AT): Clock => ({ now: () => now, sleep: () => Promise.resolve() });

export type Answer = (params: Json) => unknown;

/** Rows from an index on, as lightningd pages them. */
export const paged =
  (field: string, list: readonly Json[]): Answer =>
  ({ index = 'created', start = 1, limit = Infinity }) => ({
    [field]: list
      .filter((row) => Number(row[`${String(index)}_index`]) >= Number(start))
      .sort((a, b) => Number(a[`${String(index)}_index`]) - Number(b[`${String(index)}_index`]))
      .slice(0, Number(limit)),
  });

const lastIndex = (list: readonly Json[], index: string): number =>
  Math.max(0, ...list.map((row) => Number(row[`${index}_index`] ?? 0)));

/** The node R of the recordings. */
export function answers(): Record<string, Answer> {
  const forwards = rows('listforwards', 'forwards');
  const moves = rows('listchannelmoves', 'channelmoves');
  const events = rows('bkpr-listaccountevents', 'events');
  return {
    getinfo: () => recording('getinfo').result,
    listpeerchannels: () => recording('listpeerchannels').result,
    listclosedchannels: () => recording('listclosedchannels').result,
    listforwards: paged('forwards', forwards),
    listchannelmoves: paged('channelmoves', moves),
    listfunds: () => recording('listfunds').result,
    listnodes: ({ id }) => ({ nodes: [{ nodeid: id, alias: `node-${String(id).slice(2, 6)}` }] }),
    help: () => recording('help').result,
    wait: ({ subsystem, indexname }) => ({
      subsystem,
      [String(indexname)]: lastIndex(subsystem === 'forwards' ? forwards : moves, String(indexname)),
    }),
    'bkpr-listaccountevents': ({ account }) => ({ events: events.filter((event) => event['account'] === account) }),
  };
}

/** A node that lacks a method. */
export const without = (node: Record<string, Answer>, method: string): Record<string, Answer> =>
  Object.fromEntries(Object.entries(node).filter(([name]) => name !== method));

export interface Call {
  readonly method: string;
  readonly params: Json;
  readonly options: CallOptions | undefined;
}

/** A reader over these answers, and the calls it made. */
export function readerOver(answering: Record<string, Answer>, clock: Clock = stoppedClock()) {
  const calls: Call[] = [];
  const ask = asker({
    call: (method, params, options) => {
      calls.push({ method, params: { ...params }, options });
      const answer = answering[method];
      if (!answer) return Promise.reject(new RpcError(method, UNKNOWN_METHOD, `Unknown command '${method}'`));
      // Through text, as over the socket.
      return Promise.resolve().then(() => JSON.parse(JSON.stringify(answer({ ...params }) ?? null)) as unknown);
    },
  });
  return { reader: new LightningReader(ask, clock), calls, ask };
}

export const refusing =
  (method: string, code: number, message: string): Answer =>
  () => {
    throw new RpcError(method, code, message);
  };

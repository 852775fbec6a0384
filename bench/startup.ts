// How long is lightningd kept waiting by our start, and what does the plugin weigh once it is at rest?
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DocumentSplitter } from '../src/cln/framing.ts';
import { RpcClient } from '../src/cln/rpc-client.ts';
import { figure } from './figure.ts';

const ROOT = process.cwd();
const PLUGIN = resolve(ROOT, 'cl-revenue-ops.js');
const NODE = resolve(ROOT, 'dist/simulated-node.js');
/** Odd, so that the median is one of them. */
const STARTS = 11;
const CHANNELS = 500;
const FORWARDS_PER_DAY = 5000;
const HISTORY_DAYS = 30;
/** After the first cycles, long enough for the heap to shrink again. */
const REST_SECONDS = 30;

const folder = mkdtempSync(join(tmpdir(), 'revenue-startup-'));
process.on('exit', () => {
  rmSync(folder, { recursive: true, force: true });
});

/** Milliseconds from exec to the reply to init, as lightningd would see it, on a database that is there already. */
async function timeToInit(): Promise<number> {
  const start = performance.now();
  const child = spawn(process.execPath, [PLUGIN], { stdio: ['pipe', 'pipe', 'inherit'] });
  const configuration = { 'lightning-dir': folder, 'rpc-file': 'lightning-rpc', startup: true, network: 'regtest' };
  const send = (method: string, params: object): void => {
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: method, method, params })}\n\n`);
  };
  const splitter = new DocumentSplitter();
  const replied = new Promise<number>((done, failed) => {
    child.on('exit', (code) => {
      failed(new Error(`the plugin ended with ${String(code)} before it replied to init`));
    });
    child.stdout.on('data', (bytes: Buffer) => {
      for (const text of splitter.push(bytes)) {
        const { id } = JSON.parse(text) as { id?: string };
        if (id === 'getmanifest') send('init', { options: {}, configuration });
        if (id === 'init') done(performance.now() - start);
      }
    });
  });
  send('getmanifest', {});
  const elapsed = await replied;
  await ended(child, () => child.stdin.end());
  return elapsed;
}

function ended(child: ChildProcess, end: () => void): Promise<void> {
  const exit = new Promise<void>((done) => child.once('exit', done));
  end();
  return exit;
}

const ps = (...columns: string[]): string[][] =>
  execFileSync('ps', ['-A', '-ww', ...columns.flatMap((column) => ['-o', `${column}=`])], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));

/** Resident memory of the plugin in MB, under a node with many channels, a month of history and live traffic. */
async function memoryAtRest(): Promise<number> {
  const sizes = { channels: CHANNELS, 'forwards-per-day': FORWARDS_PER_DAY, 'history-days': HISTORY_DAYS, speed: 1 };
  const flags = Object.entries(sizes).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const node = spawn(process.execPath, [NODE, '--lightning-dir', folder, '--plugin', PLUGIN, ...flags], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const client = new RpcClient({
    socketPath: join(folder, 'regtest', 'lightning-rpc'),
    idPrefix: 'bench',
    timeoutMs: 60_000,
  });
  const ready = (): Promise<unknown> => client.call('revenue-analyze').catch(() => null);
  while ((await ready()) === null) await pause(200);
  await pause(REST_SECONDS * 1000);
  const plugin = ps('ppid', 'rss', 'args').find(
    ([parent, , ...args]) => parent === String(node.pid) && args.some((arg) => arg.endsWith('cl-revenue-ops.js')),
  );
  client.close();
  await ended(node, () => node.kill('SIGTERM'));
  return Number(plugin?.[1]) / 1024;
}

const times: number[] = [];
for (let i = 0; i < STARTS; i++) times.push(await timeToInit());
times.sort((a, b) => a - b);
const median = times[Math.floor(STARTS / 2)] ?? NaN;
figure('exec to init reply, median', median / 1000, 's', '< 0.5', { starts: STARTS });
figure('exec to init reply, slowest', (times.at(-1) ?? NaN) / 1000, 's', '< 0.5', { starts: STARTS });
figure('resident memory at rest', await memoryAtRest(), 'MB', '< 100', {
  channels: CHANNELS,
  forwards: FORWARDS_PER_DAY * HISTORY_DAYS,
});

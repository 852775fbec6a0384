// How is the simulated node started with the plugin, asked, and ended?
import { spawn, type ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RpcFailure, RpcUnreachableError } from '../cln/errors.ts';
import { RpcClient } from '../cln/rpc-client.ts';
import { OPTIONS } from '../core/config/options.ts';
import { SECONDS_PER_DAY } from '../core/units.ts';
import { readDatabase, type Written } from './database.ts';
import { makeFolder } from './folder.ts';
import type { DemoOptions } from './options.ts';
import { messageOf } from '../core/message-of.ts';

/** Generous: on a busy machine a plugin far behind answers late. */
const CALL_TIMEOUT_MS = 120_000;
const START_TIMEOUT_MS = 60_000;
/** Real milliseconds for node and plugin to end before they are killed. */
const END_TIMEOUT_MS = 40_000;
/** Where simulated time begins, in Unix seconds: fixed, so that the same seed shows the same. 2026-11-01T00:00:00Z. */
export const START = 1_793_491_200;
/** A week in which fees stayed as they were: what the plugin finds, and what its revenue is compared with. */
export const HISTORY_DAYS = 7;

export interface Programs {
  readonly node: string;
  readonly plugin: string;
}

/** `dashboard`: where it is to listen; absent for none. */
export type SessionOptions = DemoOptions & { readonly dashboard?: string };

/** The node or the plugin has ended by itself. */
export class SessionLost extends Error {}

export class Session {
  readonly folder: string;
  readonly #child: ChildProcess;
  readonly #rpc: RpcClient;
  readonly #stop: AbortSignal | undefined;
  #stderr = '';

  private constructor(folder: string, child: ChildProcess, stop: AbortSignal | undefined) {
    this.folder = folder;
    this.#stop = stop;
    this.#child = child;
    this.#rpc = new RpcClient({
      socketPath: join(folder, 'regtest', 'lightning-rpc'),
      idPrefix: 'demo',
      timeoutMs: CALL_TIMEOUT_MS,
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr += chunk.toString();
    });
  }

  /**
   * Resolves when node and plugin run.
   * @param stop ends the start, and every call from then on, with its reason
   * @throws UsageError, SessionLost
   */
  static async start(options: SessionOptions, programs: Programs, stop?: AbortSignal): Promise<Session> {
    const folder = makeFolder(options.keep);
    const flags: Readonly<Record<string, string | number>> = {
      'lightning-dir': folder,
      plugin: programs.plugin,
      start: START,
      speed: options.speed,
      channels: options.channels,
      market: options.market,
      'forwards-per-day': options.forwardsPerDay,
      'history-days': HISTORY_DAYS,
      seed: options.seed,
      // At this speed a dozen questions to the node take an hour of its clock.
      'revenue-ops-rebalance-timeout': SECONDS_PER_DAY,
      ...(options.dashboard === undefined ? {} : { 'revenue-ops-dashboard': options.dashboard }),
      ...(options.algorithm === null ? {} : { 'revenue-ops-fee-algorithm': options.algorithm }),
    };
    const end = options.days === null ? [] : [`--freeze-after-days=${options.days}`];
    // All channels that earn in the week before earn in the end: a fair comparison.
    const fixed = ['--no-closed-channels', '--joint-funding', '--until-stdin-ends'];
    const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
    // Its own process group: Ctrl-C is ours to answer, by a clean end. Should we be killed, its standard input ends.
    const child = spawn(process.execPath, [programs.node, ...args, ...end, ...fixed], {
      stdio: ['pipe', 'ignore', 'pipe'],
      detached: true,
    });
    const session = new Session(folder, child, stop);
    const deadline = Date.now() + START_TIMEOUT_MS;
    for (;;) {
      try {
        await session.call('revenue-status');
        return session;
      } catch (error) {
        if (!(error instanceof RpcFailure) || Date.now() > deadline) {
          await session.end();
          if (stop?.aborted === true) {
            if (options.keep === null) session.removeFolder();
            throw error;
          }
          const reason = messageOf(error);
          throw new SessionLost(`node and plugin did not start: ${reason}; their files: ${folder}`, { cause: error });
        }
      }
      await sleep(50);
    }
  }

  /** @throws RpcFailure; SessionLost when the node has ended; what the session was stopped with. */
  async call(method: string, params: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    this.#requireAlive();
    try {
      return await this.#rpc.call(method, params, this.#stop === undefined ? {} : { signal: this.#stop });
    } catch (error) {
      if (error instanceof RpcUnreachableError) {
        // The connection falls a moment before the process is seen to end.
        await sleep(100);
        this.#requireAlive();
      }
      throw error;
    }
  }

  /** What the plugin has written to its database by now. @throws StoreError; Error of SQLite's */
  readDatabase(path: string): Written {
    return readDatabase(path);
  }

  /** Its file, which the plugin is not told to put elsewhere. */
  get database(): string {
    return join(this.folder, 'regtest', OPTIONS.dbPath.default);
  }

  /** Removes all that node and plugin have written; once they have ended. */
  removeFolder(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Ends plugin and node. Safe to call twice. */
  async end(): Promise<void> {
    this.#rpc.close();
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), END_TIMEOUT_MS);
    await ended;
    clearTimeout(timer);
  }

  #requireAlive(): void {
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null)
      throw new SessionLost(`the simulated node has ended (${signalCode ?? String(exitCode)}): ${this.#stderr.trim()}`);
  }
}

// The application on a real database and a node in memory, for tests of start-up and commands.
import { afterEach } from 'vitest';
import { Application } from '../../src/app/application.ts';
import { COMMANDS } from '../../src/app/commands/all.ts';
import type { Config } from '../../src/core/config/options.ts';
import { DEFAULTS } from '../../src/core/config/validate.ts';
import { CommandError } from '../../src/core/errors.ts';
import { BacktestFailure, NodeError, type Backtester, type Store } from '../../src/ports.ts';
import { temporaryDatabase, type Temporary } from '../store/temporary.ts';
import { ClbossInMemory } from './clboss-in-memory.ts';
import { FeesInMemory } from './fees-in-memory.ts';
import { LedgerInMemory } from './ledger-in-memory.ts';
import { ManualClock, settle } from './manual-clock.ts';
import { NodeInMemory } from './node-in-memory.ts';
import { RebalancingInMemory } from './rebalancing-in-memory.ts';
import { recordingLog, type RecordingLog } from './recording-log.ts';

export type Reply = Record<string, unknown>;

export const timeout = new NodeError('timeout', 'getinfo: no reply within 60000 ms');
export const unreachable = new NodeError('unreachable', 'getinfo: lightningd is not reachable');

/** Of those in memory there is no history. */
export const noBacktester: Backtester = {
  backtest: () => Promise.reject(new BacktestFailure('history: expected one, got none')),
};

export interface Running {
  readonly app: Application;
  readonly node: NodeInMemory;
  /** The node's books; empty unless a test says otherwise. */
  readonly accounts: LedgerInMemory;
  /** Its fees, and what others charge. */
  readonly fees: FeesInMemory;
  /** Not there unless a test says so. */
  readonly clboss: ClbossInMemory;
  /** With the native driver, which finds what a test says. */
  readonly rebalancing: RebalancingInMemory;
  readonly clock: ManualClock;
  readonly store: Store;
  readonly log: RecordingLog;
  /** A command's reply, as its caller reads it. */
  readonly run: (name: string, params?: unknown) => Promise<Reply>;
  /** A command's refusal. @throws Error when it succeeds */
  readonly refused: (name: string, params?: unknown) => Promise<CommandError>;
  /** As the end of the process: stopped and closed. */
  readonly end: () => Promise<void>;
}

type Prepare = (node: NodeInMemory, clock: ManualClock) => void;

export interface Setup {
  readonly database: Temporary;
  /** Not started yet; `prepare` makes the node what it is at the start. */
  readonly setup: (changes?: Partial<Config>, prepare?: Prepare) => Running;
  /** Started and ready. */
  readonly started: (changes?: Partial<Config>, prepare?: Prepare) => Promise<Running>;
}

/** Within a describe, or at the top of a file. What a test leaves running ends after it. */
export function applications(): Setup {
  const database = temporaryDatabase();
  const running = new Set<Running>();
  afterEach(async () => {
    for (const one of running) await one.end();
  });
  const setup = (changes: Partial<Config> = {}, prepare: Prepare = () => undefined): Running => {
    const clock = new ManualClock();
    const node = new NodeInMemory(clock);
    const accounts = new LedgerInMemory(clock);
    const fees = new FeesInMemory(node);
    const clboss = new ClbossInMemory();
    const rebalancing = new RebalancingInMemory();
    prepare(node, clock);
    const store = database.open();
    const log = recordingLog();
    const app = new Application(
      {
        node,
        accounts,
        fees,
        clboss,
        rebalancing,
        backtester: noBacktester,
        store,
        clock,
        rng: { next: () => 0.5 },
        log,
      },
      { version: '1.2.3', config: { ...DEFAULTS, ...changes }, legacyOptionsSet: [] },
    );
    const run = async (name: string, params: unknown = {}): Promise<Reply> => {
      const found = COMMANDS.find((command) => command.name === name);
      if (!found) throw new Error(`no command ${name}`);
      // What JSON cannot say must not be in a reply.
      return JSON.parse(JSON.stringify(await found.run(params, app.context))) as Reply;
    };
    const refused = async (name: string, params: unknown = {}): Promise<CommandError> => {
      const outcome: unknown = await run(name, params).catch((error: unknown) => error);
      if (outcome instanceof CommandError) return outcome;
      throw outcome instanceof Error ? outcome : new Error(`expected ${name} to be refused`);
    };
    const one: Running = {
      app,
      node,
      accounts,
      fees,
      clboss,
      rebalancing,
      clock,
      store,
      log,
      run,
      refused,
      end: async () => {
        running.delete(one);
        await app.stop();
        store.close();
      },
    };
    running.add(one);
    return one;
  };
  const started = async (...args: Parameters<typeof setup>): Promise<Running> => {
    const one = setup(...args);
    one.app.start();
    await settle();
    return one;
  };
  return { database, setup, started };
}

/** A settled forward that took a second; its fee is a thousandth. */
export function pay(node: NodeInMemory, from: number, to: number, sats: number, at: number): void {
  node.end(node.offer({ from, to, outMsat: sats * 1000, feeMsat: sats }, at), 'settled', at + 1);
}
export const channelsOf = (reply: Reply): Reply[] => reply['channels'] as Reply[];
export const alertsOf = (reply: Reply): string[] => reply['alerts'] as string[];
export const loopOf = (reply: Reply, name: string): Reply => (reply['loops'] as Record<string, Reply>)[name] ?? {};

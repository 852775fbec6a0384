// The application on a real database and the simulated node's own RPC, clboss beside it: for tests of what acts.
import { afterEach } from 'vitest';
import { Application } from '../../src/app/application.ts';
import { COMMANDS } from '../../src/app/commands/all.ts';
import type { Config } from '../../src/core/config/options.ts';
import { DEFAULTS } from '../../src/core/config/validate.ts';
import { CommandError } from '../../src/core/errors.ts';
import { nodeId, type NodeId } from '../../src/core/units.ts';
import { LightningLedger } from '../../src/node/ledger.ts';
import { LightningClboss } from '../../src/node/clboss.ts';
import { LightningFees } from '../../src/node/fees.ts';
import { LightningReader } from '../../src/node/reader.ts';
import { LightningRebalancing } from '../../src/node/rebalancing.ts';
import type { Store } from '../../src/ports.ts';
import type { WorldConfig } from '../../src/sim/world/config.ts';
import { createWorld, type SimulatedWorld } from '../../src/sim/world/simulated-world.ts';
import { simulatedAsk, type Asked, type SimulatedAsk } from '../sim/ask.ts';
import { call } from '../sim/call.ts';
import { temporaryDatabase } from '../store/temporary.ts';
import { ImitatedClboss } from './imitated-clboss.ts';
import { ManualClock, settle } from './manual-clock.ts';
import { noBacktester } from './setup.ts';
import { recordingLog, type RecordingLog } from './recording-log.ts';

/** A row of listpeerchannels, as far as tests of fees care. */
export interface ListedChannel {
  readonly peer_id: NodeId;
  readonly channel_id: string;
  readonly short_channel_id: string;
  readonly alias: { readonly local: string };
  readonly state: string;
  readonly private: boolean;
  readonly fee_base_msat: number;
  readonly fee_proportional_millionths: number;
  readonly minimum_htlc_out_msat: number;
  readonly maximum_htlc_out_msat: number;
}

/** Everything that changes something: what a dry run must not ask. */
const CHANGING = new Set(['setchannel', 'clboss-unmanage']);

export interface Simulated {
  readonly app: Application;
  readonly world: SimulatedWorld;
  readonly clboss: ImitatedClboss;
  readonly simulated: SimulatedAsk;
  readonly store: Store;
  readonly clock: ManualClock;
  readonly log: RecordingLog;
  readonly run: (name: string, params?: unknown) => Promise<Record<string, unknown>>;
  readonly refused: (name: string, params?: unknown) => Promise<CommandError>;
  readonly listed: () => Promise<ListedChannel[]>;
  /** Usable ones; at least one. */
  readonly usable: () => Promise<[ListedChannel, ...ListedChannel[]]>;
  readonly feeOf: (channel: ListedChannel) => Promise<number | undefined>;
  /** Calls that might have changed something, since the start. */
  readonly changing: () => readonly Asked[];
  /** Lets time pass for the node and for us. */
  readonly advance: (seconds: number) => Promise<void>;
}

export interface SimulatedOptions {
  readonly config?: Partial<Config>;
  readonly world?: Partial<WorldConfig>;
  /** Paused until the test says otherwise, so that only commands act. Default: true. */
  readonly paused?: boolean;
  readonly start?: boolean;
}

/** Within a describe, or at the top of a file. What a test leaves running ends after it. */
export function simulatedApplications(): (options?: SimulatedOptions) => Promise<Simulated> {
  const database = temporaryDatabase();
  const running = new Set<Application>();
  afterEach(async () => {
    for (const app of running) await app.stop();
    running.clear();
  });
  return async ({ config = {}, world: worldConfig = {}, paused = true, start = true } = {}) => {
    const world = createWorld({ channels: 4, flakyPeers: false, ...worldConfig });
    const clboss = new ImitatedClboss();
    const simulated = simulatedAsk(world, clboss.answer);
    const { ask, asked } = simulated;
    const clock = new ManualClock(Math.floor(world.now() / 1000));
    const store = database.open();
    store.claim(nodeId(world.nodeId));
    store.setPaused(paused);
    const log = recordingLog();
    const app = new Application(
      {
        node: new LightningReader(ask, clock),
        accounts: new LightningLedger(ask, clock),
        fees: new LightningFees(ask),
        clboss: new LightningClboss(ask),
        rebalancing: new LightningRebalancing(ask, { clock, log, callPrefix: 'test' }),
        backtester: noBacktester,
        store,
        clock,
        rng: { next: () => 0.5 },
        log,
      },
      { version: '1.2.3', config: { ...DEFAULTS, ...config }, legacyOptionsSet: [] },
    );
    running.add(app);
    if (start) app.start();
    for (let i = 0; start && app.context.readiness().phase !== 'ready' && i < 50; i++) await settle();
    await settle();
    const run = async (name: string, params: unknown = {}): Promise<Record<string, unknown>> => {
      const command = COMMANDS.find((each) => each.name === name);
      if (!command) throw new Error(`no command ${name}`);
      return JSON.parse(JSON.stringify(await command.run(params, app.context))) as Record<string, unknown>;
    };
    const listed = async (): Promise<ListedChannel[]> => {
      const { channels }: { channels: ListedChannel[] } = await call(world, 'listpeerchannels');
      return channels;
    };
    return {
      app,
      world,
      clboss,
      simulated,
      store,
      clock,
      log,
      run,
      refused: async (name, params) => {
        const outcome: unknown = await run(name, params).catch((error: unknown) => error);
        if (outcome instanceof CommandError) return outcome;
        throw outcome instanceof Error ? outcome : new Error(`expected ${name} to be refused`);
      },
      listed,
      usable: async () => {
        const [first, ...others] = (await listed()).filter(({ state }) => state === 'CHANNELD_NORMAL');
        if (!first) throw new Error('expected a usable channel');
        return [first, ...others];
      },
      feeOf: async ({ channel_id }) =>
        (await listed()).find((row) => row.channel_id === channel_id)?.fee_proportional_millionths,
      changing: () => asked.filter(({ method }) => CHANGING.has(method)),
      advance: async (seconds) => {
        world.advanceTo(world.now() + seconds * 1000);
        await clock.advance(seconds);
        await settle();
      },
    };
  };
}

// What does the plugin consist of, and in what order does it come to life? The same on a real and on a simulated node.
import type { Config } from '../core/config/options.ts';
import type { Forward } from '../core/forward.ts';
import type { NodeId, UnixSec } from '../core/units.ts';
import {
  StoreError,
  type Backtester,
  type ClbossNode,
  type Clock,
  type FeeNode,
  type LedgerReader,
  type Log,
  type NodeReader,
  type RebalanceNode,
  type Rng,
  type Store,
} from '../ports.ts';
import type { Alert } from './alerts/alert.ts';
import { look } from './alerts/look.ts';
import { AlertWatch, type AlertNews } from './alerts/watch.ts';
import type { CatchUpProgress } from './catch-up.ts';
import { Clboss } from './clboss.ts';
import { coalesce } from './coalesce.ts';
import type { CommandContext } from './commands/context.ts';
import { exclusive } from './exclusive.ts';
import { firstContact } from './first-contact.ts';
import { runFeeCycle } from './fees/fee-cycle.ts';
import { runFlowCycle } from './flow-cycle.ts';
import { Intake } from './intake.ts';
import { runLedgerCycle } from './ledger-cycle.ts';
import type { Readiness } from './readiness.ts';
import { Rebalancer } from './rebalance/rebalancer.ts';
import type { Loop } from './loop.ts';
import { Scheduler } from './scheduler.ts';
import { messageOf } from '../core/message-of.ts';

export interface ApplicationPorts {
  readonly node: NodeReader;
  readonly accounts: LedgerReader;
  readonly fees: FeeNode;
  readonly clboss: ClbossNode;
  readonly rebalancing: RebalanceNode;
  readonly backtester: Backtester;
  readonly store: Store;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
}

export interface ApplicationOptions {
  readonly version: string;
  readonly config: Config;
  /** Names of options that are set but no longer used. */
  readonly legacyOptionsSet: readonly string[];
  /** What beside the application is not as the operator wants it. */
  readonly notices?: () => readonly Alert[];
  /** Told once the history has been read. */
  readonly onReady?: () => void;
  /** Hears of each alert when it begins and when it is over. */
  readonly onAlert?: (news: AlertNews) => void;
}

/** Seconds between index catch-ups: how late a forward may come of which no notification told. */
const INTAKE_INTERVAL = 60;

export class Application {
  readonly #ports: ApplicationPorts;
  readonly #intake: Intake;
  readonly #scheduler: Scheduler;
  readonly #stop = new AbortController();
  readonly #catchUp: () => Promise<void>;
  readonly #takeInAccounts: () => Promise<void>;
  readonly #clboss: Clboss;
  readonly #rebalancer: Rebalancer;
  readonly #alerts: AlertWatch;
  readonly #onReady: () => void;
  /** Whatever changes the node takes its turn, one at a time: the fee cycle, taking tags again, and commands that set fees or tags. */
  readonly #exclusive = exclusive();
  #config: Config;
  /** Whether a fee cycle has ended well since the start. */
  #priced = false;
  #nodeId: NodeId | null = null;
  #startedAt: UnixSec | null = null;
  #readiness: Readiness = { phase: 'starting', waitingFor: 'lightningd to answer' };
  #started: Promise<void> | null = null;
  /** What commands are run with. */
  readonly context: CommandContext;

  constructor(ports: ApplicationPorts, options: ApplicationOptions) {
    const { node, store, clock } = ports;
    this.#ports = ports;
    this.#config = options.config;
    this.#onReady = options.onReady ?? (() => undefined);
    this.#intake = new Intake({
      reader: node,
      store,
      clock,
      log: ports.log,
      retentionDays: () => this.#config.forwardsRetentionDays,
    });
    this.#catchUp = coalesce(() => this.#runIntake());
    this.#takeInAccounts = coalesce(() =>
      runLedgerCycle({ reader: ports.accounts, ledger: store.ledger, signal: this.#stop.signal }),
    );
    this.#clboss = new Clboss({
      clboss: ports.clboss,
      fees: store.fees,
      log: ports.log,
      enabled: () => this.#config.clbossEnabled,
    });
    this.#rebalancer = new Rebalancer({
      ...ports,
      clboss: this.#clboss,
      exclusive: this.#exclusive,
      config: () => this.#config,
      catchUp: this.#catchUp,
      takeInAccounts: this.#takeInAccounts,
      restraint: (manual) => (manual ? this.#leaving() : this.#restraint()),
      stopping: this.#stop.signal,
    });
    this.#scheduler = new Scheduler(this.#loops(), { ...ports, config: () => this.#config });
    this.context = {
      version: options.version,
      node,
      accounts: ports.accounts,
      fees: ports.fees,
      clboss: this.#clboss,
      rebalancer: this.#rebalancer,
      exclusive: this.#exclusive,
      backtester: ports.backtester,
      stopping: this.#stop.signal,
      store,
      clock,
      log: ports.log,
      config: () => this.#config,
      nodeId: () => this.#nodeId,
      readiness: () => this.#readiness,
      loops: () => this.#scheduler.status(),
      catchUp: this.#catchUp,
      takeInAccounts: this.#takeInAccounts,
      retime: () => {
        this.#scheduler.retime();
      },
      legacyOptionsSet: options.legacyOptionsSet,
      notices: options.notices ?? (() => []),
      startedAt: () => this.#startedAt,
    };
    this.#alerts = new AlertWatch({
      clock,
      store,
      log: ports.log,
      read: () => look(this.context),
      tell: options.onAlert ?? (() => undefined),
      stopping: this.#stop.signal,
    });
  }

  get config(): Config {
    return this.#config;
  }

  /** Takes effect with the next cycle of each loop; those under way finish with what they began with. */
  set config(config: Config) {
    this.#config = config;
    this.#scheduler.retime();
  }

  /** Begins in the background; what goes wrong shows in revenue-status and in the log. */
  start(): void {
    this.#started ??= this.#begin().catch((error: unknown) => {
      const reason = messageOf(error);
      this.#readiness = { phase: 'failed', reason };
      this.#ports.log.error(`cannot run: ${error instanceof StoreError ? reason : String((error as Error).stack)}`);
    });
  }

  /** Begins nothing any more; resolves when all that is under way has ended. The ports stay open. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#started;
    await this.#scheduler.stop();
    await this.#rebalancer.landed();
  }

  /** Takes in one forward of which a notification told. */
  onForward(forward: Forward): void {
    this.#intake.onForward(forward);
  }

  /** A channel has opened, closed or been spliced, so that a name may belong to another channel now: look at once. */
  onChannelsChanged(): void {
    this.#scheduler.wake('flow');
    this.#scheduler.wake('accounts');
  }

  #loops(): Loop[] {
    const ports = { ...this.#ports, catchUp: this.#catchUp };
    return [
      {
        name: 'flow',
        acts: false,
        intervalSeconds: (config) => config.flowInterval,
        run: (config) => runFlowCycle(ports, config),
      },
      {
        name: 'intake',
        acts: false,
        intervalSeconds: () => INTAKE_INTERVAL,
        run: async () => {
          try {
            await this.#catchUp();
          } finally {
            // The loop that runs most often looks after all.
            if (!this.#stop.signal.aborted) await this.#alerts.look();
          }
        },
      },
      {
        name: 'accounts',
        acts: false,
        intervalSeconds: (config) => config.flowInterval,
        run: this.#takeInAccounts,
      },
      {
        name: 'fees',
        acts: true,
        intervalSeconds: (config) => config.feeInterval,
        run: async () => {
          await runFeeCycle(
            {
              ...ports,
              clboss: this.#clboss,
              takeInAccounts: this.#takeInAccounts,
              exclusive: this.#exclusive,
              restraint: () => this.#restraint(),
            },
            () => this.#config,
          );
          // The first prices there are: what was looked at without is worth another look now, not an interval later.
          if (!this.#priced) this.#scheduler.wake('rebalance');
          this.#priced = true;
        },
      },
      {
        name: 'rebalance',
        acts: true,
        intervalSeconds: (config) => config.rebalanceInterval,
        run: () => this.#rebalancer.cycle(),
        whilePaused: () => this.#rebalancer.settleOpen(),
      },
    ];
  }

  /** Why nothing may be changed at this very moment, whatever was decided with the configuration of a while ago. */
  #restraint(): string | null {
    const leaving = this.#leaving();
    if (leaving !== null) return leaving;
    return this.#ports.store.paused() ? 'paused meanwhile' : null;
  }

  /** Likewise for the operator's own orders, which a pause does not stop. */
  #leaving(): string | null {
    if (this.#stop.signal.aborted) return 'the plugin is stopping';
    return this.#config.dryRun ? 'dry-run was switched on meanwhile' : null;
  }

  async #begin(): Promise<void> {
    const { clock, log } = this.#ports;
    const found = await firstContact(this.#ports, this.#stop.signal, (waitingFor) => {
      this.#waitFor(waitingFor);
    });
    if (found === null) return;
    const { nodeId, version, network } = found;
    this.#nodeId = nodeId;
    log.info(`runs on ${nodeId} (${version}, ${network}); reading the history of forwards`);
    this.#readiness = { phase: 'starting', waitingFor: 'the history of forwards' };
    this.#startedAt = clock.now();
    this.#scheduler.start();
  }

  async #runIntake(): Promise<void> {
    const progress = await this.#intake.catchUp(this.#stop.signal, (soFar) => {
      if (this.#readiness.phase === 'starting') this.#readiness = { phase: 'starting', waitingFor: describe(soFar) };
    });
    if (this.#stop.signal.aborted || this.#readiness.phase !== 'starting') return;
    this.#readiness = { phase: 'ready' };
    this.#ports.log.info(`ready: ${progress.read} forwards read, ${progress.added} of them new`);
    this.#onReady();
  }

  #waitFor(waitingFor: string): void {
    if (this.#readiness.phase === 'starting' && this.#readiness.waitingFor !== waitingFor)
      this.#ports.log.info(`waiting for ${waitingFor}`);
    this.#readiness = { phase: 'starting', waitingFor };
  }
}

const describe = ({ read, ahead }: CatchUpProgress): string =>
  `the history of forwards (${read} read${ahead === null ? '' : `, at most ${ahead} to come`})`;

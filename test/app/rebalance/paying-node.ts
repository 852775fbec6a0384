// A node in memory that the real rebalancer pays around over a real database, with restarts and crashes between.
import { Clboss } from '../../../src/app/clboss.ts';
import { exclusive } from '../../../src/app/exclusive.ts';
import { Intake } from '../../../src/app/intake.ts';
import { runLedgerCycle } from '../../../src/app/ledger-cycle.ts';
import type { ByHand } from '../../../src/app/rebalance/manual-rebalance.ts';
import { Flights } from '../../../src/app/rebalance/flights.ts';
import { gatherPlan } from '../../../src/app/rebalance/gather.ts';
import { Lately } from '../../../src/app/rebalance/lately.ts';
import { Rebalancer } from '../../../src/app/rebalance/rebalancer.ts';
import { WayBook } from '../../../src/app/rebalance/way-book.ts';
import type { Config } from '../../../src/core/config/options.ts';
import { DEFAULTS } from '../../../src/core/config/validate.ts';
import { bidPrice } from '../../../src/core/fee/bid-price.ts';
import { NO_SOURCES } from '../../../src/core/fee/sources.ts';
import type { UnitState } from '../../../src/core/fee/types.ts';
import type { Spending } from '../../../src/core/rebalance/guard.ts';
import type { PlanInput } from '../../../src/core/rebalance/plan-types.ts';
import type { ChannelView } from '../../../src/core/snapshot.ts';
import type { Intent } from '../../../src/core/rebalance/intent.ts';
import { msat, ppm, satsToMsat, unixSec, type Msat, type NodeId } from '../../../src/core/units.ts';
import type {
  KeptDecision,
  LedgerReader,
  NodeReader,
  RebalanceNode,
  RebalanceRecord,
  RebalanceStore,
  Store,
} from '../../../src/ports.ts';
import { idOf } from '../../store/fake-node.ts';
import type { Temporary } from '../../store/temporary.ts';
import { announced } from '../announced.ts';
import { ClbossInMemory } from '../clboss-in-memory.ts';
import { LedgerInMemory } from '../ledger-in-memory.ts';
import { ManualClock } from '../manual-clock.ts';
import { channelNumber, NodeInMemory } from '../node-in-memory.ts';
import { recordingLog } from '../recording-log.ts';
import { pay } from '../setup.ts';
import { PaymentsInMemory } from './payments-in-memory.ts';

type Port = 'node' | 'accounts' | 'clboss' | 'ledger' | 'fees' | 'driver' | 'payments';
/** Told before every call to a port and every step of a driver; what it throws is what the caller gets. */
export type Before = (port: Port, method: string) => void;

/** Of a channel's 10,000,000 sats. */
const FULL = 9_000_000;
const EMPTY = 500_000;
/** Which channels may give, and which want: two of each, a peer for each. */
export const GIVE = [1, 4] as const;
export const WANT = [2, 3] as const;
const SCALE_PPM = 1500;
const DAY = 86_400;

/** Holds so many sats, and lets liquidity in for 100 ppm. */
export const holding = (n: number, localSats: number) => {
  const toUs = satsToMsat(localSats);
  const less = (amount: Msat): Msat => msat(amount > 100_000_000n ? amount - 100_000_000n : 0n);
  return channelNumber(n, {
    toUs,
    spendable: less(toUs),
    receivable: less(msat(10_000_000_000n - toUs)),
    feePpm: ppm(1000),
    htlcMax: msat(9_900_000_000),
    remote: {
      baseMsat: msat(0),
      feePpm: ppm(100),
      htlcMinMsat: msat(1),
      htlcMaxMsat: msat(9_900_000_000),
      cltvDelta: 40,
    },
  });
};

/** What pricing has learned of a peer to which a million sats leave each day. */
const learnt = (at: number): UnitState => ({
  version: 1,
  observedUntil: unixSec(at),
  seen: {},
  seenAt: unixSec(at),
  lastPpm: null,
  proposal: null,
  externalUntil: unixSec(0),
  ownZero: false,
  slowPrice: 0,
  sources: NO_SOURCES,
  flow: { forwards: 200, sats: 20_000_000, days: 20 },
  memory: [],
  memoryAt: unixSec(at),
  halfLifeDays: 30,
  levels: [],
  capacitySats: 0,
  learner: {
    kind: 'hill-climb',
    lnMarkup: 0,
    direction: 1,
    step: 0.1,
    window: { since: unixSec(at), cells: [], unmet: 0 },
    previousPpm: null,
    suspicion: { up: 0, down: 0 },
    optimum: null,
  },
});

/** As if pricing had run at that time, and found a market of 500 ppm. */
export function price(store: Store, channels: readonly Pick<ChannelView, 'peerId'>[], at: number): void {
  const pricing = new Map<NodeId, { state: UnitState; liquid: boolean; rivals: null }>();
  const decisions = new Map<NodeId, KeptDecision>();
  for (const { peerId } of channels) {
    pricing.set(peerId, { state: learnt(at), liquid: true, rivals: null });
    decisions.set(peerId, {
      at: unixSec(at),
      decision: { peerId, kind: 'hold', reason: 'deadband', wantedPpm: null, foreign: [], trail: [] },
      price: bidPrice(0, 0.5, SCALE_PPM),
      outcome: 'held',
    });
  }
  store.fees.saveCycle({ pricing, decisions, intents: [], changes: [] });
}

/** What the node's books say of channels that were opened a day ago. */
export const factsOf = (channels: readonly ChannelView[], now: number): LedgerInMemory['facts'] =>
  channels.map(({ channelId, peerId, scid, capacity, state, opener }) => ({
    channelId,
    peerId,
    scid,
    aliases: [],
    opener,
    state,
    capacity,
    funding: capacity,
    pushed: msat(0),
    lease: msat(0),
    lockedInAt: unixSec(now - DAY),
    endedAt: null,
    lastTransactionFee: null,
  }));

/** Two full channels, two empty ones. */
export const unbalanced = (): ChannelView[] => [
  ...GIVE.map((n) => holding(n, FULL)),
  ...WANT.map((n) => holding(n, EMPTY)),
];

export class PayingNode {
  readonly clock = new ManualClock();
  readonly node = new NodeInMemory(this.clock);
  readonly clboss = new ClbossInMemory();
  readonly accounts = new LedgerInMemory(this.clock);
  readonly log = recordingLog();
  readonly payments: PaymentsInMemory;
  readonly database: Temporary;
  config: Config;
  paused = false;
  before: Before = () => undefined;
  store: Store;
  #rebalancer: Rebalancer;
  #ports: ConstructorParameters<typeof Rebalancer>[0] | null = null;
  #stop = new AbortController();
  #random = 1;

  constructor(database: Temporary, changes: Partial<Config> = {}) {
    this.database = database;
    this.config = { ...DEFAULTS, ...changes };
    this.payments = new PaymentsInMemory(this.node, this.clock, (step) => {
      this.before('driver', step);
    });
    this.balance();
    this.accounts.source = 'node';
    this.accounts.facts = factsOf(this.node.snapshot.channels, this.clock.now());
    for (const n of [...GIVE, ...WANT]) pay(this.node, 9, n, 1000, this.clock.now() - 3600);
    this.store = database.open();
    this.price();
    this.#rebalancer = this.#assemble();
  }

  /** Channels as at first: two full, two empty. */
  balance(): void {
    this.node.snapshot = { ...this.node.snapshot, channels: unbalanced() };
  }

  /** Balanced, priced, and nothing has ever failed. */
  fresh(): void {
    this.balance();
    this.price();
    this.store.rebalances.saveFailures([], [...this.store.rebalances.failures().keys()]);
  }

  /** As if pricing had just run. */
  price(at: number = this.clock.now()): void {
    price(this.store, this.node.snapshot.channels, at);
  }

  /** As a new process on the same database and node. */
  restart(): void {
    this.store.close();
    this.before = () => undefined;
    this.payments.unclean = true;
    this.#stop = new AbortController();
    this.store = this.database.open();
    this.#rebalancer = this.#assemble();
  }

  /** As main.ts does when lightningd says shutdown, without the closing. */
  stop(): void {
    this.#stop.abort();
  }

  #assemble(): Rebalancer {
    const at = (port: Port) => (method: string) => {
      this.before(port, method);
    };
    const node: NodeReader = announced(this.node, at('node'));
    const accounts: LedgerReader = announced(this.accounts, at('accounts'));
    const real = this.store;
    const rebalances: RebalanceStore = announced(real.rebalances, at('ledger'));
    const fees = announced(real.fees, at('fees'));
    const store = new Proxy(real, {
      get: (from, name) => {
        if (name === 'rebalances') return rebalances;
        if (name === 'fees') return fees;
        const value: unknown = Reflect.get(from, name);
        return typeof value === 'function' ? (value.bind(from) as unknown) : value;
      },
    });
    const { payments } = this;
    const listed = announced(payments.payments, at('payments'));
    const rebalancing: RebalanceNode = new Proxy(payments, {
      get: (from, name) => {
        const value: unknown = name === 'payments' ? listed : Reflect.get(from, name);
        return typeof value === 'function' ? (value.bind(from) as unknown) : value;
      },
    });
    const { clock, log } = this;
    const { signal } = this.#stop;
    const intake = new Intake({ reader: node, store: real, clock, log, retentionDays: () => 90 });
    this.#ports = {
      node,
      accounts,
      rebalancing,
      store,
      clock,
      log,
      clboss: new Clboss({
        clboss: announced(this.clboss, at('clboss')),
        fees,
        log,
        enabled: () => this.config.clbossEnabled,
      }),
      exclusive: exclusive(),
      rng: { next: () => (this.#random = (this.#random * 48_271) % 2_147_483_647) / 2_147_483_647 },
      config: () => this.config,
      catchUp: async () => {
        await intake.catchUp(signal);
      },
      takeInAccounts: () => runLedgerCycle({ reader: accounts, ledger: real.ledger, signal }),
      restraint: (manual) => {
        if (signal.aborted) return 'the plugin is stopping';
        if (this.config.dryRun) return 'dry-run was switched on meanwhile';
        return this.paused && !manual ? 'paused meanwhile' : null;
      },
      stopping: signal,
    };
    return new Rebalancer(this.#ports);
  }

  async cycle(): Promise<void> {
    await this.#rebalancer.cycle();
  }
  /** What a cycle would decide on now. */
  look(): Promise<PlanInput> {
    if (this.#ports === null) throw new Error('assembled by the constructor');
    const own = { flights: new Flights(), ways: new WayBook(), lately: new Lately() };
    return gatherPlan({ ...this.#ports, ...own, settleOpen: () => this.settleOpen() });
  }
  settleOpen(): Promise<void> {
    return this.#rebalancer.settleOpen();
  }
  async cycleAfter(seconds: number): Promise<void> {
    await this.clock.advance(seconds);
    await this.cycle();
  }
  byHand(from: number, to: number, sats: number, maxFeeSats: number | null = null): Promise<ByHand> {
    return this.#rebalancer.byHand({
      from: idOf(from),
      to: idOf(to),
      amountMsat: satsToMsat(sats),
      maxFeeMsat: maxFeeSats === null ? null : satsToMsat(maxFeeSats),
    });
  }
  /** What it fails with; null where it does not. */
  async failureOf(work: Promise<unknown>): Promise<unknown> {
    return work.then(
      () => null,
      (error: unknown) => error,
    );
  }
  get conflicts(): readonly string[] {
    return this.#rebalancer.conflicts;
  }

  get spending(): Spending {
    return this.store.rebalances.spending(unixSec(this.clock.now() - DAY));
  }
  get open(): readonly Intent[] {
    return this.store.rebalances.openIntents();
  }
  get ended(): readonly Intent[] {
    return this.store.rebalances.endedIntents(unixSec(0));
  }
  /** Newest first. */
  get history(): readonly RebalanceRecord[] {
    return this.store.recentRebalances(100);
  }
  /** Orders that drivers got: from, to. */
  get sent(): (readonly [number, number])[] {
    return this.payments.orders.map(({ order: { from, to } }) => [numberOf(from.channelId), numberOf(to.channelId)]);
  }
}

export const numberOf = (id: string): number => Number.parseInt(id, 16);

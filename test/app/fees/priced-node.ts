// A node in memory whose fees the real cycle sets over a real database, cycle by cycle, with restarts and crashes between.
import { setFeeByHand } from '../../../src/app/manual-fee.ts';
import { runFeeCycle, type FeeCyclePorts } from '../../../src/app/fees/fee-cycle.ts';
import { Clboss } from '../../../src/app/clboss.ts';
import { exclusive } from '../../../src/app/exclusive.ts';
import { Intake } from '../../../src/app/intake.ts';
import { runLedgerCycle } from '../../../src/app/ledger-cycle.ts';
import type { Config } from '../../../src/core/config/options.ts';
import { DEFAULTS } from '../../../src/core/config/validate.ts';
import { msat, ppm, type ChannelId, type NodeId } from '../../../src/core/units.ts';
import type { ChannelView } from '../../../src/core/snapshot.ts';
import type { ClbossNode, FeeNode, KeptDecision, LedgerReader, NodeReader, Store } from '../../../src/ports.ts';
import { announced } from '../announced.ts';
import { channelNumber, NodeInMemory } from '../node-in-memory.ts';
import { ClbossInMemory } from '../clboss-in-memory.ts';
import { FeesInMemory } from '../fees-in-memory.ts';
import { LedgerInMemory } from '../ledger-in-memory.ts';
import { ManualClock } from '../manual-clock.ts';
import { recordingLog } from '../recording-log.ts';
import { pay } from '../setup.ts';
import type { Temporary } from '../../store/temporary.ts';
import { idOf } from '../../store/fake-node.ts';

type Port = 'node' | 'accounts' | 'fees' | 'clboss' | 'store';
/** Told before every call to a port; what it throws is what the caller gets. */
export type Before = (port: Port, method: string) => void;

/** Mid-sized, half full: bid prices are calm there. */
const HALF = { toUs: msat(5_000_000_000), spendable: msat(4_900_000_000), feePpm: ppm(250) };
/** Nearly drained: the price rises at once. */
export const LOW = { toUs: msat(500_000_000), spendable: msat(400_000_000) };
/** Low enough for a higher price, and no more than twice as high. */
export const LOWER = { toUs: msat(1_000_000_000), spendable: msat(900_000_000) };
export const HIGH = { toUs: msat(9_500_000_000), spendable: msat(9_400_000_000) };

type Ports = FeeCyclePorts & { readonly clboss: Clboss };

export class PricedNode {
  readonly clock = new ManualClock();
  readonly node = new NodeInMemory(this.clock);
  readonly fees = new FeesInMemory(this.node);
  readonly clboss = new ClbossInMemory();
  readonly accounts = new LedgerInMemory(this.clock);
  readonly log = recordingLog();
  readonly database: Temporary;
  config: Config;
  paused = false;
  before: Before = () => undefined;
  store: Store;
  #ports: Ports;

  constructor(database: Temporary, changes: Partial<Config> = {}) {
    this.database = database;
    this.config = { ...DEFAULTS, ...changes };
    this.node.snapshot = { ...this.node.snapshot, channels: [1, 2, 3].map((n) => channelNumber(n, HALF)) };
    this.accounts.source = 'node';
    this.store = database.open();
    this.#ports = this.#assemble();
  }

  /** As a new process on the same database. */
  restart(): void {
    this.store.close();
    this.before = () => undefined;
    this.store = this.database.open();
    this.#ports = this.#assemble();
  }

  #assemble(): Ports {
    const at = (port: Port) => (method: string) => {
      this.before(port, method);
    };
    const node: NodeReader = announced(this.node, at('node'));
    const accounts: LedgerReader = announced(this.accounts, at('accounts'));
    const fees: FeeNode = announced(this.fees, at('fees'));
    const clbossNode: ClbossNode = announced(this.clboss, at('clboss'));
    const real = this.store;
    const feeStore = announced(real.fees, at('store'));
    const store = new Proxy(real, {
      get: (from, name) => {
        const value: unknown = name === 'fees' ? feeStore : Reflect.get(from, name);
        return typeof value === 'function' ? (value.bind(from) as unknown) : value;
      },
    });
    const { clock, log } = this;
    const signal = new AbortController().signal;
    const intake = new Intake({ reader: node, store, clock, log, retentionDays: () => 90 });
    return {
      node,
      accounts,
      fees,
      store,
      clock,
      log,
      clboss: new Clboss({ clboss: clbossNode, fees: feeStore, log, enabled: () => this.config.clbossEnabled }),
      catchUp: async () => {
        await intake.catchUp(signal);
      },
      takeInAccounts: () => runLedgerCycle({ reader: accounts, ledger: store.ledger, signal }),
      exclusive: exclusive(),
      restraint: () => (this.paused ? 'paused meanwhile' : null),
    };
  }

  /** Lets time pass, then runs a cycle. */
  async cycle(hours = 0.5): Promise<void> {
    await this.clock.advance(hours * 3600);
    await runFeeCycle(this.#ports, () => this.config);
  }

  async cycles(count: number, hours = 0.5): Promise<void> {
    for (let i = 0; i < count; i++) await this.cycle(hours);
  }

  /** revenue-set-fee. */
  async order(n: number, feePpm: number, holdHours: number): Promise<void> {
    const channel = this.node.snapshot.channels.find(({ channelId }) => channelId === idOf(n));
    const order = { channel: String(channel?.scid), feePpm: ppm(feePpm), holdHours };
    const { store } = this.#ports;
    await setFeeByHand({ ...this.#ports, store: store.fees, ledger: store.ledger }, this.config, order);
  }

  /** A second channel to the peer of the first one; its number. */
  twin(changes: Partial<ChannelView> = {}): number {
    const n = 4;
    const { channels } = this.node.snapshot;
    const { channelId, scid } = channelNumber(n);
    const second = channelNumber(n, { ...channels[0], channelId, scid, peerId: this.peer(1), ...changes });
    this.node.snapshot = { ...this.node.snapshot, channels: [...channels, second] };
    return n;
  }

  /** What the cycle failed with. */
  async failure(hours = 0.5): Promise<unknown> {
    return this.cycle(hours).then(
      () => null,
      (error: unknown) => error,
    );
  }

  fee(n: number): number | undefined {
    return this.node.snapshot.channels.find(({ channelId }) => channelId === idOf(n))?.feePpm;
  }
  peer(n: number): NodeId {
    const found = this.node.snapshot.channels.find(({ channelId }) => channelId === idOf(n));
    if (!found) throw new Error(`no channel ${n}`);
    return found.peerId;
  }
  change(n: number, changes: Parameters<FeesInMemory['change']>[1]): void {
    this.fees.change(idOf(n), changes);
  }
  decision(n: number): KeptDecision {
    const decision = this.store.fees.decision(this.peer(n));
    if (!decision) throw new Error(`no decision on channel ${n}`);
    return decision;
  }
  /** Rows of fee_changes of a channel, oldest first: old fee, new fee, reason. */
  changes(n: number): (readonly [number, number, string])[] {
    const rows = this.store.fees.changesOf(idOf(n), 1000);
    return [...rows].reverse().map((row) => [row.oldFeePpm, row.newFeePpm, row.reason] as const);
  }
  /** Everything remembered of pricing, as text. */
  get memory(): string {
    return JSON.stringify([...this.store.fees.pricing()].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
  pay(from: number, to: number, sats: number): void {
    pay(this.node, from, to, sats, this.clock.now());
  }
  calls(n: number): number[] {
    const id: ChannelId = idOf(n);
    return this.fees.calls.filter(({ channelId }) => channelId === id).map(({ feePpm }) => feePpm);
  }
}

// A node that lives on and a plugin beside it that is killed and comes back: one life after another on one database.
import { join } from 'node:path';
import type { OrderEnd } from '../../src/core/rebalance/types.ts';
import { CLOCK_VARIABLE } from '../../src/core/scaled-time.ts';
import { Child } from '../cln/child.ts';
import { PLUGIN } from '../node-tests/harness.ts';
import { pause, type Json } from '../node-tests/rpc.ts';
import { RING, type Ring } from '../node-tests/ring.ts';
import { startSimulatedRing } from '../node-tests/simulated-ring.ts';
import { imitator, type PluginName } from '../node/drivers/plugin-ring.ts';
import { audit, auditEnd, type Question, type Standing } from './audit.ts';
import { makeKiller, type Killer } from './build.ts';

/** Payments take half a second of the node's. */
const SPEED = 20;
/** About fifteen rebalances of SATS at the ring's 300 ppm: so few that the budget is used up again and again. */
export const BUDGET_SATS = 100;
export const SATS = 20_000;
/** Cap of each, twice what the ring charges. */
export const CAP_SATS = 12;
const EVERYTHING = 2_100_000_000_000_000;
const B = `02${'b'.repeat(64)}`;

const START_MS = 60_000;
const POLL_MS = 10;
/** Some cycles of the shortest interval. */
const SETTLE_MS = 5000;

interface Status {
  readonly loops: Readonly<Record<string, { readonly last_run: number | null }>>;
}

export type Options = Readonly<Record<string, string | number | boolean>>;

export class Lane {
  readonly ring: Ring;
  readonly killer: Killer;
  readonly foreign = new Set<string>();
  kills = 0;
  #child: Child | null = null;
  #startedAt = 0;

  private constructor(ring: Ring, killer: Killer) {
    this.ring = ring;
    this.killer = killer;
  }

  static async open(): Promise<Lane> {
    const [ring, killer] = await Promise.all([startSimulatedRing([], SPEED), makeKiller()]);
    return new Lane(ring, killer);
  }

  async close(): Promise<void> {
    await this.kill();
    await this.ring.stop();
    this.killer.remove();
  }

  async startImitator(name: PluginName): Promise<void> {
    await this.ring.call('plugin', { subcommand: 'start', plugin: imitator(name) });
  }

  async stopImitator(name: PluginName): Promise<void> {
    await this.ring.call('plugin', { subcommand: 'stop', plugin: `${name}.js` });
  }

  /** Puts the node's clock forward, and with it that of plugins that start from then on. */
  async skip(seconds: number): Promise<void> {
    await this.ring.call('dev-sim-time', { skip_seconds: seconds });
  }

  /** Peers and liquidity as at first: peers of a simulated node are offline now and then. */
  async refill(): Promise<void> {
    const { ring } = this;
    const { out, back } = ring.ends;
    for (const { peerId } of [out, back]) await ring.call('dev-sim-connect', { peer_id: peerId, connected: true });
    const hops = [
      { short_channel_id: '900x1x0', from: out.peerId, to: B, liquidity_msat: RING.ab.ours * 1000 },
      { short_channel_id: '900x2x0', from: B, to: back.peerId, liquidity_msat: RING.bc.ours * 1000 },
    ];
    for (const hop of hops) await ring.call('dev-sim-hop', hop);
  }

  /** What rebalances have moved goes back. */
  async payBack(): Promise<void> {
    const { out, back } = this.ring.ends;
    const { channels } = (await this.ring.call('listpeerchannels')) as { channels: Json[] };
    const spare = Number(channels.find(({ short_channel_id }) => short_channel_id === back.scid)?.['spendable_msat']);
    if (spare > 2 * SATS * 1000) await this.pay(back, out, spare - SATS * 1000);
  }

  /** The node pays itself, by no doing of ours. */
  async pay(from: OrderEnd, to: OrderEnd, msat: number): Promise<void> {
    const sent = { out_channel: from.scid, in_channel: to.scid, amount_msat: msat };
    this.foreign.add(String((await this.ring.call('dev-sim-pay', sent))['payment_hash']));
  }

  /** Starts the plugin, which may be killed at any moment from then on; resolves when it has answered init, or is dead. */
  async start(options: Options): Promise<void> {
    const { virtual_now, speed } = await this.ring.call('dev-sim-time');
    this.#startedAt = Math.floor(Number(virtual_now));
    const clock = `${String(Number(virtual_now) * 1000)},${String(Date.now())},${String(speed)}`;
    const child = new Child(PLUGIN, { ...process.env, ...this.killer.env, [CLOCK_VARIABLE]: clock });
    this.#child = child;
    const configuration = {
      ...{ 'lightning-dir': join(this.ring.lightningDir, 'regtest'), 'rpc-file': 'lightning-rpc' },
      ...{ startup: false, network: 'regtest' },
    };
    await this.#orDeath(async () => {
      await child.ask('getmanifest', { 'allow-deprecated-apis': false });
      await child.ask('init', { options: { ...BASIS, ...options }, configuration });
    });
  }

  /** Resolves with the reply, or with null when the plugin has been killed. */
  async ask(method: string, params: Json = {}): Promise<Json | null> {
    const child = this.#child;
    return child === null ? null : this.#orDeath(async () => (await child.ask(method, params)) as unknown as Json);
  }

  /** Waits until the first cycle of every loop is over, and with the rebalance loop's recovery. Whether it lived to see it. */
  async recovered(): Promise<boolean> {
    const deadline = Date.now() + START_MS;
    while (this.alive) {
      const status = (await this.ask('revenue-status'))?.['result'] as Status | undefined;
      const loops = Object.values(status?.loops ?? {});
      const begun = this.#startedAt;
      if (loops.length > 0 && loops.every(({ last_run }) => (last_run ?? 0) >= begun)) return true;
      if (Date.now() > deadline) throw new Error(`not recovered in time: ${JSON.stringify(loops)} ${this.said}`);
      await pause(POLL_MS);
    }
    return false;
  }

  /** A life in which it only recovers, and is killed then. */
  async lookOn(options: Options = {}): Promise<void> {
    this.killer.plan([], null);
    await this.start(options);
    await this.recovered();
    await this.kill();
  }

  /** As `audit`, once everything has ended: where stopping a driver takes its time, with a later cycle. */
  async auditEnd(): Promise<Standing> {
    const deadline = Date.now() + SETTLE_MS;
    for (;;)
      try {
        return await this.audit(true);
      } catch (error) {
        if (!this.alive || Date.now() > deadline) throw error;
        await pause(POLL_MS * 10);
      }
  }

  get alive(): boolean {
    const process = this.#child?.process;
    return process !== undefined && process.exitCode === null && process.signalCode === null;
  }

  get said(): string {
    return this.#child === null
      ? ''
      : this.#child.stderr + this.#child.logs.map((line) => JSON.stringify(line)).join('\n');
  }

  /** SIGKILL, if nothing else has killed it. */
  async kill(): Promise<void> {
    if (this.#child === null) return;
    this.#child.process.kill('SIGKILL');
    const ended = await this.#child.exit;
    if (ended !== 'SIGKILL') throw new Error(`the plugin ended by itself (${String(ended)}): ${this.said}`);
    this.kills++;
    this.#child = null;
  }

  async now(): Promise<number> {
    return Math.floor(Number((await this.ring.call('dev-sim-time'))['virtual_now']));
  }

  async audit(ended = false): Promise<Standing> {
    const question: Question = {
      ...{ node: this.ring, foreign: this.foreign, budgetMsat: BigInt(BUDGET_SATS) * 1000n, now: await this.now() },
      database: join(this.ring.lightningDir, 'regtest', 'revenue_ops.db'),
    };
    return ended ? auditEnd(question) : audit(question);
  }

  /** Null when the plugin is dead. */
  async #orDeath<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      if (this.#child?.process.signalCode === 'SIGKILL') return null;
      throw error;
    }
  }
}

const BASIS: Options = {
  'revenue-ops-daily-budget-sats': BUDGET_SATS,
  'revenue-ops-rebalancer': 'native',
  // So that only the operator rebalances.
  'revenue-ops-rebalance-min-profit': EVERYTHING,
};

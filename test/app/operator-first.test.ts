// Does the operator's word stand, whatever it comes in the middle of? Commands at any moment, beside loops whose calls are
// answered at any other: what a command has replied binds everything that is sent from then on.
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Application } from '../../src/app/application.ts';
import { ppm, type ChannelId, type NodeId } from '../../src/core/units.ts';
import { idOf, scidOf } from '../store/fake-node.ts';
import { settle } from './manual-clock.ts';
import { factsOf, GIVE, unbalanced, WANT } from './rebalance/paying-node.ts';
import { failure, success } from './rebalancing-in-memory.ts';
import { applications, pay, type Reply, type Running } from './setup.ts';

const { setup } = applications();
const CHANNELS = [...GIVE, ...WANT];
const SEEDS = [114, 117, 127, 145, 152] as const;
const STEPS = 60;
/** What is set by hand has fees that pricing never comes to here. */
const isByHand = (feePpm: number): boolean => feePpm >= 4000;

/** 0 to below n, the same for the same seed. */
function dice(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % n;
  };
}

/** Each call takes its turns of the event loop, before it is done and after. */
function delay(
  target: object,
  methods: readonly string[],
  turns: () => number,
  told: (...args: never[]) => void,
): void {
  for (const method of methods) {
    const done = (Reflect.get(target, method) as (...args: unknown[]) => Promise<unknown>).bind(target);
    Reflect.set(target, method, async (...args: never[]): Promise<unknown> => {
      told(...args);
      for (let i = turns(); i > 0; i--) await setImmediate();
      const answer = await done(...args);
      for (let i = turns(); i > 0; i--) await setImmediate();
      return answer;
    });
  }
}

class Operator {
  readonly broken: string[] = [];
  readonly #one: Running;
  readonly #roll: (n: number) => number;
  #paused = false;
  readonly #held = new Set<NodeId>();
  readonly #passive = new Set<NodeId>();
  readonly #untouched = new Set<NodeId | ChannelId>();
  readonly #givenBack = new Map<NodeId, Set<string>>();
  readonly #byHand = new Set<string>();
  /** Commands under way, by peer: which of two counts is known once both have ended. */
  readonly #asked = new Map<NodeId, number>();
  readonly #commands: Promise<unknown>[] = [];
  #orders = 0;

  constructor(one: Running, roll: (n: number) => number) {
    this.#one = one;
    this.#roll = roll;
    const { fees, node, clboss, rebalancing } = one;
    const turns = (): number => roll(8);
    const quietly = (): void => undefined;
    delay(node, ['readSnapshot', 'readOnchainFunds', 'readCommandNames', 'readForwardIndexes'], turns, quietly);
    delay(fees, ['readFees', 'readFeesToward'], turns, quietly);
    delay(fees, ['setFee'], turns, (channel: ChannelId, feePpm: number) => {
      this.#judgeFee(this.#peerOf(channel), feePpm);
    });
    delay(rebalancing.payments, ['readPaymentsIndex'], turns, quietly);
    delay(clboss, ['readClboss'], turns, quietly);
    delay(clboss, ['replaceTags'], turns, (peer: NodeId, tags: readonly string[]) => {
      this.#judgeTags(peer, tags);
    });
    rebalancing.conduct = async (order) => {
      this.#judgeOrder(order.from, order.to);
      for (let i = roll(30); i > 0; i--) await setImmediate();
      return roll(10) < 7 ? success(order) : failure('no-liquidity');
    };
  }

  /** Says or does something, on any channel. */
  act(): void {
    const { run, app, fees, node, clock } = this.#one;
    const n = CHANNELS[this.#roll(4)] ?? 1;
    const peer = this.#peerOf(idOf(n));
    switch (this.#roll(10)) {
      case 0: {
        const order = { channel_id: String(scidOf(n)), fee_ppm: 4000 + this.#orders++, hold_hours: 100 };
        this.#tell(peer, run('revenue-set-fee', order), ({ dry_run }) => {
          this.#givenBack.get(peer)?.delete('lnfee');
          if (dry_run === false) this.#held.add(peer);
        });
        return;
      }
      case 1:
        this.#paused = true;
        this.#commands.push(run('revenue-pause'));
        return;
      case 2:
        this.#paused = false;
        this.#commands.push(run('revenue-resume'));
        return;
      case 3:
        setDryRun(app, this.#roll(3) === 0);
        return;
      case 4:
        this.#tell(peer, run('revenue-policy', ['set', String(scidOf(n)), 'rebalance=none']), () => {
          this.#untouched.add(idOf(n));
        });
        return;
      case 5:
        this.#tell(peer, run('revenue-policy', ['set', peer, 'strategy=passive']), () => {
          this.#passive.add(peer);
          this.#untouched.delete(peer);
          this.#givenBack.get(peer)?.delete('balance');
        });
        return;
      case 6:
        this.#tell(peer, run('revenue-remanage', [peer]), () => {
          this.#givenBack.set(peer, new Set(['lnfee', 'balance']));
          this.#passive.add(peer);
          this.#untouched.add(peer);
        });
        return;
      case 7: {
        const to = CHANNELS[this.#roll(4)] ?? 1;
        if (to === n) return;
        this.#byHand.add(`${n}>${to}`);
        const order = { from_channel: String(scidOf(n)), to_channel: String(scidOf(to)), amount_sats: 50_000 };
        this.#commands.push(run('revenue-rebalance', { ...order, max_fee_sats: 200 }).catch(() => undefined));
        return;
      }
      case 8:
        fees.change(idOf(n), { feePpm: ppm(50 + this.#roll(3000)) });
        return;
      default:
        pay(node, 9, n, 1000 + this.#roll(100_000), clock.now());
    }
  }

  async answered(): Promise<void> {
    const all = Promise.all(this.#commands);
    await this.#one.clock.advance(1200);
    await all;
  }

  #tell(peer: NodeId, command: Promise<Reply>, inForce: (reply: Reply) => void): void {
    this.#asked.set(peer, (this.#asked.get(peer) ?? 0) + 1);
    const ended = (): void => void this.#asked.set(peer, (this.#asked.get(peer) ?? 0) - 1);
    // What is refused changes nothing.
    this.#commands.push(command.then(inForce, () => undefined).then(ended));
  }

  #judgeFee(peer: NodeId, feePpm: number): void {
    if (isByHand(feePpm)) return;
    this.#mind('a fee', this.#rest());
    if (this.#held.has(peer)) this.broken.push('a fee that is held');
    if (this.#passive.has(peer)) this.broken.push('a fee that is left to others');
  }

  #judgeOrder(...ends: { readonly channelId: ChannelId; readonly peerId: NodeId }[]): void {
    const pair = ends.map(({ channelId }) => CHANNELS.find((n) => idOf(n) === channelId)).join('>');
    if (this.#byHand.has(pair)) return;
    this.#mind('a rebalance', this.#rest());
    for (const { channelId, peerId } of ends)
      if (!this.#isAsked(peerId) && (this.#untouched.has(channelId) || this.#untouched.has(peerId)))
        this.broken.push('a rebalance of what is to be left alone');
  }

  #judgeTags(peer: NodeId, tags: readonly string[]): void {
    if (this.#isAsked(peer)) return;
    const present = this.#one.clboss.unmanaged.get(peer) ?? [];
    for (const tag of tags)
      if (!present.includes(tag) && this.#givenBack.get(peer)?.has(tag) === true)
        this.broken.push(`${tag} that was given back`);
  }

  #rest(): string | null {
    if (this.#one.app.config.dryRun) return 'in dry-run';
    return this.#paused ? 'while paused' : null;
  }
  #mind(what: string, rest: string | null): void {
    if (rest !== null) this.broken.push(`${what} ${rest}`);
  }
  #isAsked(peer: NodeId): boolean {
    return (this.#asked.get(peer) ?? 0) > 0;
  }
  #peerOf(channel: ChannelId): NodeId {
    const found = this.#one.node.snapshot.channels.find(({ channelId }) => channelId === channel);
    if (found === undefined) throw new Error(`no channel ${channel}`);
    return found.peerId;
  }
}

function setDryRun(app: Application, dryRun: boolean): void {
  app.config = { ...app.config, dryRun };
}

describe("the operator's word", () => {
  it.each(SEEDS)('stands, by the dice of %d', async (seed) => {
    const roll = dice(seed);
    const one = setup({ rebalanceMinProfit: 1, feeInterval: 600 }, (node, clock) => {
      node.snapshot = { ...node.snapshot, channels: unbalanced() };
      for (const n of CHANNELS)
        for (let hour = 1; hour <= 30; hour++) pay(node, 9, n, 20_000, clock.now() - 3600 * hour);
    });
    const { app, node, accounts, clboss, clock, log } = one;
    clboss.present = true;
    accounts.source = 'node';
    accounts.facts = factsOf(node.snapshot.channels, clock.now());
    const operator = new Operator(one, roll);
    app.start();
    await clock.advance(1);
    for (let step = 0; step < STEPS; step++) {
      operator.act();
      if (roll(10) < 6) await clock.advance(roll(900));
      else for (let i = roll(30); i > 0; i--) await setImmediate();
    }
    await operator.answered();
    await settle();
    expect(operator.broken).toEqual([]);
    expect(one.rebalancing.orders.length + one.fees.calls.length).toBeGreaterThan(0);
    expect(log.lines.filter((line) => line.startsWith('error'))).toEqual([]);
  });
});

// What becomes of every payment at a node with these fees and balances? The fast engine: nothing but arithmetic.
import type { UnitEconomics } from '../../../core/fee/types.ts';
import type { Attempt } from '../demand/attempt.ts';
import { COMPARES, DemandTape, PIECE, SETTLES, tapeOf, type TapePiece } from '../demand/demand-tape.ts';
import { FailureMemory } from './failure-memory.ts';
import { InFlight } from './in-flight.ts';
import { paysTheNewFee, secondsUnderWay, splits } from '../demand/luck.ts';
import { OUTSIDE, RESERVE, type Market } from '../market.ts';
import { Outages } from './outages.ts';
import { PublishedFees } from './published-fees.ts';
import { Rival } from '../bound/rival.ts';

/** What the node's list of forwards shows of one payment. Msat as integers below 2^53: a bigint here costs 10 times. */
export interface ForwardSeen {
  /** Seconds since the epoch. */
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly amountMsat: number;
  /** 0 unless settled. */
  readonly feeMsat: number;
  readonly outcome: Outcome;
}

/** `failed-later`: beyond us, at no fault of ours; `peer-offline`: the peer that it was to go to. */
export type Outcome = 'settled' | 'no-liquidity' | 'fee-insufficient' | 'peer-offline' | 'failed-later';

/** A payment to ourselves, out by one channel and in by another. Integer msat. */
export interface Circle {
  readonly from: number;
  readonly to: number;
  /** What arrives. */
  readonly amountMsat: number;
  /** Leaves beside it. */
  readonly feeMsat: number;
}

/** Hears of everything that moves balances, at the moment it does. */
export interface EngineListener {
  forwarded(forward: ForwardSeen): void;
  /** A payment to ourselves has arrived. */
  rebalanced(circle: Circle, at: number): void;
}

/** All that a fee tool may see, and the one thing it may do. Channels by number. */
export interface NodeView {
  readonly now: number;
  readonly capacityMsat: readonly number[];
  readonly reserveMsat: readonly number[];
  localMsat(channel: number): number;
  feePpm(channel: number): number;
  /** What a rival who reacts asks now toward the channel's peer, by gossip; null where there is none. */
  rivalPpm(channel: number): number | null;
  /** Whether the channel's peer is connected. */
  online(channel: number): boolean;
  /** What was forwarded or refused since the call before. */
  readonly news: readonly ForwardSeen[];
  /** What payments to ourselves have brought into the channel. */
  purchases(channel: number): Purchases;
  publish(channel: number, feePpm: number): void;
}

/** What one channel's purchases have come to. Statistics: fractions of a msat are kept. */
export interface Purchases {
  readonly costMsat: number;
  readonly boughtMsat: number;
  /** Brought in less taken out, ever. */
  readonly netMsat: number;
  readonly lots: UnitEconomics['lots'];
}

export interface EngineTotals {
  feesMsat: number;
  settled: number;
  /** Payments, or halves of them, that no fee would have let through. */
  noLiquidity: number;
  feeInsufficient: number;
  peerOffline: number;
  failedLater: number;
  updates: number;
  /** Payments to ourselves that arrived, and what they cost. */
  rebalances: number;
  rebalanceFeesMsat: number;
}

/** In place of what the market itself would begin with. */
export interface Beginning {
  /** Payments in order of time, without end. */
  readonly demand?: { next(): Attempt };
  /** Our balances, integer msat. */
  readonly localMsat?: readonly number[];
}

interface Due {
  readonly at: number;
  readonly act: () => void;
}

export class NodeEngine {
  readonly market: Market;
  readonly capacityMsat: readonly number[];
  readonly reserveMsat: readonly number[];
  readonly totals: EngineTotals = {
    feesMsat: 0,
    settled: 0,
    noLiquidity: 0,
    feeInsufficient: 0,
    peerOffline: 0,
    failedLater: 0,
    updates: 0,
    rebalances: 0,
    rebalanceFeesMsat: 0,
  };
  readonly #local: Float64Array;
  readonly #fees: PublishedFees;
  /** Room taken by what is under way: what is to arrive, and what may come back. */
  readonly #held: Float64Array;
  /** Of the balance what forwards under way are to take out. */
  readonly #leaving: Float64Array;
  /** Ascending by time. */
  readonly #due: Due[] = [];
  readonly #listeners: EngineListener[] = [];
  readonly #tape: DemandTape;
  /** Where the next payment is on the tape. */
  #piece: TapePiece;
  #pieceIndex = 0;
  #row = 0;
  readonly #limited: boolean;
  readonly #outages: Outages | null;
  readonly #memory: FailureMemory | null;
  readonly #rival: Rival | null;
  /** Null where forwards take no time. */
  readonly #underWay: InFlight | null;
  #now: number;
  #news: ForwardSeen[] = [];

  constructor(market: Market, feesPpm: readonly number[], { demand, localMsat }: Beginning = {}) {
    this.market = market;
    this.capacityMsat = market.channels.map(({ capacityMsat }) => capacityMsat);
    this.reserveMsat = this.capacityMsat.map((capacity) => Math.round(capacity * RESERVE));
    this.#local = Float64Array.from(this.capacityMsat, (capacity, k) => localMsat?.[k] ?? Math.floor(capacity / 2));
    this.#held = new Float64Array(this.capacityMsat.length);
    this.#fees = new PublishedFees(Float64Array.from(this.capacityMsat, (_, k) => feesPpm[k] ?? 0));
    this.#leaving = new Float64Array(this.capacityMsat.length);
    this.#now = market.start;
    this.#tape = demand === undefined ? tapeOf(market) : new DemandTape(demand);
    this.#piece = this.#tape.piece(0);
    const { liquidity, outages, memory, rival, htlcs } = market.scenario;
    this.#limited = liquidity === 'coupled';
    this.#outages = outages === null ? null : new Outages(market);
    this.#memory = memory === null ? null : new FailureMemory(this.capacityMsat.length, memory.failures);
    this.#rival = rival === null ? null : new Rival(market, rival, feesPpm);
    this.#underWay = htlcs === null ? null : new InFlight();
  }

  get now(): number {
    return this.#now;
  }

  /** Everything that happens before `time` has happened; nothing where it is past. */
  advanceTo(time: number): void {
    for (let due = this.#due[0]; due !== undefined && due.at <= time; due = this.#due[0]) {
      this.#demandUntil(due.at);
      this.#due.shift();
      due.act();
    }
    this.#demandUntil(time);
  }

  #demandUntil(time: number): void {
    for (;;) {
      const at = this.#piece.at[this.#row] ?? Infinity;
      if (!(at < time)) break;
      this.#resolveUntil(at);
      this.#now = at;
      this.#try(this.#piece, this.#row);
      if (++this.#row === PIECE) {
        this.#row = 0;
        this.#piece = this.#tape.piece(++this.#pieceIndex);
      }
    }
    this.#resolveUntil(time);
    this.#now = Math.max(this.#now, time);
  }

  /** Forwards that end until then have ended. */
  #resolveUntil(time: number): void {
    const underWay = this.#underWay;
    if (underWay === null) return;
    while (underWay.nextEnd <= time) {
      const ended = underWay.take();
      if (ended === undefined) return;
      const { endsAt, from, to, amountMsat, feeMsat, settles } = ended;
      this.#now = Math.max(this.#now, endsAt);
      if (this.#limited) {
        this.#leaving[to] = (this.#leaving[to] ?? 0) - amountMsat;
        if (from !== OUTSIDE) this.#hold(from, -(amountMsat + feeMsat));
      }
      this.#end(from, to, amountMsat, feeMsat, settles);
    }
  }

  /** Something happens then; of several at one time the first asked for is the first done. */
  at(time: number, act: () => void): void {
    const behind = this.#due.findIndex((due) => due.at > time);
    this.#due.splice(behind < 0 ? this.#due.length : behind, 0, { at: time, act });
  }

  listen(listener: EngineListener): void {
    this.#listeners.push(listener);
  }

  /** A payment to ourselves leaves; false, and nothing has happened, where either channel cannot carry it now. */
  send(circle: Circle): boolean {
    if (!this.carries(circle)) return false;
    const { from, to, amountMsat, feeMsat } = circle;
    const leaves = amountMsat + feeMsat;
    this.#local[from] = this.localMsat(from) - leaves;
    this.#hold(from, leaves);
    this.#hold(to, amountMsat);
    return true;
  }

  /** Whether both channels can carry a payment to ourselves now. */
  carries({ from, to, amountMsat, feeMsat }: Circle): boolean {
    if (!this.#limited || from === to || !this.online(from) || !this.online(to)) return false;
    return this.spendableMsat(from) >= amountMsat + feeMsat && this.receivableMsat(to) >= amountMsat;
  }

  /** What was sent has arrived, or has come back. */
  end(circle: Circle, arrived: boolean): void {
    const { from, to, amountMsat, feeMsat } = circle;
    this.#hold(from, -(amountMsat + feeMsat));
    this.#hold(to, -amountMsat);
    if (!arrived) {
      this.#local[from] = this.localMsat(from) + amountMsat + feeMsat;
      return;
    }
    this.#local[to] = this.localMsat(to) + amountMsat;
    this.totals.rebalances++;
    this.totals.rebalanceFeesMsat += feeMsat;
    for (const listener of this.#listeners) listener.rebalanced(circle, this.#now);
  }

  #hold(channel: number, amountMsat: number): void {
    this.#held[channel] = (this.#held[channel] ?? 0) + amountMsat;
  }

  localMsat(channel: number): number {
    return this.#local[channel] ?? 0;
  }

  feePpm(channel: number): number {
    return this.#fees.at(channel);
  }

  rivalPpm(channel: number): number | null {
    return this.#rival === null ? null : Math.max(1, Math.round(this.#rival.askedPpm(channel, this.#now)));
  }

  online(channel: number): boolean {
    return this.#outages === null || this.#outages.online(channel, this.#now);
  }

  /** Above our reserve, and not about to leave. */
  spendableMsat(channel: number): number {
    const kept = (this.reserveMsat[channel] ?? 0) + (this.#leaving[channel] ?? 0);
    return Math.max(0, this.localMsat(channel) - kept);
  }

  /** Above the peer's reserve, and not held by what is under way. */
  receivableMsat(channel: number): number {
    const taken = this.localMsat(channel) + (this.#held[channel] ?? 0) + (this.reserveMsat[channel] ?? 0);
    return Math.max(0, (this.capacityMsat[channel] ?? 0) - taken);
  }

  /** Forwards since this was asked before. */
  takeNews(): readonly ForwardSeen[] {
    const news = this.#news;
    this.#news = [];
    return news;
  }

  /** @throws RangeError on a channel that there is not or a fee that lightningd would refuse */
  publish(channel: number, ppm: number): void {
    if (!this.#fees.publish(channel, ppm, this.#now)) return;
    this.#rival?.changed(channel, this.#now, ppm);
    this.totals.updates++;
  }

  #try(piece: TapePiece, row: number): void {
    const to = piece.to[row] ?? 0;
    const flags = piece.flags[row] ?? 0;
    const current = this.#fees.at(to);
    let reservationPpm = piece.reservationPpm[row] ?? 0;
    if (this.#rival !== null && (flags & COMPARES) !== 0) reservationPpm *= this.#rival.multiple(to, this.#now);
    const luck = piece.luck[row] ?? 0;
    const seen = this.#fees.seen(to, this.#now, luck);
    if (seen > reservationPpm) return;
    if (this.#memory?.avoided(to, this.#now, luck) === true) return;
    const from = piece.from[row] ?? OUTSIDE;
    const amountMsat = piece.amountMsat[row] ?? 0;
    const settles = (flags & SETTLES) !== 0;
    // What cannot reach us we never hear of.
    if (from !== OUTSIDE && !this.online(from)) return;
    let paid = seen;
    if (seen < current && !this.#fees.stillTaken(to, seen, this.#now)) {
      this.#refuse(from, to, amountMsat, 'fee-insufficient');
      if (current > reservationPpm || !paysTheNewFee(luck)) return;
      paid = current;
    }
    if (this.#forward(from, to, amountMsat, paid, luck, settles)) return;
    if (splits(luck)) this.#forward(from, to, Math.floor(amountMsat / 2), paid, luck, settles);
  }

  /** Whether we passed it on, all of it. */
  #forward(from: number, to: number, amountMsat: number, ppm: number, luck: number, settles: boolean): boolean {
    const feeMsat = Math.floor((amountMsat * ppm) / 1e6);
    // What the peer we get it from cannot send never reaches us.
    if (this.#limited && from !== OUTSIDE && this.receivableMsat(from) < amountMsat + feeMsat) return false;
    if (!this.online(to)) {
      this.#refuse(from, to, amountMsat, 'peer-offline');
      return true;
    }
    if (this.#limited && this.spendableMsat(to) < amountMsat) {
      this.#refuse(from, to, amountMsat, 'no-liquidity');
      return false;
    }
    const { htlcs } = this.market.scenario;
    if (this.#underWay === null || htlcs === null) {
      this.#end(from, to, amountMsat, feeMsat, settles);
      return true;
    }
    if (this.#limited) {
      this.#leaving[to] = (this.#leaving[to] ?? 0) + amountMsat;
      if (from !== OUTSIDE) this.#hold(from, amountMsat + feeMsat);
    }
    const endsAt = this.#now + secondsUnderWay(htlcs, luck);
    this.#underWay.add({ endsAt, from, to, amountMsat, feeMsat, settles, order: 0 });
    return true;
  }

  /** It has arrived, or failed further on. */
  #end(from: number, to: number, amountMsat: number, feeMsat: number, settles: boolean): void {
    if (!settles) {
      this.totals.failedLater++;
      this.#news.push({ at: this.#now, from, to, amountMsat, feeMsat: 0, outcome: 'failed-later' });
      return;
    }
    if (this.#limited) {
      this.#local[to] = (this.#local[to] ?? 0) - amountMsat;
      if (from !== OUTSIDE) this.#local[from] = (this.#local[from] ?? 0) + amountMsat + feeMsat;
    }
    this.totals.feesMsat += feeMsat;
    this.totals.settled++;
    const forward = { at: this.#now, from, to, amountMsat, feeMsat, outcome: 'settled' } as const;
    this.#news.push(forward);
    for (const listener of this.#listeners) listener.forwarded(forward);
  }

  #refuse(from: number, to: number, amountMsat: number, outcome: Refusal): void {
    this.totals[REFUSED[outcome]]++;
    this.#memory?.failed(to, this.#now);
    this.#news.push({ at: this.#now, from, to, amountMsat, feeMsat: 0, outcome });
  }
}

type Refusal = 'no-liquidity' | 'fee-insufficient' | 'peer-offline';
/** Under which of the totals it counts. */
const REFUSED = {
  'no-liquidity': 'noLiquidity',
  'fee-insufficient': 'feeInsufficient',
  'peer-offline': 'peerOffline',
} as const;

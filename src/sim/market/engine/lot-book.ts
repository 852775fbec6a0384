// What did the liquidity that was bought in the market earn? core/profit/lots.ts, told one event at a time.
import { msat } from '../../../core/units.ts';
import { DAY } from '../market.ts';
import type { Circle, EngineListener, ForwardSeen, NodeEngine, Purchases } from './node-engine.ts';

interface OpenLot {
  readonly at: number;
  readonly amountMsat: number;
  readonly costMsat: number;
  leftMsat: number;
}

/** Of each day since the start, msat. */
export interface LotDay {
  costMsat: number;
  /** What sales of bought liquidity earned. */
  earnedMsat: number;
}

export class LotBook implements EngineListener {
  readonly days: LotDay[] = [];
  readonly #engine: NodeEngine;
  readonly #open: OpenLot[][];
  readonly #cost: Float64Array;
  readonly #bought: Float64Array;
  readonly #earned: Float64Array;
  readonly #net: Float64Array;

  constructor(engine: NodeEngine) {
    this.#engine = engine;
    this.#open = engine.capacityMsat.map(() => []);
    this.#cost = new Float64Array(engine.capacityMsat.length);
    this.#bought = new Float64Array(engine.capacityMsat.length);
    this.#earned = new Float64Array(engine.capacityMsat.length);
    this.#net = new Float64Array(engine.capacityMsat.length);
    engine.listen(this);
  }

  forwarded({ at, to, amountMsat, feeMsat }: ForwardSeen): void {
    const sold = this.#take(to, amountMsat);
    if (sold === 0) return;
    const earned = (feeMsat * sold) / amountMsat;
    this.#earned[to] = (this.#earned[to] ?? 0) + earned;
    this.#day(at).earnedMsat += earned;
  }

  rebalanced({ from, to, amountMsat, feeMsat }: Circle, at: number): void {
    this.#open[to]?.push({ at, amountMsat, costMsat: feeMsat, leftMsat: amountMsat });
    this.#cost[to] = (this.#cost[to] ?? 0) + feeMsat;
    this.#bought[to] = (this.#bought[to] ?? 0) + amountMsat;
    this.#net[to] = (this.#net[to] ?? 0) + amountMsat;
    this.#net[from] = (this.#net[from] ?? 0) - amountMsat - feeMsat;
    this.#day(at).costMsat += feeMsat;
    // What left the source without a sale: unbought balance first.
    const bought = (this.#open[from] ?? []).reduce((sum, { leftMsat }) => sum + leftMsat, 0);
    this.#take(from, Math.max(0, bought - this.#engine.localMsat(from)));
  }

  purchases(channel: number, now: number): Purchases {
    return {
      costMsat: this.#cost[channel] ?? 0,
      boughtMsat: this.#bought[channel] ?? 0,
      netMsat: this.#net[channel] ?? 0,
      lots: this.#lots(channel, now),
    };
  }

  #lots(channel: number, now: number): Purchases['lots'] {
    const open = this.#open[channel] ?? [];
    // Of most channels, at most times: those that ask often pay for no sums.
    if (open.length === 0) return null;
    const remaining = open.reduce((sum, { leftMsat }) => sum + leftMsat, 0);
    const cost = open.reduce((sum, lot) => sum + (lot.costMsat * lot.leftMsat) / lot.amountMsat, 0);
    const age = open.reduce((sum, { at, leftMsat }) => sum + (now - at) * leftMsat, 0);
    if (remaining === 0) return null;
    return { costPpm: (cost / remaining) * 1e6, remainingMsat: msat(remaining), ageDays: age / remaining / DAY };
  }

  /** What sales of the channel's bought liquidity have earned. */
  earnedMsat(channel: number): number {
    return this.#earned[channel] ?? 0;
  }

  /** Takes so much from the oldest lots; returns what they had of it. */
  #take(channel: number, amountMsat: number): number {
    const open = this.#open[channel] ?? [];
    let left = amountMsat;
    for (let lot = open[0]; lot !== undefined && left > 0; lot = open[0]) {
      const part = Math.min(left, lot.leftMsat);
      lot.leftMsat -= part;
      left -= part;
      if (lot.leftMsat === 0) open.shift();
    }
    return amountMsat - left;
  }

  #day(at: number): LotDay {
    const index = Math.floor((at - this.#engine.market.start) / DAY);
    while (this.days.length <= index) this.days.push({ costMsat: 0, earnedMsat: 0 });
    return this.days[index] ?? { costMsat: 0, earnedMsat: 0 };
  }
}

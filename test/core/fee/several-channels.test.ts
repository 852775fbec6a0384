// Two channels to one peer: whose fee does pricing start from after somebody has changed one of them?
import { describe, expect, it } from 'vitest';
import { decideFees } from '../../../src/core/fee/decide.ts';
import {
  FEE_ALGORITHMS,
  type FeeAlgorithm,
  type FeeDecision,
  type PastChange,
  type PricingUnit,
  type UnitState,
} from '../../../src/core/fee/types.ts';
import { ppm, unixSec, ZERO_MSAT, type NodeId } from '../../../src/core/units.ts';
import { chan, channel, CONFIG, START, unit } from './builders.ts';
import { followedRivalry } from './rival-lives.ts';

const HALF_HOUR = 1800;
const HOUR = 3600;
const DAY = 24 * HOUR;

/** A quiet peer with two channels at 100 ppm, on a node that does as it is told. */
class Twins {
  now = START;
  readonly fees = new Map([
    [1, 100],
    [2, 100],
  ]);
  readonly decisions: FeeDecision[] = [];
  readonly changes: PastChange[] = [];
  holdUntil = 0;
  /** The rest of what pricing reads of the peer. */
  extra: Partial<PricingUnit> = {};
  #states: ReadonlyMap<NodeId, UnitState> = new Map();
  readonly #algorithm: FeeAlgorithm;
  #seen = START;

  constructor(algorithm: FeeAlgorithm) {
    this.#algorithm = algorithm;
    this.cycles(4);
  }

  /** By revenue-set-fee, a quarter of an hour after the last cycle. */
  order(n: number, fee: number, holdHours: number, after = 900): void {
    const at = unixSec(this.now + after);
    this.changes.push({ channelId: chan(n), at, fromPpm: ppm(this.fees.get(n) ?? 0), toPpm: ppm(fee) });
    this.fees.set(n, fee);
    this.holdUntil = holdHours === 0 ? 0 : at + holdHours * HOUR;
  }

  cycles(count: number): FeeDecision {
    for (let i = 0; i < count; i++) this.#cycle();
    return this.last;
  }

  get last(): FeeDecision {
    const decision = this.decisions.at(-1);
    if (decision === undefined) throw new Error('no cycle has run yet');
    return decision;
  }

  get both(): (number | undefined)[] {
    return [this.fees.get(1), this.fees.get(2)];
  }

  /** What the last so many cycles have set: channel, from, to. */
  set(cycles: number): unknown[] {
    return this.decisions
      .slice(-cycles)
      .flatMap((decision) =>
        decision.kind === 'set' ? decision.changes.map((one) => [one.channelId, one.fromPpm, decision.ppm]) : [],
      );
  }

  #cycle(): void {
    this.now += HALF_HOUR;
    const now = unixSec(this.now);
    const live = new Set(this.fees.values());
    const observed = unit(1, {
      channels: [...this.fees].map(([n, fee]) => channel(n, { feePpm: ppm(fee) })),
      observation: {
        from: unixSec(this.#seen),
        until: now,
        livePpm: live.size === 1 ? ppm([...live][0] ?? 0) : null,
        exposureHours: 0.5,
        forwards: 0,
        amountMsat: ZERO_MSAT,
        feeMsat: ZERO_MSAT,
        sources: [],
        unmet: 0,
        broughtInMsat: ZERO_MSAT,
      },
      hold: this.holdUntil > this.now ? { until: unixSec(this.holdUntil), by: 'revenue-set-fee' } : null,
      recentChanges: this.changes.filter(({ at }) => at > now - 7 * DAY),
      ...this.extra,
    });
    this.#seen = now;
    const config = { ...CONFIG, algorithm: this.#algorithm };
    const { decisions, next } = decideFees({ now, config, units: [observed], states: this.#states });
    this.#states = next;
    const decision = decisions[0];
    if (decision === undefined) throw new Error('no decision');
    this.decisions.push(decision);
    for (const { channelId, fromPpm, toPpm } of decision.foreign)
      this.changes.push({ channelId, at: now, fromPpm: ppm(fromPpm), toPpm: ppm(toPpm) });
    if (decision.kind !== 'set') return;
    for (const { channelId, fromPpm } of decision.changes) {
      this.changes.push({ channelId, at: now, fromPpm, toPpm: decision.ppm });
      for (const n of this.fees.keys()) if (chan(n) === channelId) this.fees.set(n, decision.ppm);
    }
  }
}

describe.each(FEE_ALGORITHMS)('%s, several channels to one peer', (algorithm) => {
  it('are aligned however little they differ: the cheaper one would take what the other earns', () => {
    const node = new Twins(algorithm);
    node.order(1, 102, 0);
    expect(node.cycles(1)).toMatchObject({ kind: 'set', reason: 'align' });
    expect(new Set(node.both).size).toBe(1);
  });

  it.each([
    [60, 24],
    [60, 0],
    [400, 24],
    [400, 0],
    // Longer than changes are kept in mind.
    [60, 10 * 24],
  ])('start from %d ppm, ordered for one of them, after %d hours', (fee, hours) => {
    const node = new Twins(algorithm);
    node.order(1, fee, hours);
    const held = node.cycles(2 * hours);
    if (hours > 0) expect(held.reason).toBe('held-by-hand');
    expect(node.both).toEqual([fee, 100]);
    expect(node.cycles(1).reason).toBe('align');
    // The one that was ordered keeps its fee, and the other one takes it over at once.
    expect(node.both).toEqual([fee, fee]);
    node.cycles(4);
    expect(node.set(5)).toEqual([[chan(2), 100, fee]]);
  });

  it.each([60, 400])('start from %d ppm, which somebody else has set on one of them, after a day', (fee) => {
    const node = new Twins(algorithm);
    node.fees.set(2, fee);
    expect(node.cycles(1).reason).toBe('external-change');
    node.cycles(47);
    expect(node.last.reason).toBe('external-change');
    expect(node.both).toEqual([100, fee]);
    node.cycles(1);
    expect(node.both).toEqual([fee, fee]);
  });

  it('start from the last of several orders', () => {
    const node = new Twins(algorithm);
    node.order(2, 400, 24, 300);
    node.order(1, 60, 24, 600);
    node.cycles(50);
    expect(node.both).toEqual([60, 60]);
    // As well where the other one came later.
    node.order(1, 50, 24);
    node.cycles(10);
    node.order(2, 80, 24);
    node.cycles(50);
    expect(node.both).toEqual([80, 80]);
  });

  it('start from the order, whatever somebody else does to the other one before its hold ends', () => {
    const node = new Twins(algorithm);
    // Before or after the order: nobody can tell.
    node.fees.set(2, 300);
    node.order(1, 60, 48);
    node.cycles(20);
    node.fees.set(2, 200);
    node.cycles(80);
    expect(node.both).toEqual([60, 60]);
  });

  it('start from what somebody else has set where the order is there no more', () => {
    const node = new Twins(algorithm);
    node.order(1, 60, 48);
    node.cycles(20);
    node.fees.set(1, 200);
    node.cycles(80);
    expect(node.both).toEqual([200, 200]);
  });

  it('start from an order for one that has just been opened', () => {
    const node = new Twins(algorithm);
    node.fees.set(3, 10);
    node.order(3, 60, 0);
    node.cycles(1);
    expect([...node.fees.values()]).toEqual([60, 60, 60]);
  });

  it('go on from what we have set, not from the fee that a new one was opened with', () => {
    const node = new Twins(algorithm);
    node.order(1, 60, 0);
    node.cycles(2);
    expect(node.both).toEqual([60, 60]);
    node.fees.set(3, 1000);
    node.cycles(1);
    expect([...node.fees.values()]).toEqual([60, 60, 60]);
  });

  it('start from the dearest where nobody is known to have set any', () => {
    const node = new Twins(algorithm);
    node.fees.set(3, 150);
    node.cycles(1);
    expect(node.last).toMatchObject({ kind: 'set', reason: 'align' });
    expect(Math.max(...node.fees.values())).toBeLessThanOrEqual(150);
    expect(new Set(node.fees.values()).size).toBe(1);
  });

  it('get one fee where a rival is led too, however near the one set last is to the best', () => {
    const node = new Twins(algorithm);
    node.extra = { rivalry: followedRivalry(500) };
    node.cycles(200);
    expect(node.decisions.some(({ reason }) => reason === 'lead')).toBe(true);
    const [best = 0] = node.both;
    node.order(1, Math.round(1.05 * best), 24);
    node.cycles(47);
    expect(node.both).toEqual([Math.round(1.05 * best), best]);
    node.cycles(100);
    expect(new Set(node.both).size).toBe(1);
  });

  it('are brought within the bounds though the fee to start from is within', () => {
    const node = new Twins(algorithm);
    node.fees.set(2, CONFIG.maxPpm + 1);
    node.order(1, 60, 0);
    node.extra = { policy: { strategy: 'dynamic', staticPpm: null, minPpm: null, maxPpm: ppm(5000) } };
    node.cycles(60);
    expect(node.both).toEqual([60, 60]);
  });
});

// Is what fails left alone for longer and longer, never for good, and never at the expense of others?
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  changedMemory,
  explainFailure,
  FailureIndex,
  forgetFailures,
  rememberFailure,
  type FailureMemory,
  type FailureRecord,
} from '../../../src/core/rebalance/failure-memory.ts';
import { planRebalances } from '../../../src/core/rebalance/plan.ts';
import type { PlanChannel } from '../../../src/core/rebalance/plan-types.ts';
import { FAILURE_KINDS, type FailureKind } from '../../../src/core/rebalance/types.ts';
import { msat, unixSec, type UnixSec } from '../../../src/core/units.ts';
import { CAPITAL, chan, input, later, NOW, planChannel, sats } from './builders.ts';

const KINDS = Object.keys(FAILURE_KINDS) as FailureKind[];
const HOUR = 3600;
const DAY = 86_400;
const pair = { from: chan(1), to: chan(2) };

const restingBy = (memory: FailureMemory, asked: typeof pair, now: UnixSec): FailureRecord | null =>
  new FailureIndex(memory, now).resting(asked);
const withFailure = (memory: FailureMemory, failed: typeof pair, kind: FailureKind, at: UnixSec): FailureMemory =>
  new Map([
    ...memory,
    ...rememberFailure(memory, failed, kind, at).map((record): [FailureRecord['subject'], FailureRecord] => [
      record.subject,
      record,
    ]),
  ]);
/** Seconds that the pair rests after so many failures, each as soon as it is free again. */
function rests(kind: FailureKind, count: number): number[] {
  let memory: FailureMemory = new Map();
  let now = NOW;
  return Array.from({ length: count }, () => {
    memory = withFailure(memory, pair, kind, now);
    const rest = (memory.get(`pair:${chan(1)}>${chan(2)}`)?.until ?? now) - now;
    now = unixSec(now + rest);
    return rest;
  });
}

describe('a clock that ran ahead and was set back', () => {
  it('has nothing rest until the time to come, nor lengthens what fails afterwards', () => {
    const ahead = withFailure(new Map(), pair, 'no-route', later(400 * DAY));
    expect(restingBy(ahead, pair, NOW)).toBeNull();
    const again = withFailure(ahead, pair, 'no-liquidity', NOW);
    expect(restingBy(again, pair, later(1))).not.toBeNull();
    expect(restingBy(again, pair, later(DAY))).toBeNull();
  });
});

describe('a failed pair', () => {
  it.each([
    ['no-route', HOUR],
    ['too-expensive', HOUR],
    ['no-liquidity', 600],
    ['peer-offline', 600],
    ['driver-error', 600],
    ['timeout', 1800],
    ['unknown', 2 * HOUR],
  ] as const)('rests after %s for %d seconds at first', (kind, seconds) => {
    expect(rests(kind, 1)).toEqual([seconds]);
    const memory = withFailure(new Map(), pair, kind, NOW);
    expect(restingBy(memory, pair, later(seconds - 1))?.kind).toBe(kind);
    expect(restingBy(memory, pair, later(seconds))).toBeNull();
  });

  it.each(KINDS)('rests longer each time after %s, up to a day at most', (kind) => {
    const all = rests(kind, 12);
    for (const [i, rest] of all.entries()) expect(rest).toBeGreaterThanOrEqual(all[i - 1] ?? 0);
    expect(all[3]).toBeGreaterThan(3 * (all[0] ?? 0));
    expect(all.at(-1)).toBeLessThanOrEqual(DAY);
  });

  it('is half forgotten a day later', () => {
    const once = withFailure(new Map(), pair, 'no-route', NOW);
    const weight = (after: number): number | undefined =>
      withFailure(once, pair, 'no-route', later(after)).get(`pair:${chan(1)}>${chan(2)}`)?.weight;
    expect(weight(HOUR)).toBeCloseTo(1.97, 2);
    expect(weight(DAY)).toBeCloseTo(1.5, 6);
    expect(weight(30 * DAY)).toBeCloseTo(1, 6);
  });

  it('is forgiven at once when it succeeds, and so are its channels', () => {
    let memory = withFailure(new Map(), pair, 'no-route', NOW);
    memory = withFailure(memory, { from: chan(3), to: chan(4) }, 'no-route', NOW);
    expect(forgetFailures(memory, pair)).toEqual([`pair:${chan(1)}>${chan(2)}`, `from:${chan(1)}`, `to:${chan(2)}`]);
  });

  it('does not rest less because a milder failure followed', () => {
    const grave = withFailure(new Map(), pair, 'unknown', NOW);
    const mild = withFailure(grave, pair, 'peer-offline', later(60));
    expect(restingBy(mild, pair, later(2 * HOUR - 1))).not.toBeNull();
  });

  it('rests on after a restart: the memory is plain JSON', () => {
    const records = rememberFailure(new Map(), pair, 'timeout', NOW);
    const read = JSON.parse(JSON.stringify(records)) as FailureRecord[];
    expect(restingBy(new Map(read.map((record) => [record.subject, record])), pair, later(60))).toEqual(records[0]);
  });

  it('explains itself', () => {
    const [record] = rememberFailure(withFailure(new Map(), pair, 'no-route', NOW), pair, 'no-route', later(HOUR));
    expect(record && explainFailure(record, later(HOUR + 600))).toBe(
      'this pair has failed about 2 times of late, last 10 min ago (no-route: no path leads from the one peer to the other); left alone for another 108 min',
    );
  });
});

describe('a channel', () => {
  it('rests only after it has failed with several others', () => {
    let memory: FailureMemory = new Map();
    for (const n of [2, 3, 4]) memory = withFailure(memory, { from: chan(1), to: chan(n) }, 'no-route', NOW);
    expect(restingBy(memory, { from: chan(1), to: chan(9) }, later(1))).toBeNull();
    memory = withFailure(memory, { from: chan(1), to: chan(5) }, 'no-route', NOW);
    expect(restingBy(memory, { from: chan(1), to: chan(9) }, later(1))?.subject).toBe(`from:${chan(1)}`);
    // In the other role it is not to blame.
    expect(restingBy(memory, { from: chan(9), to: chan(1) }, later(1))).toBeNull();
  });

  it('is free again for another partner in the next cycle', () => {
    let memory: FailureMemory = new Map();
    for (let n = 2; n < 30; n++) memory = withFailure(memory, { from: chan(n), to: chan(1) }, 'too-expensive', NOW);
    expect(restingBy(memory, { from: chan(99), to: chan(1) }, later(1))?.subject).toBe(`to:${chan(1)}`);
    expect(restingBy(memory, { from: chan(99), to: chan(1) }, later(900))).toBeNull();
  });

  it.each(['driver-error', 'peer-offline'] as const)('is not blamed for %s', (kind) => {
    let memory: FailureMemory = new Map();
    for (let n = 2; n < 20; n++) memory = withFailure(memory, { from: chan(1), to: chan(n) }, kind, NOW);
    expect(restingBy(memory, { from: chan(1), to: chan(99) }, later(1))).toBeNull();
  });

  it('never rests for longer than a day, whatever has happened', () => {
    const event = fc.record({
      from: fc.integer({ min: 1, max: 3 }),
      to: fc.integer({ min: 4, max: 6 }),
      kind: fc.constantFrom(...KINDS),
      wait: fc.integer({ min: 0, max: 2 * DAY }),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        let memory: FailureMemory = new Map();
        let now = NOW;
        for (const { from, to, kind, wait } of events) {
          now = unixSec(now + wait);
          memory = withFailure(memory, { from: chan(from), to: chan(to) }, kind, now);
          for (const { until } of memory.values()) expect(until - now).toBeLessThanOrEqual(DAY);
        }
      }),
    );
  });
});

describe('what is stuck', () => {
  const CYCLE = 900;

  /** Plans and carries out, one order at a time; pairs that are stuck fail. Returns who was served after so many cycles. */
  function serve(channels: readonly PlanChannel[], stuck: (from: number, to: number) => boolean, cycles: number) {
    const held = new Map(channels.map(({ view }) => [view.channelId, view.toUs]));
    const served = new Set<number>();
    let memory: FailureMemory = new Map();
    let failures = 0;
    for (let cycle = 0; cycle < cycles; cycle++) {
      const now = later(cycle * CYCLE);
      const present = channels.map((channel) => ({
        ...channel,
        view: { ...channel.view, toUs: held.get(channel.view.channelId) ?? channel.view.toUs },
      }));
      const capital = { ...CAPITAL, dailyBudgetMsat: sats(1_000_000) };
      const [order] = planRebalances(input(present, { now, failures: memory, capital, maxOrders: 1 })).approved;
      if (order === undefined) continue;
      const ends = { from: order.from.channelId, to: order.to.channelId };
      if (stuck(Number(ends.from), Number(ends.to))) {
        failures++;
        memory = withFailure(memory, ends, 'no-route', now);
        continue;
      }
      served.add(Number(ends.to));
      const cleared = new Set<string>(forgetFailures(memory, ends));
      memory = new Map([...memory].filter(([subject]) => !cleared.has(subject)));
      for (const [id, sign] of [
        [ends.from, -1n],
        [ends.to, 1n],
      ] as const)
        held.set(id, msat((held.get(id) ?? 0n) + sign * order.amountMsat));
    }
    return { served, failures };
  }

  const sources = [1, 2, 3].map((n) => planChannel({ n, capacitySats: 50_000_000, share: 0.95, dailyOutSats: 0 }));
  const destinations = [4, 5, 6, 7].map((n) => planChannel({ n, share: 0.1, feePpm: 1000 + 100 * n }));

  it('does not starve the others: not one pair, nor a destination, nor a source', () => {
    const all = [...sources, ...destinations];
    expect(serve(all, (from, to) => from === 1 && to === 7, 24).served).toEqual(new Set([4, 5, 6, 7]));
    expect(serve(all, (_, to) => to === 7, 24).served).toEqual(new Set([4, 5, 6]));
    expect(serve(all, (from) => from === 1, 24).served).toEqual(new Set([4, 5, 6, 7]));
  });

  it('lets a destination that fails with everyone wait behind the others, however many partners it has left', () => {
    const many = Array.from({ length: 12 }, (_, i) => planChannel({ n: 20 + i, share: 0.9, dailyOutSats: 0 }));
    // The one that promises most fails with all: eight cycles serve the three others all the same.
    expect(serve([...many, ...destinations], (_, to) => to === 7, 8).served).toEqual(new Set([4, 5, 6]));
  });

  it('gets all others served within a day, whichever pairs are stuck', () => {
    const somePairs = fc.subarray([1, 2, 3].flatMap((from) => [4, 5, 6, 7].map((to) => `${from}>${to}`)));
    fc.assert(
      fc.property(somePairs, (pairs) => {
        const stuck = new Set(pairs);
        const { served, failures } = serve([...sources, ...destinations], (f, t) => stuck.has(`${f}>${t}`), 96);
        const free = [4, 5, 6, 7].filter((to) => [1, 2, 3].some((from) => !stuck.has(`${from}>${to}`)));
        expect([...served].sort()).toEqual(free);
        // And nobody tries for ever: a handful of attempts per stuck pair in a day.
        expect(failures).toBeLessThanOrEqual(6 * stuck.size);
      }),
      { numRuns: 25 },
    );
  });
});

describe('a memory that changes', () => {
  const step = fc.record({
    from: fc.integer({ min: 1, max: 4 }),
    to: fc.integer({ min: 1, max: 4 }),
    kind: fc.option(fc.constantFrom(...KINDS)),
  });

  it('says the same as one that is sorted out anew, and leaves the one before as it was', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        let memory: FailureMemory = new Map();
        const answers = (asked: FailureMemory): unknown[] => {
          const index = new FailureIndex(asked, NOW);
          return [1, 2, 3, 4].flatMap((from) =>
            [1, 2, 3, 4].map((to) => {
              const ends = { from: chan(from), to: chan(to) };
              return [index.resting(ends), index.failures(ends), index.failuresOfDestination(ends.to)];
            }),
          );
        };
        for (const { from, to, kind } of steps) {
          const ends = { from: chan(from), to: chan(to) };
          const before = answers(memory);
          const next =
            kind === null
              ? changedMemory(memory, [], forgetFailures(memory, ends))
              : changedMemory(memory, rememberFailure(memory, ends, kind, NOW), []);
          expect(answers(next)).toEqual(answers(new Map(next)));
          expect(answers(memory)).toEqual(before);
          memory = next;
        }
      }),
    );
  });
});

// Does memory go back once after each burst of work, and only while nobody waits?
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { collector, MemoryKeeper } from '../src/memory.ts';

describe('MemoryKeeper', () => {
  const begin = () => {
    const machine = { used: 0, collections: 0 };
    const keeper = new MemoryKeeper({
      processorSeconds: () => machine.used,
      collect: () => {
        machine.collections++;
        machine.used += 0.03;
      },
    });
    /** Collections after intervals of so much work each, in processor seconds. */
    const after = (...work: readonly number[]): number => {
      for (const seconds of work) {
        machine.used += seconds;
        keeper.look();
      }
      return machine.collections;
    };
    return { after };
  };

  it('collects when the first intake is over, not while it goes on', () => {
    const { after } = begin();
    expect(after(5, 9, 9, 0.6)).toBe(0);
    expect(after(0.1)).toBe(1);
  });

  it('does so once', () => {
    const { after } = begin();
    expect(after(5, 0.01, 0.01, 0.01, 0.01, 0.01)).toBe(1);
    expect(after(3, 0.01, 0.01)).toBe(2);
  });

  it('leaves alone what has hardly worked', () => {
    expect(begin().after(0.4, 0.1, 0.1, 0.1, 0.1, 0.1)).toBe(0);
  });

  it('takes a small share of the time where there is a little work all the time', () => {
    expect(begin().after(...Array.from({ length: 1000 }, () => 0.1))).toBeLessThan(100);
  });
});

it('the collector frees what nobody holds', async () => {
  const collect = collector();
  const gone = new WeakRef({ rows: new Array(1000).fill(0) });
  // A WeakRef holds its object until the turn is over.
  await nextTurn();
  collect();
  expect(gone.deref()).toBeUndefined();
});

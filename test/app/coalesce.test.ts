import { describe, expect, it } from 'vitest';
import { coalesce } from '../../src/app/coalesce.ts';
import { settle } from './manual-clock.ts';

/** Work whose runs end when the test says so. */
function work() {
  const ends: ((failure?: Error) => void)[] = [];
  const run = coalesce(
    () =>
      new Promise<number>((resolve, reject) => {
        const number = ends.length + 1;
        ends.push((failure) => {
          if (failure) reject(failure);
          else resolve(number);
        });
      }),
  );
  return { ends, run };
}

describe('coalesced work', () => {
  it('runs once for one caller, and anew for the next', async () => {
    const { ends, run } = work();
    const first = run();
    ends[0]?.();
    expect(await first).toBe(1);
    const second = run();
    ends[1]?.();
    expect(await second).toBe(2);
  });

  it('runs once more for all who call meanwhile, after the run under way', async () => {
    const { ends, run } = work();
    const first = run();
    const others = [run(), run(), run()];
    await settle();
    expect(ends).toHaveLength(1);
    ends[0]?.();
    expect(await first).toBe(1);
    await settle();
    expect(ends).toHaveLength(2);
    const later = run();
    ends[1]?.();
    expect(await Promise.all(others)).toEqual([2, 2, 2]);
    await settle();
    ends[2]?.();
    expect(await later).toBe(3);
    expect(ends).toHaveLength(3);
  });

  it('does not run twice at once where someone calls again the moment his run ends, and another waits', async () => {
    const { ends, run } = work();
    const first = run();
    const again = first.then(() => run());
    const waiting = run();
    ends[0]?.();
    await settle();
    expect(ends).toHaveLength(2);
    ends[1]?.();
    expect(await Promise.all([again, waiting])).toEqual([2, 2]);
    expect(ends).toHaveLength(2);
  });

  it('fails for those whose run it was', async () => {
    const { ends, run } = work();
    const first = run();
    const second = run();
    ends[0]?.(new Error('no'));
    await expect(first).rejects.toThrow('no');
    await settle();
    ends[1]?.();
    expect(await second).toBe(2);
  });
});

// Is what one sees after an action never what was read before it, and never old?
import { expect, it } from 'vitest';
import { Cached } from '../../src/dashboard/cached.ts';

it('gives nobody a reading that began before it was forgotten', async () => {
  let now = 0;
  const waiting: ((value: string) => void)[] = [];
  const read = () => new Promise<string>((resolve) => waiting.push(resolve));
  const cached = new Cached({ elapsed: () => now, used: () => 0 }, read);
  const before = cached.get();
  cached.forget();
  const after = cached.get();
  expect(waiting.length).toBe(2);
  waiting[1]?.('new');
  expect(await after).toBe('new');
  waiting[0]?.('old');
  expect(await before).toBe('old');
  now += 1000;
  expect(await cached.get()).toBe('new');
});

it.each([
  ['nothing', 0, 4000],
  ['a tenth of a second', 100, 10_000],
  ['ten seconds', 10_000, 60_000],
])('keeps a reading that cost %s of work (%s ms) for %s ms', async (_, cost, age) => {
  let [now, used, readings] = [0, 0, 0];
  const read = () => {
    used += cost;
    return Promise.resolve(++readings);
  };
  const cached = new Cached({ elapsed: () => now, used: () => used }, read);
  await cached.get();
  now = age - 1;
  expect(await cached.get()).toBe(1);
  now = age;
  expect(await cached.get()).toBe(2);
});

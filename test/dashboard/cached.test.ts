// Is what one sees after an action never what was read before it?
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

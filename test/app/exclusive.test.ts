import { describe, expect, it } from 'vitest';
import { exclusive } from '../../src/app/exclusive.ts';

describe('exclusive', () => {
  it('runs one piece of work after the other, in the order of the calls', async () => {
    const alone = exclusive();
    const events: string[] = [];
    const work = (name: string) => async (): Promise<string> => {
      events.push(`${name} begins`);
      await Promise.resolve();
      await Promise.resolve();
      events.push(`${name} ends`);
      return name;
    };
    expect(await Promise.all([alone(work('a')), alone(work('b')), alone(work('c'))])).toEqual(['a', 'b', 'c']);
    expect(events).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('gives a failure to its own caller only, and goes on', async () => {
    const alone = exclusive();
    const failed = alone(() => Promise.reject(new Error('refused')));
    const thrown = alone(() => {
      throw new Error('a defect');
    });
    const next = alone(() => Promise.resolve('done'));
    await expect(failed).rejects.toThrow('refused');
    await expect(thrown).rejects.toThrow('a defect');
    expect(await next).toBe('done');
  });

  it('does not keep what is not related waiting', async () => {
    const [one, other] = [exclusive(), exclusive()];
    let release = (): void => undefined;
    const held = one(() => new Promise<void>((resolve) => (release = resolve)));
    expect(await other(() => Promise.resolve('done'))).toBe('done');
    release();
    await held;
  });
});

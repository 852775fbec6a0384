// Is it said clearly what is wrong with an argument of any benchmark?
import { describe, expect, it } from 'vitest';
import { ArgumentError, readOptions } from '../../bench/arguments.ts';

const read = (...args: string[]) => readOptions(args, { seeds: 8, days: 180 }, { scenario: 'S1', out: null });

describe('arguments of a benchmark', () => {
  it('are what they are where nothing was said, and what was said else', () => {
    expect(read()).toEqual({ seeds: 8, days: 180, scenario: 'S1', out: null });
    expect(read('--days', '3', '--out', 'here', '--scenario=S2')).toEqual({
      ...{ seeds: 8, days: 3 },
      ...{ scenario: 'S2', out: 'here' },
    });
  });

  it.each([
    [['--seeds', 'foo'], /--seeds: expected a whole number above 0, got "foo"/],
    [['--seeds', ''], /--seeds: expected a whole number above 0, got ""/],
    [['--days', '-1'], /--days/],
    [['--days=1e99'], /--days: expected a whole number above 0, got "1e99"/],
    [['--seed', '1'], /--seed/],
    [['S1'], /S1/],
    [['--out'], /--out/],
  ])('%j is refused', (args, message) => {
    expect(() => read(...args)).toThrow(ArgumentError);
    expect(() => read(...args)).toThrow(message);
  });
});

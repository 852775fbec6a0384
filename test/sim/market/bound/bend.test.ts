// Does a channel that sells nothing mind how full it is?
import { describe, expect, it } from 'vitest';
import { bendScales } from '../../../../src/sim/market/bound/bend.ts';

describe('how far a balance bends the price', () => {
  const scalePpm = [16, 500, 200];
  const scales = (volume: number[][]) => bendScales({ scalePpm, volume, columns: [] });

  it('is as far as fees go where a channel sells', () => {
    expect(
      scales([
        [0, 300, 100],
        [100, 0, 50],
        [100, 100, 0],
      ]),
    ).toEqual(scalePpm);
  });

  it('is as far as the fees of those go that it brings payments to, where it sells hardly anything', () => {
    // 20 of 400 sats: less than a tenth.
    expect(
      scales([
        [0, 300, 100],
        [10, 0, 50],
        [10, 100, 0],
      ]),
    ).toEqual([(300 * 500 + 100 * 200) / 400, 500, 200]);
  });

  it('is never less than its own, and its own where nothing comes or goes', () => {
    expect(
      scales([
        [0, 1, 0],
        [0, 0, 100],
        [0, 0, 0],
      ]),
    ).toEqual([500, 500, 200]);
    expect(scales([[], [], []])).toEqual(scalePpm);
  });
});

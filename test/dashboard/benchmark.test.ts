// Is what the page shows of the benchmark what bench:market writes, and does it say how it was made?
import { describe, expect, it } from 'vitest';
import { BENCHMARK } from '../../src/dashboard/benchmark.ts';

describe('the benchmark of the release', () => {
  it('says by which command, over how many seeds and days, of which commit', () => {
    expect(BENCHMARK.made).toMatch(/^npm run bench:market -- .*: \d+ seeds, \d+(, \d+)* days, commit [0-9a-f]{7,}/);
  });

  it('compares tools in every market, best first, each within its interval', () => {
    expect(BENCHMARK.scenarios.length).toBeGreaterThan(0);
    for (const { name, about, rows } of BENCHMARK.scenarios) {
      expect(name).toMatch(/^\S+$/);
      expect(about).not.toBe('');
      const kinds = rows.map(({ kind }) => kind);
      expect(kinds).toContain('ours');
      expect(kinds).toContain('rival');
      const shares = rows.map(({ of_bound: share }) => share);
      expect(shares).toEqual([...shares].sort((a, b) => b - a));
      expect(new Set(rows.map(({ tool }) => tool)).size).toBe(rows.length);
      for (const { tool, of_bound: share, low, high } of rows) {
        expect(Number.isFinite(share), tool).toBe(true);
        if (low !== null) expect(low, tool).toBeLessThanOrEqual(share);
        if (high !== null) expect(high, tool).toBeGreaterThanOrEqual(share);
      }
    }
  });
});

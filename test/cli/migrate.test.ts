// Does `cl-revenue-ops migrate` say what became of every row, and what is still to be done?
import { describe, expect, it } from 'vitest';
import { migrate } from '../../src/cli/commands/migrate.ts';
import type { TakenOver } from '../../src/ports.ts';
import { terminalWith } from './terminal.ts';

const none = { taken: 0, known: 0, strange: 0, bad: 0 };
const TAKEN: TakenOver = {
  before: 1_765_411_200,
  readUntil: 1_765_497_600,
  unread: 0,
  forwards: { ...none, taken: 8, known: 3 },
  feeChanges: none,
  rebalances: none,
  rebalanceCosts: none,
  openings: none,
  tags: none,
};

const printed = (taken: Partial<TakenOver>): Promise<string> =>
  migrate.answer(
    { words: [], values: { from: 'old.db', db: 'ours.db' } },
    terminalWith({ takeOverPython: () => ({ ...TAKEN, ...taken }) }),
  );

describe('what is printed', () => {
  it('is how many were taken, and which count', async () => {
    expect(await printed({})).toMatch(/^forwards +8 taken, 3 known already\n[^]*before 2025-12-11 00:00:00 UTC count/);
    expect(await printed({})).not.toMatch(/left out for now/);
  });

  it('tells of forwards about which the node has yet to be asked', async () => {
    expect(await printed({ unread: 5 })).toMatch(
      /\n5 are left out for now: they are from after 2025-12-12 00:00:00 UTC, .* Start it once more/,
    );
  });
});

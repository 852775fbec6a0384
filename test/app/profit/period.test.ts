// Is what the whole node did in a period told, however much it was?
import { describe, expect, it } from 'vitest';
import { periodFigures } from '../../../src/app/profit/period.ts';
import { totalsOf } from '../../../src/core/profit/totals.ts';
import { msat, unixSec, ZERO_MSAT } from '../../../src/core/units.ts';

const figuresOf = (volume: bigint) =>
  periodFigures({
    from: unixSec(0),
    until: unixSec(1),
    totals: totalsOf([], { amount: ZERO_MSAT, estimated: false }),
    forwards: 1,
    volume: msat(volume),
    capital: ZERO_MSAT,
    carr: { carr: null, reason: 'no_capital', signChanges: 0, roots: 0 },
    days: [],
  });

describe('what was moved in a period', () => {
  it('is told to the msat', () => {
    expect(figuresOf(1_234_567_890_123n).volume_sats).toBe(1_234_567_890.123);
  });

  it('is told where years of a large node have moved a million bitcoin', () => {
    expect(figuresOf(100_000_000_000_000_000n).volume_sats).toBe(100_000_000_000_000);
  });
});

// Does the choice of a driver follow the operator, and is a broken one left alone?
import { describe, expect, it } from 'vitest';
import { chooseDriver, scoreOf, scoreOutcome, type DriverRecord } from '../../../src/core/rebalance/drivers.ts';
import type { DriverName, DriverOutcome } from '../../../src/core/rebalance/types.ts';
import { ZERO_MSAT } from '../../../src/core/units.ts';
import { later, NOW, sats } from './builders.ts';

const SUCCESS = { status: 'success', failure: null, movedMsat: sats(100_000), feeMsat: sats(20) } as const;
const failed = (failure: DriverOutcome['failure']) =>
  ({ status: 'failed', failure, movedMsat: ZERO_MSAT, feeMsat: ZERO_MSAT }) as const;

const after = (driver: DriverName, outcomes: readonly Parameters<typeof scoreOutcome>[2][], at = NOW): DriverRecord => {
  let record: DriverRecord | undefined;
  for (const outcome of outcomes) record = scoreOutcome(record, driver, outcome, 30, at);
  if (record === undefined) throw new Error('at least one outcome');
  return record;
};
const ALL = new Set<DriverName>(['native', 'rebalance', 'sling', 'circular']);

describe('the score of a driver', () => {
  it('is its success rate, what it paid and how long it took', () => {
    expect(scoreOf(after('native', [SUCCESS, failed('no-route'), SUCCESS, failed('driver-error')]))).toEqual({
      driver: 'native',
      successRate: 0.5,
      ppm: 200,
      seconds: 30,
      errorsInRow: 1,
    });
  });

  it('counts what an unknown end has cost already', () => {
    const unknown = { ...SUCCESS, status: 'unknown', failure: 'timeout' } as const;
    expect(scoreOf(after('sling', [unknown]))).toMatchObject({ successRate: 0, ppm: 200 });
  });

  it('forgets: a week ago counts half', () => {
    const record = scoreOutcome(after('native', [SUCCESS]), 'native', failed('no-route'), 30, later(7 * 86_400));
    expect(scoreOf(record).successRate).toBeCloseTo(1 / 3, 6);
  });

  it('has no price before it has moved anything', () => {
    expect(scoreOf(after('native', [failed('no-route')])).ppm).toBeNull();
  });
});

describe('a driver that broke by a clock that ran ahead', () => {
  it('does not rest until then', () => {
    const broken = after(
      'sling',
      Array.from({ length: 3 }, () => failed('driver-error')),
      later(400 * 86_400),
    );
    expect(chooseDriver('auto', ALL, new Map([['sling', broken]]), NOW).driver).toBe('circular');
    expect(chooseDriver('auto', new Set(['sling', 'native']), new Map([['sling', broken]]), NOW).driver).toBe('sling');
  });
});

describe('the choice', () => {
  it('is circular, else sling, else rebalance, else native where the operator leaves it to us', () => {
    const among = (...names: DriverName[]) => chooseDriver('auto', new Set(names), new Map(), NOW).driver;
    expect(chooseDriver('auto', ALL, new Map(), NOW).driver).toBe('circular');
    expect(among('sling', 'rebalance', 'native')).toBe('sling');
    expect(among('native', 'rebalance')).toBe('rebalance');
    expect(among('native')).toBe('native');
    expect(among()).toBeNull();
  });

  it('is what the operator named, or nothing: never silently another', () => {
    expect(chooseDriver('sling', ALL, new Map(), NOW)).toEqual({ driver: 'sling', because: 'as configured' });
    expect(chooseDriver('sling', new Set(['native']), new Map(), NOW)).toEqual({
      driver: null,
      because: 'sling is configured, but the node does not offer it',
    });
  });

  it('passes over a broken driver for an hour, and says so', () => {
    const error = failed('driver-error');
    const broken = new Map([['circular', after('circular', [error, error, error])]] as const);
    expect(chooseDriver('auto', ALL, broken, later(3599))).toEqual({
      driver: 'sling',
      because: 'circular ended in errors and rests',
    });
    expect(chooseDriver('auto', ALL, broken, later(3600)).driver).toBe('circular');
    expect(chooseDriver('auto', new Set(['circular']), broken, later(1)).driver).toBe('circular');
    // The operator's word stands.
    expect(chooseDriver('circular', ALL, broken, later(1)).driver).toBe('circular');
  });

  it('does not blame a driver for the market', () => {
    const dear = failed('too-expensive');
    const error = failed('driver-error');
    const records = new Map([['circular', after('circular', [error, error, dear, dear, dear, dear])]] as const);
    expect(chooseDriver('auto', ALL, records, later(1)).driver).toBe('circular');
  });
});

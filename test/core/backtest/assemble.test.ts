// Which part of the records does a backtest take, and is that as long as was asked for?
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spanOf } from '../../../src/core/backtest/assemble.ts';
import { HistoryError } from '../../../src/core/backtest/history.ts';

const at = (text: string): number => Date.parse(text) / 1000;
const DAY = 86_400;
const BOUNDS = {
  feesKnownSince: at('2026-11-01T19:12:00Z'),
  forwardsSince: 0,
  knownUntil: at('2026-12-01T09:40:00Z'),
};

describe('the span of a history', () => {
  it.each([
    ['as much as there is', null, null, '2026-11-02T00:00:00Z', '2026-12-01T09:00:00Z'],
    [
      'from within a day: that day whole',
      '2026-11-10T12:00:00Z',
      '2026-11-24T12:00:00Z',
      '2026-11-10T00:00:00Z',
      '2026-11-24T12:00:00Z',
    ],
    ['from a midnight', '2026-11-10T00:00:00Z', null, '2026-11-10T00:00:00Z', '2026-12-01T09:00:00Z'],
    [
      'from a day of which not all is known: the next one',
      '2026-11-01T21:00:00Z',
      null,
      '2026-11-02T00:00:00Z',
      '2026-12-01T09:00:00Z',
    ],
    ['from before anything is known', '2026-01-01T00:00:00Z', null, '2026-11-02T00:00:00Z', '2026-12-01T09:00:00Z'],
  ])('%s', (_, since, until, from, end) => {
    const asked = (text: string | null): number | null => (text === null ? null : at(text));
    expect(spanOf(BOUNDS, asked(since), asked(until))).toEqual({ from: at(from), until: at(end) });
  });

  it('is at least as many days as were asked for, where the records reach', () => {
    const moment = fc.integer({ min: at('2026-11-03T00:00:00Z'), max: BOUNDS.knownUntil });
    fc.assert(
      fc.property(moment, moment, (since, until) => {
        fc.pre(since + DAY <= until);
        const span = spanOf(BOUNDS, since, until);
        expect(span.from % DAY).toBe(0);
        expect(span.until - span.from).toBeGreaterThanOrEqual(Math.floor((until - since) / DAY) * DAY);
      }),
    );
  });

  it.each([
    ['after all that is known', '2026-12-01T12:00:00Z', null],
    ['before anything is known', null, '2026-11-01T00:00:00Z'],
    ['within the first day, which is not known whole', '2026-11-01T20:00:00Z', '2026-11-01T23:00:00Z'],
  ])('is refused %s', (_, since, until) => {
    const ask = () => spanOf(BOUNDS, since === null ? null : at(since), until === null ? null : at(until));
    expect(ask).toThrow(HistoryError);
    expect(ask).toThrow('of the time asked for, got those from 2026-11-01T19:12:00Z to 2026-12-01T09:40:00Z');
  });
});

// Which time does a file hold, by the address it is asked for at?
import { describe, expect, it } from 'vitest';
import { spanIn } from '../../src/dashboard/export/span.ts';
import { Refusal } from '../../src/dashboard/failure.ts';

const at = (text: string): number => Date.parse(text) / 1000;
const END = 9_000_000_000;

describe('the span of an export', () => {
  it.each([
    [{}, 0, END],
    [{ from: '', until: '' }, 0, END],
    [{ from: '2026-11-21', until: '2026-11-21' }, at('2026-11-21T00:00:00Z'), at('2026-11-22T00:00:00Z')],
    [{ from: '1764000000', until: '1764000001' }, 1_764_000_000, 1_764_000_001],
    [{ from: '2026-11-21', until: String(at('2026-11-21T00:00:01Z')) }, at('2026-11-21'), at('2026-11-21') + 1],
    // Beyond all that is kept: nothing is in it, and nothing is wrong with it.
    [{ from: '9999999998' }, END, END],
    [{ from: '9999999998', until: '9999999999' }, END, END],
  ])('%j', (query, from, until) => {
    expect(spanIn(query)).toEqual({ from, until });
  });

  it.each([
    [{ from: '2027-01-01', until: '2026-01-01' }, 'until: expected a time after from ("2027-01-01"), got "2026-01-01"'],
    [{ from: '1764000000', until: '1764000000' }, 'until: expected a time after from ("1764000000"), got "1764000000"'],
    [{ from: '2026-11-22', until: '2026-11-21' }, 'until: expected a time after from ("2026-11-22"), got "2026-11-21"'],
    [{ from: 'May' }, 'from: expected Unix seconds or a day like 2026-11-21, got "May"'],
    [{ since: '1' }, 'since: expected from or until'],
  ])('refuses %j', (query, message) => {
    expect(() => spanIn(query)).toThrow(Refusal);
    expect(() => spanIn(query)).toThrow(message);
  });
});

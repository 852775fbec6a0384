// Does a filter leave of a reply what lightningd would, and say when it was misunderstood?
import { describe, expect, it } from 'vitest';
import { SimError } from '../../../src/sim/method.ts';
import { applyFilter } from '../../../src/sim/rpc/filter.ts';
import { printJson } from '../../../src/sim/json.ts';

const reply = { channels: [{ a: 1, b: { c: 2, d: 3 } }, { a: 4 }], count: 2 };

describe('applyFilter', () => {
  it.each([
    [{ count: true }, { count: 2 }],
    [{ channels: [{ a: true }] }, { channels: [{ a: 1 }, { a: 4 }] }],
    [{ channels: [{ b: { d: true } }] }, { channels: [{ b: { d: 3 } }, {}] }],
    [{ channels: true, nothing: true }, { channels: reply.channels }],
    [{}, reply],
    [{ channels: { a: true } }, { warning_parameter_filter: '.channels is an array' }],
    [
      { channels: [{ b: [{ c: true }] }] },
      { channels: [{}, {}], warning_parameter_filter: '.channels[].b is an object' },
    ],
  ])('%j', (filter, expected) => {
    expect(applyFilter(reply, filter)).toEqual(expected);
  });

  it.each([[[1]], ['x'], [{ a: false }], [{ a: [] }], [{ a: [{ b: true }, 1] }], [{ a: 1 }]])(
    'refuses %j',
    (filter) => {
      expect(() => applyFilter(reply, filter)).toThrow(SimError);
    },
  );
});

describe('printJson', () => {
  it('prints bigints as digits, and nothing else differently', () => {
    expect(printJson({ max: 2n ** 64n - 1n, list: [1n, -2n], text: '12', none: null })).toBe(
      '{"max":18446744073709551615,"list":[1,-2],"text":"12","none":null}',
    );
  });
});

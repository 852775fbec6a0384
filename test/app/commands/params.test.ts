import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { feePpm, hours } from '../../../src/app/commands/fee-params.ts';
import { channelName, optional, percentage, readParams } from '../../../src/app/commands/params.ts';
import { sats } from '../../../src/app/commands/rebalance-params.ts';
import { CommandError, INVALID_PARAMS } from '../../../src/core/errors.ts';

const PARAMS = { channel_id: optional(channelName) };
const read = (raw: unknown) => readParams(PARAMS, raw);
const refusal = (raw: unknown, params = PARAMS): CommandError => {
  try {
    readParams(params, raw);
  } catch (error) {
    if (error instanceof CommandError) return error;
    throw error;
  }
  throw new Error(`expected ${JSON.stringify(raw)} to be refused`);
};
const ID = 'a729f98b47a5bfe8d51fbaa1159724492f8302d2581bde28f744d3fab6e08d00';

describe('numbers as text', () => {
  const NUMBERS = {
    fee: optional(feePpm),
    sats: optional(sats),
    hours: optional(hours('from 0')),
    pct: optional(percentage),
  };
  it.each(['5', ' 5 ', '+5', '5.0'])('are read as people write them: %j', (text) => {
    const all = { fee: text, sats: text, hours: text, pct: text };
    expect(readParams(NUMBERS, all)).toEqual({ fee: 5, sats: 5, hours: 5, pct: 5 });
  });

  it.each(['0x10', '0b1', '0o7', '1e3', '', ' ', '.', '5,0', '1_0', '٣', '5 5', 'Infinity'])(
    'are refused where they are not decimal: %j',
    (text) => {
      for (const name of Object.keys(NUMBERS))
        expect(() => readParams(NUMBERS, { [name]: text })).toThrow(`${name}: expected`);
    },
  );
});

it('hours are above zero where none has no meaning, and ten years at most', () => {
  const read = (raw: unknown, least: 'from 0' | 'above 0' = 'above 0') =>
    readParams({ hours: optional(hours(least)) }, [raw]);
  expect(read(0.001)).toEqual({ hours: 0.001 });
  expect(read('87600')).toEqual({ hours: 87_600 });
  expect(read(0, 'from 0')).toEqual({ hours: 0 });
  for (const [raw, least] of [
    [0, 'above 0'],
    [-1, 'from 0'],
    [87_600.1, 'from 0'],
    ['87601', 'above 0'],
  ] as const)
    expect(() => read(raw, least), String(raw)).toThrow(`hours: expected hours ${least} to 87600`);
});

describe('parameters', () => {
  it.each([
    ['by name', { channel_id: '112x1x0' }, '112x1x0'],
    ['in order', ['112x1x0'], '112x1x0'],
    ['an alias', ['14648666x2487448x53255'], '14648666x2487448x53255'],
    ['a channel id', [ID], ID],
    ['a channel id in capitals', [ID.toUpperCase()], ID],
    ['with blanks around', [' 112x1x0 '], '112x1x0'],
    ['null, which is none', { channel_id: null }, null],
    ['null in order', [null], null],
    ['none by name', {}, null],
    ['none in order', [], null],
    ['none at all', undefined, null],
  ])('are read %s', (_, raw, expected) => {
    expect(read(raw)).toEqual({ channel_id: expected });
  });

  it.each([
    [{ channel_id: 'nope' }, 'channel_id: expected a short channel id or alias', '"nope"'],
    [['1x2'], 'channel_id: expected', '"1x2"'],
    [[5], 'channel_id: expected', '5'],
    [[true], 'channel_id: expected', 'true'],
    [[''], 'channel_id: expected', '""'],
    [[{}], 'channel_id: expected', '{}'],
    [['16777216x1x1'], 'channel_id: expected', '"16777216x1x1"'],
    [{ chanel_id: '112x1x0' }, 'chanel_id: unknown parameter; expected channel_id', '"112x1x0"'],
    [JSON.parse('{"__proto__": 1}'), '__proto__: unknown parameter', '1'],
    [{ constructor: null }, 'constructor: unknown parameter', 'null'],
    [['112x1x0', 'more'], 'parameter 2: expected channel_id', '"more"'],
    ['112x1x0', 'params: expected an object or an array', '"112x1x0"'],
    [7, 'params: expected', '7'],
  ])('%j are refused by name, expectation and value', (raw: unknown, text, value) => {
    const error = refusal(raw);
    expect(error.code).toBe(INVALID_PARAMS);
    expect(error.message).toContain(text);
    expect(error.message).toContain(`got`);
    expect(error.message).toContain(value);
  });

  it('that no command takes are refused', () => {
    expect(readParams({}, [])).toEqual({});
    expect(() => readParams({}, ['x'])).toThrow('parameter 1: expected no parameters, got 1 values, the last "x"');
    expect(() => readParams({}, { x: 1 })).toThrow('x: unknown parameter; expected no parameters, got 1');
  });

  it('that must be given are asked for', () => {
    const needed = { channel_id: { ...channelName, required: true, absent: '' } };
    expect(() => readParams(needed, [])).toThrow('channel_id: expected a short channel id');
    expect(() => readParams(needed, { channel_id: null })).toThrow('got nothing');
  });

  it('do not flood a message', () => {
    expect(refusal(['x'.repeat(1_000_000)]).message.length).toBeLessThan(400);
  });

  it('of any kind are read or refused, and never anything else', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (raw) => {
        try {
          const { channel_id: name } = read(raw);
          expect(name === null || /^[0-9a-fx]+$/.test(name)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(CommandError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

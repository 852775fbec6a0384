// Do the decoders take what is right, refuse what is not, and say where?
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  array,
  bool,
  decode,
  DecodeError,
  hex,
  int,
  mapped,
  MSAT_CLAMP,
  msatClamped,
  msatValue,
  nullable,
  num,
  object,
  oneOf,
  optional,
  str,
  type Decoder,
} from '../../src/cln/decode.ts';

const refusal = (decoder: Decoder<unknown>, value: unknown, what = 'x'): string => {
  try {
    decode(decoder, value, what);
  } catch (error) {
    if (error instanceof DecodeError) return error.message;
    throw error;
  }
  throw new Error('was not refused');
};

describe('decoders', () => {
  const channels = object({
    channels: array(object({ state: str, updates: optional(object({ remote: object({ fee: int }) })) })),
  });

  it('keep the fields asked for and drop the others', () => {
    const value = { channels: [{ state: 'ONCHAIN', updates: null, status: ['new field'] }], more: 1 };
    expect(decode(channels, value, 'listpeerchannels')).toEqual({
      channels: [{ state: 'ONCHAIN', updates: undefined }],
    });
  });

  it.each([
    [{ channels: [{ state: 'A' }, { state: 3 }] }, 'listpeerchannels.channels[1].state: expected a string, got 3'],
    [
      { channels: [{ state: 'A', updates: { remote: { fee: 1.5 } } }] },
      'listpeerchannels.channels[0].updates.remote.fee: expected an integer within 2^53, got 1.5',
    ],
    [{ channels: {} }, 'listpeerchannels.channels: expected an array, got an object'],
    [{ channels: [[]] }, 'listpeerchannels.channels[0]: expected an object, got an array of 0'],
    [{}, 'listpeerchannels.channels: expected an array, got nothing'],
    [null, 'listpeerchannels: expected an object, got null'],
  ])('say where and what: %j', (value, message) => {
    expect(refusal(channels, value, 'listpeerchannels')).toBe(message);
  });

  it('show only as much of a wrong value as a log line holds', () => {
    expect(refusal(int, 'x'.repeat(1e6)).length).toBeLessThan(200);
  });

  it.each<[string, Decoder<unknown>, unknown[], unknown[]]>([
    ['str', str, ['', 'a'], [1, null, undefined, {}]],
    ['int', int, [0, -5, Number.MAX_SAFE_INTEGER], [0.5, 2 ** 53, NaN, '1', null]],
    ['num', num, [0, -1.5, 1e300], [NaN, Infinity, '1', true]],
    ['bool', bool, [true, false], [0, 'true', null]],
    ['hex', hex(), ['', '00ff'], ['0', 'FF', 'zz', 1]],
    ['hex(4)', hex(4), ['00ff'], ['00', '00ff00', 'zzzz']],
    ['oneOf', oneOf('settled', 'failed', null), ['settled', null], ['Settled', undefined, 0]],
    ['optional', optional(int), [undefined, 1], ['1']],
    ['nullable', nullable(int), [null, 1], ['1']],
    ['array', array(int), [[], [1, 2]], [[1, null], { 0: 1 }, 'ab']],
  ])('%s', (_name, decoder, good, bad) => {
    for (const value of good) expect(decode(decoder, value, 'x')).toEqual(value);
    for (const value of bad) expect(() => decode(decoder, value, 'x')).toThrow(DecodeError);
  });

  it('treat absent and null alike where a field may be missing', () => {
    expect(decode(optional(int), null, 'x')).toBeUndefined();
    expect(decode(nullable(int), undefined, 'x')).toBeNull();
  });

  it('turn what a conversion throws into a refusal that says where', () => {
    const positive = mapped(
      int,
      (value) => {
        if (value < 1) throw new RangeError('too small');
        return value * 2;
      },
      'an integer above 0',
    );
    expect(decode(array(positive), [1, 2], 'x')).toEqual([2, 4]);
    expect(refusal(array(positive), [1, 0])).toBe('x[1]: expected an integer above 0, got 0');
  });

  it('refuse what no JSON holds in words, too', () => {
    expect(refusal(str, 5n)).toBe('x: expected a string, got a bigint');
    expect(refusal(object({ toString: str }), {})).toContain('x.toString: expected a string');
  });

  it('never throw anything but DecodeError', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        try {
          decode(channels, value, 'x');
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
    );
  });
});

describe('amounts', () => {
  it('are integers, or text as before v23.05', () => {
    expect(decode(msatValue, 17_009_500, 'x')).toBe(17_009_500n);
    expect(decode(msatValue, '17009500msat', 'x')).toBe(17_009_500n);
    expect(decode(msatValue, '18446744073709551615msat', 'x')).toBe(2n ** 64n - 1n);
  });

  it.each([
    0.5,
    -1,
    2 ** 53,
    1e19,
    NaN,
    '5',
    '5sat',
    '-1msat',
    '1.5msat',
    ' 1msat',
    null,
    {},
    '123456789012345678901msat',
  ])('are never guessed: %j', (value) => {
    expect(() => decode(msatValue, value, 'x')).toThrow(DecodeError);
  });

  it('trap: the u64 sentinel that JSON.parse rounds is refused as an amount and clamped as a limit', () => {
    const parsed = JSON.parse('{"our_max_htlc_value_in_flight_msat":18446744073709551615}') as object;
    const field = (decoder: Decoder<bigint>) => object({ our_max_htlc_value_in_flight_msat: decoder });
    expect(() => decode(field(msatValue), parsed, 'x')).toThrow('our_max_htlc_value_in_flight_msat');
    expect(decode(field(msatClamped), parsed, 'x')).toEqual({ our_max_htlc_value_in_flight_msat: MSAT_CLAMP });
    expect(decode(msatClamped, '18446744073709551615msat', 'x')).toBe(MSAT_CLAMP);
    expect(decode(msatClamped, 5, 'x')).toBe(5n);
    // The first number that JSON.parse may have rounded.
    expect(decode(msatClamped, 2 ** 53, 'x')).toBe(MSAT_CLAMP);
    for (const wrong of [-1, 0.5, Infinity, '5', null])
      expect(() => decode(msatClamped, wrong, 'x')).toThrow(DecodeError);
  });
});

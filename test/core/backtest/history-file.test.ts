// Is a file that somebody else has made read strictly, and is it said what is wrong with it?
import { describe, expect, it } from 'vitest';
import { historyText, parseHistory } from '../../../src/core/backtest/history-file.ts';
import type { History } from '../../../src/core/backtest/history.ts';

const HISTORY: History = {
  from: 1000,
  until: 9000,
  channels: [
    { name: 'channel 1', capacityMsat: 5000, from: 1000, until: 9000, startMsat: 2000, fees: [{ at: 1000, ppm: 10 }] },
    { name: 'channel 2', capacityMsat: 7000, from: 2000, until: 8000, startMsat: null, fees: [{ at: 2000, ppm: 0 }] },
  ],
  forwards: [
    { at: 2000, from: 0, to: 1, amountMsat: 100, feeMsat: 1 },
    { at: 3000, from: 1, to: 0, amountMsat: 200, feeMsat: 0 },
  ],
  circles: [],
  attempts: { succeeded: 0, failed: 3 },
};
const text = historyText(HISTORY);
const changed = (from: string | RegExp, to: string): string => {
  const other = text.replace(from, to);
  if (other === text) throw new Error(`nothing to change: ${String(from)}`);
  return other;
};

describe('the file of a history', () => {
  it('is read as it was written', () => {
    expect(parseHistory(text)).toEqual(HISTORY);
  });

  it('keeps nothing of a name that would move the cursor of who reads it', () => {
    expect(parseHistory(changed('channel 1', '\\u001b[2Jchannel 1')).channels[0]?.name).toBe('[2Jchannel 1');
  });

  it.each(
    [
      ['no JSON', 'expected JSON', 'time,fee\n1,2'],
      ['a list', 'file: expected an object, got []', '[]'],
      ['another format', 'format: expected "cl-revenue-ops-history"', changed('cl-revenue-ops-history', 'lnd')],
      ['a later version', 'version: expected 1, got 2', changed('"version": 1', '"version": 2')],
      [
        'a time that no calendar has',
        'until: expected an integer 1001..315361000, got 9000',
        changed('"until": 9000', '"until": 9000000000000000'),
      ],
      [
        'more hours than anybody has memory for',
        'until: expected an integer 1001..315361000, got 315361001',
        changed('"until": 9000', '"until": 315361001'),
      ],
      ['times the wrong way round', 'until: expected an integer 1001..', changed('"until": 9000', '"until": 1000')],
      ['a fraction', 'forwards.amount_msat[0]: expected an integer', changed('[100,200]', '[100.5,200]')],
      ['a channel that is not there', 'forwards.from[1]: expected an integer 0..1, got 2', changed('[0,1]', '[0,2]')],
      ['a way to none', 'forwards.to[0]: expected an integer 0..1, got 2', changed('"to":[1,0]', '"to":[2,0]')],
      [
        'columns of other lengths',
        'forwards.fee_msat: expected 2 values',
        changed('"fee_msat":[1,0]', '"fee_msat":[1]'),
      ],
      ['disorder', 'forwards.at[1]: expected a time no earlier', changed('[2000,3000]', '[3000,2000]')],
      ['a time outside', 'forwards.at[1]: expected an integer 1000..8999', changed('[2000,3000]', '[2000,9000]')],
      ['no fee', 'channels[0].fees: expected at least one fee', changed('[[1000,10]]', '[]')],
      [
        'more than fits',
        'channels[0].start_msat: expected an integer 0..5000',
        changed('"start_msat":2000', '"start_msat":9000'),
      ],
    ].map(([what = '', message = '', file = '']) => ({ what, message, file })),
  )('with $what is refused', ({ message, file }) => {
    expect(() => parseHistory(file)).toThrow(message);
  });
});

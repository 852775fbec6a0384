// Are files of channels read for what they say, and is every fault named where it stands?
import { describe, expect, it } from 'vitest';
import { CSV_HEADER, parseChannelsCsv } from '../../../src/sim/graph/csv-file.ts';
import { parseListchannels } from '../../../src/sim/graph/listchannels-file.ts';

const csv = (...rows: string[]): string => [CSV_HEADER, ...rows, ''].join('\n');

describe('the CSV of a snapshot', () => {
  it('gives both directions, and null for the one that is disabled', () => {
    expect(parseChannelsCsv(csv('0,0,2134,9093802,0,1,4092210000,0,11000,34,1,0,0,0,0,0'))).toEqual([
      {
        capacitySats: 9_093_802,
        nodes: ['0', '2134'],
        policies: [{ baseMsat: 0, ppm: 11_000, delay: 34, htlcMinMsat: 1, htlcMaxMsat: 4_092_210_000 }, null],
      },
    ]);
  });

  it.each([
    ['chan,node1', 'line 1: expected the header chan,node1,node2,capacity_sat,dis12,'],
    [csv('0,0,1'), 'line 2: expected 16 columns, got 3'],
    [
      csv('0,0,1,9,1,0,0,0,0,0,1,0,0,0,0,0', '1,0,1,-9,1,0,0,0,0,0,1,0,0,0,0,0'),
      'line 3, column capacity_sat: expected',
    ],
    [csv('0,0,1,9,0,0,1,0,x,9,1,0,0,0,0,0'), 'line 2, column ppm12: expected an integer >= 0, got "x"'],
  ])('refuses %j', (text, message) => {
    expect(() => parseChannelsCsv(text)).toThrow(message);
  });
});

const entry = {
  source: '02aa',
  destination: '03bb',
  short_channel_id: '109x1x1',
  direction: 0,
  public: true,
  amount_msat: 1_000_000_000,
  message_flags: 1,
  channel_flags: 0,
  active: true,
  last_update: 1_738_500_000,
  base_fee_millisatoshi: 1,
  fee_per_millionth: 10,
  delay: 6,
  htlc_minimum_msat: 0,
  htlc_maximum_msat: 990_000_000,
  features: '',
};
const back = {
  ...entry,
  source: '03bb',
  destination: '02aa',
  direction: 1,
  fee_per_millionth: 20,
  last_update: 1_738_600_000,
};
const reply = (...channels: object[]): string => JSON.stringify({ channels });

describe('what listchannels prints', () => {
  it('joins the two directions of a channel', () => {
    expect(parseListchannels(reply(back, entry))).toEqual({
      newest: 1_738_600_000,
      records: [
        {
          capacitySats: 1_000_000,
          nodes: ['03bb', '02aa'],
          policies: [
            { baseMsat: 1, ppm: 20, delay: 6, htlcMinMsat: 0, htlcMaxMsat: 990_000_000 },
            { baseMsat: 1, ppm: 10, delay: 6, htlcMinMsat: 0, htlcMaxMsat: 990_000_000 },
          ],
        },
      ],
    });
  });

  it('leaves out what is disabled, unannounced or told of one end alone', () => {
    const policies = (...channels: object[]) => parseListchannels(reply(...channels)).records[0]?.policies;
    expect(policies({ ...entry, active: false }, back)?.map((policy) => policy?.ppm)).toEqual([undefined, 20]);
    expect(policies({ ...entry, public: false }, back)?.map((policy) => policy?.ppm)).toEqual([undefined, 20]);
    expect(policies(entry)?.map((policy) => policy?.ppm)).toEqual([10, undefined]);
  });

  it('takes the capacity for the most where a node tells none', () => {
    const without = Object.fromEntries(Object.entries(entry).filter(([name]) => name !== 'htlc_maximum_msat'));
    expect(parseListchannels(reply(without)).records[0]?.policies[0]?.htlcMaxMsat).toBe(1_000_000_000);
  });

  it.each([
    ['{', 'expected the JSON that lightning-cli listchannels prints'],
    ['{"nodes": []}', 'expected an object with the list "channels"'],
    [reply(entry, { ...back, delay: '6' }), 'channels[1].delay: expected an integer >= 0, got "6"'],
    [reply({ ...entry, source: 7 }), 'channels[0].source: expected a text, got 7'],
  ])('refuses %j', (text, message) => {
    expect(() => parseListchannels(text)).toThrow(message);
  });
});

// Is a scenario's file read as written, with what it extends, and refused where it contradicts itself?
import { describe, expect, it } from 'vitest';
import {
  SCENARIOS,
  SUITS,
  loadScenario,
  scenarioNamed,
  type ScenarioLibrary,
} from '../../../../src/sim/market/scenario.ts';
import { scenarioFiles } from './files.ts';

const BANK = {
  perDay: 10,
  channels: [
    { capacitySats: 1_000_000, inboundPpm: 10 },
    { capacitySats: 2_000_000, inboundPpm: 20 },
  ],
  payments: { from: [0, 1], to: [1, 0], amountSats: [5, 6], weight: [1, 1], reservationPpm: [100, 200] },
};

const files = scenarioFiles();
const library = (more: Readonly<Record<string, object>> = {}): ScenarioLibrary => ({
  scenario: (name) => (more[name] === undefined ? (files.get(name) ?? null) : JSON.stringify(more[name])),
  bank: (path) => (path === 'banks/one.json' ? BANK : null),
});
const load = (file: object, more = {}) => loadScenario(JSON.stringify(file), 'mine', library(more));

describe('the files that come along', () => {
  const own = [...files].filter(([, text]) => typeof (JSON.parse(text) as { bank?: unknown }).bank !== 'string');

  it('are built in, all that need no bank', () => {
    expect([...SCENARIOS, ...SUITS].map(({ name }) => name).sort()).toEqual(own.map(([name]) => name).sort());
    expect(own.length).toBeGreaterThan(30);
  });

  it.each(own)('%s is read the same from its file', (name, text) => {
    expect(loadScenario(text, name, library())).toEqual(scenarioNamed(name));
  });

  it('say in a line what they are about', () => {
    for (const { about } of SCENARIOS) expect(about.length).toBeGreaterThan(10);
    expect(new Set([...SCENARIOS, ...SUITS].map(({ about }) => about)).size).toBe(own.length);
  });
});

describe('a scenario', () => {
  it('takes what it does not say from what it extends, but for what that one is about', () => {
    const middle = {
      about: 'middle',
      extends: 'S4',
      channels: 7,
      suit: { rival: 'x', setup: 'shipped', startPpm: 1, days: 1 },
    };
    const scenario = load({ about: 'end', extends: 'middle', imbalance: 0 }, { middle });
    const { name, about, channels, imbalance, suit, ...rest } = scenario;
    expect({ name, about, channels, imbalance, suit }).toEqual({
      name: 'mine',
      about: 'end',
      channels: 7,
      imbalance: 0,
      suit: null,
    });
    expect(scenarioNamed('S4')).toMatchObject(rest);
  });

  it('turns off what it extends by null', () => {
    expect(load({ about: 'x', extends: 'S4', shifts: null }).shifts).toBeNull();
  });

  it('has a bank where it names one', () => {
    expect(load({ about: 'x', extends: 'S1', bank: 'banks/one.json' }).bank?.channels).toEqual(BANK.channels);
  });

  it.each([
    ['no JSON', '{', /^scenario mine: expected JSON, got /],
    [
      'a base that is not there',
      { about: 'x', extends: 'S99' },
      'scenario mine: extends: expected the name of a scenario beside it, got "S99"',
    ],
    [
      'a bank that is not there',
      { about: 'x', extends: 'S1', bank: 'none.json' },
      'scenario mine: bank: expected the path of a demand bank, got "none.json"',
    ],
    [
      'bounds the wrong way round',
      { about: 'x', extends: 'S1', capacity: { medianSats: 1e6, sigma: 1, minSats: 5000, maxSats: 2000 } },
      'capacity.minSats: expected at most maxSats, 2000, got 5000',
    ],
    [
      'an only channel that runs dry',
      { about: 'x', extends: 'S1', channels: 1 },
      'liquidity: expected "unlimited" of the only channel, got "coupled"',
    ],
    [
      'fewer payments than there will ever be time for',
      { about: 'x', extends: 'S1', forwardsPerDay: 1e-300 },
      'forwardsPerDay: expected a number >= 0.001 and <= 1000000, got 1e-300',
    ],
    [
      'payments of more sats than there are',
      { about: 'x', extends: 'S6', whale: { volumeShare: 0.5, medianSats: 1e308, sigma: 4, leavesOnDay: 9 } },
      'whale.medianSats: expected a number >= 1 and <= 1000000000000, got 1e+308',
    ],
    [
      'hours that end before they begin',
      { about: 'x', extends: 'H3', hours: { from: 20, until: 8, optimumSd: 1, rateSd: 1 } },
      'hours.until: expected more than from, 20, got 8',
    ],
    [
      'a rival with nobody who compares',
      { about: 'x', extends: 'S1', rival: { undercut: 0.1, leastHours: 1, mostHours: 2, floorPpm: 1 } },
      'rival: expected senders of family "kink", who compare, got family "lognormal"',
    ],
    [
      'more outages than channels',
      { about: 'x', extends: 'S9', channels: 3 },
      'outages.peers: expected at most the channels, 3, got 4',
    ],
    [
      'a whale beside a bank',
      { about: 'x', extends: 'S6', bank: 'banks/one.json' },
      'whale: expected null beside a bank',
    ],
    [
      'a fault in what it extends',
      { about: 'x', extends: 'odd' },
      'scenario odd: imbalance: expected a number, got "much"',
    ],
  ])('is refused with %s', (_, file, error) => {
    const odd = { about: 'odd', extends: 'S1', imbalance: 'much' };
    const read = () => loadScenario(typeof file === 'string' ? file : JSON.stringify(file), 'mine', library({ odd }));
    expect(read).toThrow(error);
  });

  it('does not extend itself', () => {
    const a = { about: 'a', extends: 'b' };
    const b = { about: 'b', extends: 'a' };
    expect(() => load(a, { a, b })).toThrow('scenario b: extends');
    expect(() => loadScenario(JSON.stringify(a), 'a', library({ a, b }))).toThrow(
      'expected no circle, got a -> b -> a',
    );
  });
});

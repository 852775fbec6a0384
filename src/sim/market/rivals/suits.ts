// In which market does each rival show what it was made for? One for each: who does not win there is badly ported.
import { CALM, DRAIN, type Scenario } from '../scenario.ts';
import type { Setup } from './field.ts';

export interface Suit {
  /** Of FIELD. */
  readonly rival: string;
  readonly setup: Setup;
  /** Fee at which all channels begin, ppm. */
  readonly startPpm: number;
  readonly days: number;
  readonly scenario: Scenario;
}

/** Where nobody knows better: the capacity-weighted median of mainnet (quant 2). */
const START_PPM = 250;

/** Balances never move, and all channels see the same demand: what is compared is finding the price. */
const PRICES: Scenario = { ...CALM, imbalance: 0, liquidity: 'unlimited' };
/** Small channels of one size that are used both ways, and much: what is compared is holding the balance. */
const TWO_WAY: Scenario = {
  ...CALM,
  channels: 10,
  imbalance: 0,
  forwardsPerDay: 600,
  capacity: { ...CALM.capacity, medianSats: 2_000_000, sigma: 0 },
};
/** With CALM's tastes revenue is highest at the scale itself: the scales below are the best fees. */
const willing = (scaleMedianPpm: number, scaleSigma: number): Scenario['willingness'] => ({
  ...CALM.willingness,
  scaleMedianPpm,
  scaleSigma,
});
/** Hours in which nothing but the fee makes a difference. */
const SMOOTH: Scenario = {
  ...PRICES,
  channels: 1,
  forwardsPerDay: 5000,
  season: { daily: 0, weekend: 1 },
  willingness: willing(1000, 0),
};

export const SUITS: readonly Suit[] = [
  {
    rival: 'market-median',
    setup: 'rescaled',
    startPpm: START_PPM,
    days: 30,
    scenario: {
      ...PRICES,
      name: 'suits-market-median',
      about: 'all channels are alike and nothing ever changes: what is known of one is right for all',
      willingness: willing(600, 0),
    },
  },
  {
    rival: 'proportional',
    setup: 'shipped',
    startPpm: START_PPM,
    days: 30,
    scenario: {
      ...TWO_WAY,
      name: 'suits-proportional',
      about: 'two-way, and the best fee is half of its 500 ppm: only the balance is to be held',
      willingness: willing(255, 0.1),
    },
  },
  {
    rival: 'feeadjuster',
    setup: 'shipped',
    startPpm: START_PPM,
    days: 30,
    scenario: {
      ...TWO_WAY,
      name: 'suits-feeadjuster',
      about: 'two-way, and fees are what they were when it was written: about ten ppm',
      forwardsPerDay: 300,
      imbalance: 0.3,
      willingness: willing(15, 0),
    },
  },
  {
    rival: 'seed-published',
    setup: 'shipped',
    startPpm: START_PPM,
    days: 15,
    scenario: {
      ...SMOOTH,
      name: 'suits-seed-published',
      about: 'a steady stream, and each fee below a sat: its books call that no earning, and do not make it cheaper',
      payment: { medianSats: 120, sigma: 0.1 },
    },
  },
  {
    rival: 'seed-mended',
    setup: 'shipped',
    startPpm: START_PPM,
    days: 15,
    scenario: {
      ...SMOOTH,
      name: 'suits-seed-mended',
      about: 'a steady stream: an hour tells whether the last step was right',
      payment: { medianSats: 2000, sigma: 0.3 },
    },
  },
  {
    rival: 'thompson',
    setup: 'shipped',
    startPpm: START_PPM,
    days: 30,
    scenario: {
      ...PRICES,
      name: 'suits-thompson',
      about: 'the best fee is the 200 ppm it believes in, some payment every hour, and none large enough to move it',
      channels: 8,
      forwardsPerDay: 2400,
      payment: { medianSats: 500, sigma: 1.6 },
      willingness: willing(200, 0),
    },
  },
  {
    rival: 'clboss',
    setup: 'shipped',
    startPpm: 50,
    days: 30,
    scenario: {
      ...DRAIN,
      name: 'suits-clboss',
      about: 'a newcomer with fees far too low, peers that others price well, slow drift, drains, cheap ways around',
      forwardsPerDay: 300,
      willingness: willing(250, 0.3),
      shifts: { meanDays: 90, optimumSd: 0.3, rateSd: 0 },
      rebalance: { cost: 0.2, success: 0.7 },
    },
  },
  {
    rival: 'lndg',
    setup: 'shipped',
    startPpm: START_PPM,
    days: 30,
    scenario: {
      ...DRAIN,
      name: 'suits-lndg',
      about: 'fees that are right already, channels that drain, and ways around for much less than their fees',
      forwardsPerDay: 300,
      imbalance: 0.8,
      willingness: willing(250, 0.3),
      rebalance: { cost: 0.4, success: 0.4 },
    },
  },
  {
    rival: 'lndmanage',
    setup: 'shipped',
    startPpm: START_PPM,
    days: 120,
    scenario: {
      ...PRICES,
      name: 'suits-lndmanage',
      about:
        'prices differ tenfold, but at the best of them each channel carries its 100,000 sats a week, in small payments',
      channels: 10,
      forwardsPerDay: 127,
      payment: { medianSats: 1000, sigma: 0.5 },
      capacity: { ...CALM.capacity, sigma: 0 },
      willingness: willing(600, 1),
    },
  },
];

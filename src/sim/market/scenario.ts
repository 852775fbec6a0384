// Which market is simulated? Plain data, so that a scenario can be a file.
import type { Family } from './willingness.ts';

export interface Scenario {
  readonly name: string;
  readonly about: string;
  /** With 1 all payments come in from outside the node and only leave by the channel. */
  readonly channels: number;
  /** Settled forwards a day of the whole node if every fee were at its revenue optimum and liquidity never ran out. */
  readonly forwardsPerDay: number;
  /** Lognormal, clamped. */
  readonly capacity: {
    readonly medianSats: number;
    readonly sigma: number;
    readonly minSats: number;
    readonly maxSats: number;
  };
  /** Lognormal. */
  readonly payment: { readonly medianSats: number; readonly sigma: number };
  /** What senders would pay for a channel, in multiples of its scale; the scale is lognormal over the channels. */
  readonly willingness: { readonly family: Family; readonly scaleMedianPpm: number; readonly scaleSigma: number };
  /** Spread (ln) of how much more is sent to a channel than comes from it. */
  readonly imbalance: number;
  /** Swing of the rate within a day, and the rate of Saturday and Sunday over that of the other days. */
  readonly season: { readonly daily: number; readonly weekend: number };
  /** Each channel's demand changes by chance, after so many days in the mean; sd in ln. */
  readonly shifts: { readonly meanDays: number; readonly optimumSd: number; readonly rateSd: number } | null;
  /** The scale of all channels is multiplied on that day; with 'either' a channel goes up or down by chance. */
  readonly jumps: readonly { readonly day: number; readonly factor: number; readonly way: 'up' | 'down' | 'either' }[];
  /** Paying around the network to ourselves: see circular-routes.ts. */
  readonly rebalance: {
    /** Median of what filling a channel costs, in multiples of its scale. */
    readonly cost: number;
    /** Share of attempts at the asked price that arrive. */
    readonly success: number;
  };
  /** `unlimited`: balances never move, so that only the price is to be found. */
  readonly liquidity: 'coupled' | 'unlimited';
}

/** quant 4.6; sizes as of mid-sized nodes' better channels (quant 2), mean payment 44.7 k sats (River 2023). */
export const CALM: Scenario = {
  name: 'S1',
  about: 'calm: mild imbalance, no shifts',
  channels: 20,
  forwardsPerDay: 100,
  capacity: { medianSats: 5_000_000, sigma: 0.8, minSats: 1_000_000, maxSats: 50_000_000 },
  payment: { medianSats: 12_400, sigma: 1.6 },
  willingness: { family: { kind: 'lognormal', sigma: 0.8 }, scaleMedianPpm: 350, scaleSigma: 0.8 },
  imbalance: 0.5,
  season: { daily: 0.5, weekend: 0.8 },
  shifts: null,
  jumps: [],
  rebalance: { cost: 0.7, success: 0.4 },
  liquidity: 'coupled',
};

export const SPARSE: Scenario = {
  ...CALM,
  name: 'S2',
  about: 'sparse: a small node with few forwards and wide tastes',
  channels: 12,
  forwardsPerDay: 8,
  capacity: { medianSats: 2_000_000, sigma: 0.6, minSats: 1_000_000, maxSats: 5_000_000 },
  willingness: { family: { kind: 'lognormal', sigma: 1.2 }, scaleMedianPpm: 350, scaleSigma: 0.8 },
};

export const DRAIN: Scenario = {
  ...CALM,
  name: 'S3',
  about: 'one-way drain: most channels are used in one direction',
  forwardsPerDay: 60,
  imbalance: 1.2,
};

export const SHIFTING: Scenario = {
  ...CALM,
  name: 'S4',
  about: 'regime shifts: a channel takes new customers every 45 days',
  shifts: { meanDays: 45, optimumSd: 0.7, rateSd: 0.3 },
};

/** quant 4.6: whoever rebalances here does well to leave it alone. */
export const DEAD: Scenario = {
  ...CALM,
  name: 'S8',
  about: 'dead rebalance market: dearer than what senders pay, and nine attempts of ten fail',
  rebalance: { cost: 1.5, success: 0.1 },
};

/** The same where most is used in one direction, so that the temptation is greatest. */
const DEAD_DRAIN: Scenario = { ...DRAIN, name: 'S8-drain', about: `${DEAD.about}; one-way`, rebalance: DEAD.rebalance };

const CHEAP: Scenario = {
  ...CALM,
  name: 'S8b',
  about: 'cheap rebalance market: a fifth of what senders pay',
  rebalance: { ...CALM.rebalance, cost: 0.2 },
};

/** One channel that never runs dry: is the best price found, and again after a shift? */
export const single = (forwardsPerDay: number, jumps: Scenario['jumps'] = []): Scenario => ({
  ...CALM,
  name: jumps.length === 0 ? `single-${forwardsPerDay}` : `single-${forwardsPerDay}-jump`,
  about: 'one channel without limits of liquidity',
  channels: 1,
  forwardsPerDay,
  jumps,
  liquidity: 'unlimited',
});

/** The calm market, but not as our controllers believe it to be: their prior lies at 250 ppm, their demand is smooth. */
const MISBELIEVED: readonly Scenario[] = [
  { ...CALM, name: 'S1-cheap', about: 'calm, a third of the price', willingness: scaled(1 / 3) },
  { ...CALM, name: 'S1-dear', about: 'calm, three times the price', willingness: scaled(3) },
  { ...CALM, name: 'S1-busy', about: 'calm, eight channels that are used all day', channels: 8, forwardsPerDay: 400 },
  {
    ...CALM,
    name: 'S1-kink',
    about: 'calm, with a rival whose price most senders compare with (quant 4.6 S7, the rival not reacting)',
    willingness: { ...CALM.willingness, family: { kind: 'kink', mass: 0.6, sigma: 0.12 } },
  },
];

function scaled(by: number): Scenario['willingness'] {
  return { ...CALM.willingness, scaleMedianPpm: CALM.willingness.scaleMedianPpm * by };
}

export const SCENARIOS: readonly Scenario[] = [CALM, SPARSE, DRAIN, SHIFTING, DEAD, DEAD_DRAIN, CHEAP, ...MISBELIEVED];

/** @throws RangeError when there is none of that name */
export function scenarioNamed(name: string): Scenario {
  const found = SCENARIOS.find((scenario) => scenario.name === name);
  if (found) return found;
  throw new RangeError(`scenario: expected one of ${SCENARIOS.map((s) => s.name).join(', ')}, got ${name}`);
}

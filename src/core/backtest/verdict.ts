// What may be said of another configuration after so many draws? Intervals, and whether they allow any claim at all.
import type { Fit } from './fit.ts';
import type { Told } from './identification.ts';
import { daysOf } from './history.ts';
import { interval, type Interval } from './interval.ts';

/** What one run in one drawn market earned and paid, msat by channel. */
export interface Played {
  readonly feesMsat: readonly number[];
  /** What payments to ourselves cost, by the channel that they filled. */
  readonly costMsat: readonly number[];
  /** Of the fees, those at prices that the history never tried in that channel, nor nearly. */
  readonly untriedMsat: number;
}

export interface Draw {
  /** The fees and rebalances that really were, in the drawn market. */
  readonly replay: Played;
  readonly other: Played;
}

/**
 * - `not-reproduced`: what was really done earns something else in the fitted market than it did
 * - `prior-only`: most of what was earned came by channels whose prices tell nothing of their demand
 * - `rebalance-assumed`: it would rebalance, and what that costs was hardly ever seen
 * - `within-chance`: the interval of the difference includes 0
 */
export type Doubt = 'not-reproduced' | 'prior-only' | 'rebalance-assumed' | 'within-chance';
export type Verdict =
  { readonly answer: 'more' | 'less' } | { readonly answer: 'cannot-tell'; readonly doubts: readonly Doubt[] };

/** Msat as plain numbers. */
export interface Money<T> {
  readonly feesMsat: T;
  readonly costMsat: T;
  readonly netMsat: T;
}

export interface ChannelBacktest {
  readonly name: string;
  readonly told: Told;
  readonly elasticitySd: number | null;
  /** Of the net: fees that left by it less what filling it cost. */
  readonly actualMsat: number;
  readonly other: Interval;
  readonly difference: Interval;
}

export interface Backtest {
  readonly from: number;
  readonly until: number;
  readonly days: number;
  readonly forwards: number;
  readonly draws: number;
  readonly actual: Money<number>;
  /** The self-check: what was really done, in the fitted market. */
  readonly replay: Money<Interval>;
  readonly reproduced: boolean;
  /** The other configuration: what was really earned, and what it differs by in the fitted market. */
  readonly other: Money<Interval>;
  readonly difference: Money<Interval>;
  readonly verdict: Verdict;
  /** Of all fees, the share that was earned by channels whose own prices tell their demand. */
  readonly toldShare: number;
  /** Of the other configuration's fees, the share at prices that were never tried. */
  readonly untriedShare: number;
  readonly dispersion: number;
  /** Rebalances that were paid for in the history: where there are none, their price is assumed. */
  readonly circles: number;
  /** Those that earned most first. */
  readonly channels: readonly ChannelBacktest[];
}

/** Below, the price of rebalancing is guessed to within a factor of two and more. */
const LEAST_CIRCLES = 10;
/** Below, the answer rests on what was believed before more than on what was seen. */
const LEAST_TOLD = 0.5;

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
const moneyOf = ({ feesMsat, costMsat }: Pick<Played, 'feesMsat' | 'costMsat'>): Money<number> => {
  const [fees, cost] = [total(feesMsat), total(costMsat)];
  return { feesMsat: fees, costMsat: cost, netMsat: fees - cost };
};

const eachMoney = <T, U>(money: readonly Money<T>[], make: (values: readonly T[]) => U): Money<U> => ({
  feesMsat: make(money.map(({ feesMsat }) => feesMsat)),
  costMsat: make(money.map(({ costMsat }) => costMsat)),
  netMsat: make(money.map(({ netMsat }) => netMsat)),
});
const shifted = ({ mean, low, high }: Interval, by: number): Interval => ({
  mean: mean + by,
  low: low + by,
  high: high + by,
});
/** Neither fees nor costs are. */
const notNegative = ({ mean, low, high }: Interval): Interval => ({
  mean: Math.max(0, mean),
  low: Math.max(0, low),
  high,
});
const contains = ({ low, high }: Interval, value: number): boolean => low <= value && value <= high;

/** What the history says was earned and paid. */
function actualOf({ channels, forwards, circles }: Fit['history']): Omit<Played, 'untriedMsat'> {
  const feesMsat = channels.map(() => 0);
  const costMsat = channels.map(() => 0);
  for (const { to, feeMsat } of forwards) feesMsat[to] = (feesMsat[to] ?? 0) + feeMsat;
  for (const { to, feeMsat } of circles) costMsat[to] = (costMsat[to] ?? 0) + feeMsat;
  return { feesMsat, costMsat };
}

/**
 * A replay pays less than was really paid where the balances of its market do not allow as much. Beside a configuration that
 * never rebalances, what is missing would look like a cost of that one. So it is added, as if it had earned what it cost:
 * that leaves net profit as it is drawn, which errs less than to take the missing cost for saved (by a tenth, in 12 markets
 * whose truth is known, S1, S3 and S4 of seeds 901 to 904; nearer in 8, further in 3).
 */
const completed = ({ netMsat }: Money<number>, costMsat: number): Money<number> => ({
  feesMsat: netMsat + costMsat,
  costMsat,
  netMsat,
});

export function judge(fit: Fit, draws: readonly Draw[]): Backtest {
  const { history, evidence } = fit;
  const past = actualOf(history);
  const actual = moneyOf(past);
  const replays = draws.map(({ replay }) => moneyOf(replay));
  const others = draws.map(({ other }) => moneyOf(other));
  const replay = eachMoney(replays, interval);
  const neverRebalances = others.every(({ costMsat }) => costMsat === 0);
  const bases = neverRebalances ? replays.map((each) => completed(each, actual.costMsat)) : replays;
  const difference = eachMoney(
    others.map((other, n) => {
      const base = bases[n] ?? other;
      return {
        feesMsat: other.feesMsat - base.feesMsat,
        costMsat: other.costMsat - base.costMsat,
        netMsat: other.netMsat - base.netMsat,
      };
    }),
    interval,
  );
  const feesMsat = notNegative(shifted(difference.feesMsat, actual.feesMsat));
  const toldFees = total(past.feesMsat.filter((_, k) => evidence[k]?.told === 'enough'));
  const toldShare = actual.feesMsat > 0 ? toldFees / actual.feesMsat : 0;
  const otherFees = total(others.map(({ feesMsat }) => feesMsat));
  const untried = total(draws.map(({ other }) => other.untriedMsat));
  const reproduced = contains(replay.feesMsat, actual.feesMsat) && contains(replay.netMsat, actual.netMsat);
  const rebalancesAssumed = history.circles.length < LEAST_CIRCLES && !neverRebalances;
  return {
    from: history.from,
    until: history.until,
    days: daysOf(history),
    forwards: history.forwards.length,
    draws: draws.length,
    actual,
    replay,
    reproduced,
    other: {
      feesMsat,
      costMsat: notNegative(shifted(difference.costMsat, actual.costMsat)),
      // Without a cost the net is the fees, also where they are cut off at 0.
      netMsat: neverRebalances ? feesMsat : shifted(difference.netMsat, actual.netMsat),
    },
    difference,
    verdict: verdictOf({ reproduced, toldShare, rebalancesAssumed }, difference.netMsat),
    toldShare,
    untriedShare: otherFees > 0 ? untried / otherFees : 0,
    dispersion: fit.dispersion,
    circles: history.circles.length,
    channels: history.channels
      .map(({ name }, k) => channelOf(name, k, fit, past, draws))
      .sort((a, b) => b.actualMsat - a.actualMsat),
  };
}

interface Grounds {
  readonly reproduced: boolean;
  readonly toldShare: number;
  readonly rebalancesAssumed: boolean;
}

function verdictOf({ reproduced, toldShare, rebalancesAssumed }: Grounds, difference: Interval): Verdict {
  const doubts: Doubt[] = [];
  if (!reproduced) doubts.push('not-reproduced');
  if (toldShare < LEAST_TOLD) doubts.push('prior-only');
  if (rebalancesAssumed) doubts.push('rebalance-assumed');
  if (contains(difference, 0)) doubts.push('within-chance');
  if (doubts.length > 0) return { answer: 'cannot-tell', doubts };
  return { answer: difference.low > 0 ? 'more' : 'less' };
}

function channelOf(
  name: string,
  k: number,
  { evidence }: Fit,
  past: Omit<Played, 'untriedMsat'>,
  draws: readonly Draw[],
): ChannelBacktest {
  const netOf = ({ feesMsat, costMsat }: Omit<Played, 'untriedMsat'>): number =>
    (feesMsat[k] ?? 0) - (costMsat[k] ?? 0);
  const actualMsat = netOf(past);
  const difference = interval(draws.map(({ replay, other }) => netOf(other) - netOf(replay)));
  const { told = 'too-little', elasticitySd = null } = evidence[k] ?? {};
  return { name, told, elasticitySd, actualMsat, other: shifted(difference, actualMsat), difference };
}

// Are the counts of forwards what memory predicts, or has the market changed? (W8)

/** Log odds of 100 to 1, the p < 0.01 of quant 5.4 W8, before chance is no longer believed. */
const SURE = Math.log(100);
/**
 * The changes looked for. Where the price senders would pay trebles, the rate at yesterday's best fee only grows by 1.6
 * to 2.2 (looking for a doubling took twice as long to notice: bench:fees, single-10-shift); where it falls to a third,
 * the rate falls to a fifth. Smaller ones are followed by ordinary steps.
 */
const GROWN = 1.5;
const SHRUNK = 0.5;
/** Demand swings by hour and weekday, so that no prediction is surer than one resting on so many forwards a day of window. */
const MOST_EVIDENCE = 20;
/** Forwards behind a prediction below which there is nothing to contradict. */
export const LEAST_EVIDENCE = 3;

/** Log odds gathered, window by window, for a rate that has grown or shrunk against what was predicted; never below 0 (Page's test). */
export interface Suspicion {
  readonly up: number;
  readonly down: number;
}
export const NO_SUSPICION: Suspicion = { up: 0, down: 0 };

export interface Prediction {
  /** Forwards an hour that memory predicts at this fee. */
  readonly rate: number;
  /** Forwards that the prediction rests on. */
  readonly evidence: number;
}

/** ln of the negative binomial's odds for `factor` times the mean: what a count with a Gamma-uncertain rate follows. */
function logOdds(count: number, mean: number, evidence: number, factor: number): number {
  const other = mean * factor;
  const total = Math.log((mean + evidence) / (other + evidence));
  return count * (Math.log(factor) + total) + evidence * total;
}

export interface Counted {
  readonly forwards: number;
  /** Refused by us for want of liquidity: missing forwards that say nothing against the price. */
  readonly unmet: number;
  readonly hours: number;
}

/** Suspicion after a window; past judgements are kept, so that several weak signs add up. */
export function suspect(before: Suspicion, { forwards, unmet, hours }: Counted, prediction: Prediction): Suspicion {
  const mean = prediction.rate * hours;
  if (prediction.evidence < LEAST_EVIDENCE || !(mean > 0) || mean === Infinity) return before;
  const evidence = Math.min(prediction.evidence, MOST_EVIDENCE * Math.max(1, hours / 24));
  return {
    up: Math.max(0, before.up + logOdds(forwards, mean, evidence, GROWN)),
    down: Math.max(0, before.down + logOdds(forwards + unmet, mean, evidence, SHRUNK)),
  };
}

export const isChangePoint = ({ up, down }: Suspicion): boolean => up > SURE || down > SURE;

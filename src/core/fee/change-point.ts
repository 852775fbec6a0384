// Is a count of forwards what memory predicts, or has the market changed? (W8)

/** Probability of a count as far out as this, on one side, below which chance is no longer believed (quant 5.4 W8). */
const TAIL = 0.005;
/** Demand swings by hour and weekday, so that no prediction is surer than one resting on so many forwards. */
const MOST_EVIDENCE = 20;
/** A day's hours, so that the time of day is not taken for a change. */
const LEAST_HOURS = 24;

export interface Prediction {
  /** Forwards an hour that memory predicts at this fee. */
  readonly rate: number;
  /** Forwards that the prediction rests on. */
  readonly evidence: number;
}

/**
 * P(count or fewer) under the negative binomial that a Poisson count with a Gamma-uncertain rate follows.
 * @param mean expected count, > 0
 * @param evidence shape of the Gamma, > 0
 */
export function predictiveCdf(count: number, mean: number, evidence: number): number {
  const miss = mean / (mean + evidence);
  let term = Math.exp(evidence * Math.log(evidence / (mean + evidence)));
  let sum = 0;
  for (let k = 0; k <= count; k++) {
    sum += term;
    term *= (miss * (k + evidence)) / (k + 1);
  }
  return Math.min(1, sum);
}

/** Whether chance alone would hardly make this count in these hours. */
export function isChangePoint(count: number, hours: number, prediction: Prediction): boolean {
  const mean = prediction.rate * hours;
  // Without evidence there is nothing to contradict.
  if (hours < LEAST_HOURS || prediction.evidence < 3 || !(mean > 0)) return false;
  const evidence = Math.min(prediction.evidence, MOST_EVIDENCE);
  const low = predictiveCdf(count, mean, evidence);
  const high = count === 0 ? 1 : 1 - predictiveCdf(count - 1, mean, evidence);
  return low < TAIL || high < TAIL;
}

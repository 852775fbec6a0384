// Is one backtest right? A past in a market whose truth is known, a question, and what the very same senders would have paid.
import { DEFAULTS } from '../src/core/config/validate.ts';
import type { Config } from '../src/core/config/options.ts';
import type { Backtest } from '../src/core/backtest/verdict.ts';
import { backtest } from '../src/sim/backtest/backtest.ts';
import { createMarket } from '../src/sim/market/market.ts';
import { scenarioNamed } from '../src/sim/market/scenario.ts';
import { byHand, byPlugin, guessedFees, netMsat } from './known-market.ts';

/** Seconds: looks seldom, which takes less time, in past and question alike. */
const BASE: Config = { ...DEFAULTS, feeInterval: 7200, rebalanceInterval: 7200 };

/** What the node did: an operator's hand without rebalancing, or the plugin with all that it does. */
export const PASTS = ['by-hand', 'by-plugin'] as const;
export type Past = (typeof PASTS)[number];

/** What is asked about. */
export const QUESTIONS = {
  bayes: { ...BASE, feeAlgorithm: 'bayes' },
  'no-rebalancing': { ...BASE, dailyBudgetSats: 0 },
  'one-fee-600': { ...BASE, dailyBudgetSats: 0, minFeePpm: 600, maxFeePpm: 600 },
  'at-most-150': { ...BASE, maxFeePpm: 150 },
  'at-least-800': { ...BASE, minFeePpm: 800 },
} as const satisfies Record<string, Config>;
export type Question = keyof typeof QUESTIONS;

/** Small, so that it is quick: eight channels that are used as much as twenty in the scenario's own market. */
const CHANNELS = 8;
const OF_TWENTY = CHANNELS / 20;
/** Every so many days in the mean a fee is changed by hand. */
const HAND_DAYS = 6;
const DRAWS = 12;

export interface BacktestJob {
  readonly scenario: string;
  readonly past: Past;
  readonly seed: number;
  readonly days: number;
}

export interface Judged {
  readonly question: Question;
  readonly truthMsat: number;
  readonly answer: Backtest['verdict']['answer'];
  readonly reproduced: boolean;
  readonly lowMsat: number;
  readonly highMsat: number;
  /** Of what was really earned. */
  readonly actualMsat: number;
}

export async function work({ scenario, past, seed, days }: BacktestJob): Promise<Judged[]> {
  const whole = scenarioNamed(scenario);
  const small = { ...whole, channels: CHANNELS, forwardsPerDay: whole.forwardsPerDay * OF_TWENTY };
  const market = createMarket(small, seed, days);
  const start = guessedFees(market);
  const history = past === 'by-hand' ? byHand(market, start, HAND_DAYS) : await byPlugin(market, start, BASE);
  const judged: Judged[] = [];
  for (const question of Object.keys(QUESTIONS) as Question[]) {
    const config = QUESTIONS[question];
    const truthMsat = netMsat(await byPlugin(market, start, config)) - netMsat(history);
    const result = await backtest(history, { config, draws: DRAWS, seed: 100 * seed, onProgress: () => undefined });
    judged.push({
      question,
      truthMsat,
      answer: result.verdict.answer,
      reproduced: result.reproduced,
      lowMsat: result.difference.netMsat.low,
      highMsat: result.difference.netMsat.high,
      actualMsat: result.actual.netMsat,
    });
  }
  return judged;
}

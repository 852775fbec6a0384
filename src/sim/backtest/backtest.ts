// What would another configuration have earned? So many draws of the fitted market, each played both ways.
import { drawMarket, fitHistory } from '../../core/backtest/fit.ts';
import type { History } from '../../core/backtest/history.ts';
import { judge, type Backtest, type Draw } from '../../core/backtest/verdict.ts';
import type { Config } from '../../core/config/options.ts';
import { stream } from '../market/market.ts';
import { playOther, replay } from './play.ts';

export interface BacktestOptions {
  readonly config: Config;
  /** Draws, at least 2. */
  readonly draws: number;
  /** Of the first draw; each further one is the next. */
  readonly seed: number;
  /** Called again and again: how many draws are done, with the part of the one under way. */
  readonly onProgress: (done: number, of: number) => void;
}

/** @throws HistoryError where there is too little of it */
export async function backtest(history: History, options: BacktestOptions): Promise<Backtest> {
  const { config, draws, seed, onProgress } = options;
  const fit = fitHistory(history);
  const played: Draw[] = [];
  for (let n = 0; n < draws; n++) {
    const random = stream(seed + n, 'parameters');
    const market = drawMarket(fit, () => random.next());
    played.push({
      replay: replay(fit, market, seed + n),
      other: await playOther(fit, market, seed + n, config, (part) => {
        onProgress(n + part, draws);
      }),
    });
    onProgress(n + 1, draws);
  }
  return judge(fit, played);
}

// What did the last backtest say? It takes minutes, so that the page shows the answer to whoever asked in a shell.
import type { Backtester, Clock } from '../ports.ts';
import type { WhatIf } from './api.ts';

export class LastBacktest implements Backtester {
  /** Null where none has ended since the plugin started. */
  answer: WhatIf['backtest'] = null;
  readonly #backtester: Backtester;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(backtester: Backtester, clock: Pick<Clock, 'now'>) {
    this.#backtester = backtester;
    this.#clock = clock;
  }

  async backtest(...asked: Parameters<Backtester['backtest']>): ReturnType<Backtester['backtest']> {
    const report = await this.#backtester.backtest(...asked);
    this.answer = { ran_at: this.#clock.now(), report };
    return report;
  }
}

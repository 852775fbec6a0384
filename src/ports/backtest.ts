// What does revenue-backtest need of the world? Someone who reckons elsewhere, so that the node does not suffer.
import type { BacktestFigures } from '../core/backtest/figures.ts';
import type { Config } from '../core/config/options.ts';
import type { UnixSec } from '../core/units.ts';

export interface BacktestRequest {
  /** The plugin's database. */
  readonly database: string;
  /** Null: as much as there is, up to some months. */
  readonly since: UnixSec | null;
  readonly draws: number;
  readonly config: Config;
}

export interface Backtester {
  /** Progress is in draws, and parts of one. Rejects with BacktestFailure; when the signal aborts too, and nothing of it goes on then. */
  backtest(
    request: BacktestRequest,
    onProgress: (done: number, of: number) => void,
    signal: AbortSignal,
  ): Promise<BacktestFigures>;
}

/** It could not be reckoned; the message is for the operator. */
export class BacktestFailure extends Error {
  override name = 'BacktestFailure';
}

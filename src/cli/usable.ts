// Is what a person has given us of any use? What a history or a graph finds wrong with it is wrong with the input.
import { HistoryError } from '../core/backtest/history.ts';
import { GraphError } from '../sim/graph/channel-record.ts';
import { InputError } from './input-error.ts';

/** @throws InputError */
export async function asInput<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof HistoryError || error instanceof GraphError)
      throw new InputError(error.message, { cause: error });
    throw error;
  }
}

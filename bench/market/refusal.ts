// What is told to whoever asked for what cannot be? Mistakes of his are a sentence; a defect of ours keeps its stack trace.
import { ScenarioError } from '../../src/sim/market/scenario.ts';
import { ArgumentError } from '../arguments.ts';
import { USAGE } from './arguments.ts';

/** Null: the error is no mistake of his. */
export function refusalOf(error: unknown): string | null {
  if (error instanceof ArgumentError) return `bench:market: ${error.message}\n\n${USAGE}`;
  // The command line was right: what it may say would only hide the sentence.
  if (error instanceof ScenarioError) return `bench:market: ${error.message}`;
  return null;
}

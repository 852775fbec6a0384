// What does one seed of one scenario tell of every contestant? All of them on the same payments and prices.
import { MAINNET_MEDIAN_PPM } from '../../src/sim/market/basics.ts';
import { compete, courseOf, type Course, type Outcome } from '../../src/sim/market/contest/compete.ts';
import { entryName, type Entry, type Intervals } from '../../src/sim/market/contest/entrants.ts';
import { createMarket } from '../../src/sim/market/market.ts';
import { surveyed } from '../../src/sim/market/rivals/surroundings.ts';
import type { Scenario } from '../../src/sim/market/scenario.ts';
import { solveByHighs } from './solver.ts';

/** Where nobody knows better. */
export const START_PPM = MAINNET_MEDIAN_PPM;

export interface MarketJob {
  readonly scenario: Scenario;
  readonly startPpm: number;
  readonly seed: number;
  readonly days: number;
  readonly entries: readonly Entry[];
  readonly intervals: Intervals;
  /** Balances and fees of a few channels are kept. */
  readonly tracked: boolean;
  /** The bound is found by the linear program too. */
  readonly checkBound: boolean;
}

export interface Scored extends Outcome {
  readonly entry: Entry;
  readonly cpuSeconds: number;
}

export interface Answer {
  readonly boundMsat: number;
  readonly weeklyBoundMsat: readonly number[];
  /** Null where nobody asked, or there is none. */
  readonly linearBoundMsat: number | null;
  /** In the order of the job's entries. */
  readonly scores: readonly Scored[];
}

export async function work(job: MarketJob): Promise<Answer> {
  const course = courseOf(createMarket(job.scenario, job.seed, job.days), job.startPpm);
  const scores: Scored[] = [];
  for (const entry of job.entries) scores.push(await score(course, entry, job));
  return {
    boundMsat: course.boundMsat,
    weeklyBoundMsat: course.weeklyBoundMsat,
    linearBoundMsat: job.checkBound ? await solveByHighs(course.market) : null,
    scores,
  };
}

async function score(course: Course, entry: Entry, { intervals, tracked, seed }: MarketJob): Promise<Scored> {
  const before = process.cpuUsage();
  try {
    const outcome = await compete(course, entry, { around: surveyed(course.market), intervals }, { tracked });
    const { user, system } = process.cpuUsage(before);
    return { ...outcome, entry, cpuSeconds: (user + system) / 1e6 };
  } catch (error) {
    throw new Error(`${course.market.scenario.name}, seed ${seed}, ${entryName(entry)}: ${String(error)}`, {
      cause: error,
    });
  }
}

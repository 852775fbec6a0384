// Can the benchmark be believed at all? What is checked before anything is measured (quant 4.9).
import type { Entry, Intervals } from '../../src/sim/market/entrants.ts';
import { entryName } from '../../src/sim/market/entrants.ts';
import { CALM } from '../../src/sim/market/scenario.ts';
import { START_PPM, work, type Answer } from './job.ts';

/** Long enough for every tool to have changed fees and moved liquidity. */
const DAYS = 4;
/** Of nobody's tuning and nobody's report. */
const SEED = 4711;

/** What a run says of itself but how long it took. */
const withoutTime = ({ scores, ...rest }: Answer): string =>
  JSON.stringify({ ...rest, scores: scores.map((score) => ({ ...score, cpuSeconds: 0 })) });

/**
 * Same seed, same bytes; and conservation, which each run checks by itself.
 * @throws Error that names the tool
 */
export async function checkDeterminism(entries: readonly Entry[], intervals: Intervals): Promise<void> {
  for (const entry of entries) {
    const job = {
      scenario: CALM,
      startPpm: START_PPM,
      seed: SEED,
      days: DAYS,
      intervals,
      tracked: true,
      checkBound: false,
    };
    const first = withoutTime(await work({ ...job, entries: [entry] }));
    const second = withoutTime(await work({ ...job, entries: [entry] }));
    if (first !== second) throw new Error(`determinism: ${entryName(entry)} did two things on one seed`);
  }
}

// Can the benchmark be believed at all? What is checked before anything is measured (quant 4.9).
import type { Entry, Intervals } from '../../src/sim/market/contest/entrants.ts';
import { entryName } from '../../src/sim/market/contest/entrants.ts';
import { calibrate, gatesOf, isOpen } from '../../src/sim/market/contest/calibration.ts';
import { CALM, scenarioNamed, type Scenario } from '../../src/sim/market/scenario.ts';
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

/** Those that stand for the network (quant 4.9 e). */
const LIKE_THE_NETWORK = ['S1', 'S2', 'S3'].map(scenarioNamed);
/** As in the tests of the gates: 2 s of a processor. */
const CALIBRATED = { seeds: [1, 2, 3, 4, 5, 6], days: 365 } as const;

/**
 * The market looks like the real network.
 * @throws Error that names each figure that does not
 */
export function checkCalibration(scenarios: readonly Scenario[] = LIKE_THE_NETWORK): void {
  const { seeds, days } = CALIBRATED;
  const gates = gatesOf(scenarios.map((scenario) => calibrate(scenario, seeds, days)));
  const shut = gates.filter((gate) => !isOpen(gate));
  if (shut.length === 0) return;
  const told = shut.map(({ name, value, least, most }) => `${name}: expected ${least} to ${most}, got ${value}`);
  throw new Error(`calibration: the market is not like the network\n  ${told.join('\n  ')}`);
}

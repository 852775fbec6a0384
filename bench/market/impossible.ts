// Has anyone earned what nobody can? Then not the tool is good but the market wrong, for that run at least.
import type { ScenarioResult } from './results.ts';
import { netsOf } from './margins.ts';
import { entryName } from '../../src/sim/market/contest/entrants.ts';

/**
 * Beyond the larger of the bound and what the oracle earned on the very same payments. In some 700 markets of a year with
 * 31 tools nobody had more than 1.002 of it; a tool whose year lasted for two had 1.7.
 */
const MOST = 1.05;
/** Within less time luck is larger than that. */
const LEAST_DAYS = 60;

export interface Impossible {
  readonly name: string;
  /** Position of the seed among those of the run. */
  readonly at: number;
  /** Of what is possible there. */
  readonly share: number;
}

/** The worst case; null where there is none, or where it could not be told: too short, or without the oracle. */
export function impossible({ answers, days, rows }: ScenarioResult): Impossible | null {
  const oracle = netsOf(answers, ({ entry }) => entry.tool === 'oracle');
  if (days < LEAST_DAYS || oracle.length !== answers.length) return null;
  const found = rows.flatMap(({ name }) =>
    netsOf(answers, ({ entry }) => entryName(entry) === name).map((net, at) => ({
      ...{ name, at },
      share: net / Math.max(oracle[at] ?? 0, answers[at]?.boundMsat ?? 0),
    })),
  );
  const [worst] = found.filter(({ share }) => share > MOST).sort((a, b) => b.share - a.share);
  return worst ?? null;
}

/** Ends a sentence on the scenario. */
export const impossibleText = ({ name, at, share }: Impossible): string =>
  `${name} earns ${share.toFixed(2)} of what is possible there at all (seed ${at + 1} of those run): the market or its bound is wrong`;

// Who earns more, for certain? Ours against each of the others, and a rival at home against those as shipped.
import { PAIRS } from '../../src/sim/market/rivals/field.ts';
import { entryName } from '../../src/sim/market/contest/entrants.ts';
import type { Answer, Scored } from './job.ts';
import type { Row, ScenarioResult } from './results.ts';
import { netMsat } from './net.ts';
import { average, exact, ratioOfSums, type Estimate } from './statistics.ts';

/** Ours, the better of the two in the mean, less another. */
export interface Margin {
  readonly ours: string;
  readonly other: string;
  /** Of the bound, paired by seed. */
  readonly difference: Estimate;
  /** Net of ours over net of the other; above 1 where we earn more. NaN where either loses: it would say nothing. */
  readonly ratio: Estimate;
}

/** Net of each seed of the one entry that is asked for; empty where there is none. */
export const netsOf = (answers: readonly Answer[], asked: (score: Scored) => boolean): number[] =>
  answers.flatMap(({ scores }) => scores.filter(asked).map(netMsat));

export function marginsOf(answers: readonly Answer[], rows: readonly Row[], bounds: readonly number[]): Margin[] {
  const byNet = (a: Row, b: Row): number => b.figures.net.value - a.figures.net.value;
  const [ours] = rows.filter(({ kind }) => kind === 'ours').sort(byNet);
  if (ours === undefined) return [];
  const nets = (name: string): number[] => netsOf(answers, ({ entry }) => entryName(entry) === name);
  const own = nets(ours.name);
  return rows
    .filter(({ kind }) => kind === 'rival' || kind === 'control')
    .sort(byNet)
    .map(({ name }) => {
      const other = nets(name);
      const differences = own.map((net, i) => net - (other[i] ?? NaN));
      return {
        ours: ours.name,
        other: name,
        difference: ratioOfSums(differences, bounds),
        ratio: average(own) > 0 && average(other) > 0 ? ratioOfSums(own, other) : exact(NaN),
      };
    });
}

/** Whether ours is ahead of it for certain, behind for certain, or neither. */
export type Standing = 'ahead' | 'behind' | 'close';
export const standingOf = ({ difference: { low, high } }: Margin): Standing =>
  low > 0 ? 'ahead' : high < 0 ? 'behind' : 'close';

/** What the issue asks of ours where a rival is at home, and of that rival among those as shipped. */
export interface SuitVerdict {
  readonly rival: string;
  /** Null where it wins its own market. */
  readonly beatenBy: string | null;
}

/**
 * Null where the scenario was built for nobody, or its rival did not run. What is taken off for gossip does not count: how much
 * a rival talks is its own way, and says nothing against its port.
 */
export function suitVerdict({ scenario, rows, answers }: ScenarioResult): SuitVerdict | null {
  const { suit } = scenario;
  if (suit === null) return null;
  const own = rows.find(({ entry }) => entry.tool === suit.rival && entry.setup === suit.setup);
  if (own === undefined) return null;
  const earned = ({ name }: Row): number =>
    average(
      answers.flatMap(({ scores }) =>
        scores.filter(({ entry }) => entryName(entry) === name).map(({ valuedMsat }) => valuedMsat),
      ),
    );
  const better = rows
    .filter(({ kind, entry }) => (kind === 'rival' || kind === 'control') && entry.setup === 'shipped')
    // With a rebalancer that is not its own it says nothing of how well the rival is ported.
    .filter(({ entry }) => !(entry.tool in PAIRS))
    .filter((row) => earned(row) > earned(own))
    .sort((a, b) => earned(b) - earned(a));
  return { rival: own.name, beatenBy: better[0]?.name ?? null };
}

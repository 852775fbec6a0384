// What does a cycle write down before it acts?
import type { FeeOutcome, SetFee } from '../../core/fee/types.ts';
import { isWorthTelling } from '../../core/fee/pacing.ts';
import { ppm, type ChannelId, type NodeId, type Ppm, type UnixSec } from '../../core/units.ts';
import { DRY_RUN_REASON, EXTERNAL_REASON, type FeeIntent, type FeeStore, type KeptDecision } from '../../ports.ts';
import type { Gathered } from './gather-units.ts';
import { OUTCOMES } from './outcomes.ts';

export interface FeePlan {
  /** For the store, in one transaction. */
  readonly record: Parameters<FeeStore['saveCycle']>[0];
  /** To be carried out, in order of peers; none in dry-run. */
  readonly sets: readonly SetFee[];
}

/** @param dryRuns per channel the fee that was last recorded as what would have been set */
export function planOf(
  { decisions, next, prices }: FeeOutcome,
  { beside }: Pick<Gathered, 'beside'>,
  { dryRun, dryRuns, at }: { dryRun: boolean; dryRuns: ReadonlyMap<ChannelId, Ppm>; at: UnixSec },
): FeePlan {
  const sets = decisions.filter((decision) => decision.kind === 'set');
  const wished = sets.flatMap((decision) => intentsOf(decision, at));
  const kept = decisions.map((decision): [NodeId, KeptDecision] => [
    decision.peerId,
    {
      at,
      decision,
      price: prices.get(decision.peerId) ?? null,
      outcome: decision.kind === 'hold' ? OUTCOMES.held : dryRun ? OUTCOMES.dryRun : OUTCOMES.pending,
    },
  ]);
  const foreign = decisions.flatMap(({ peerId, foreign }) =>
    foreign.map(({ channelId, fromPpm, toPpm }): FeeIntent => ({
      channelId,
      peerId,
      oldFeePpm: ppm(fromPpm),
      newFeePpm: ppm(toPpm),
      reason: EXTERNAL_REASON,
      manual: true,
      at,
    })),
  );
  return {
    record: {
      pricing: new Map(
        [...beside].flatMap(([peer, rest]) => {
          const state = next.get(peer);
          return state === undefined ? [] : [[peer, { state, ...rest }]];
        }),
      ),
      decisions: new Map(kept),
      intents: dryRun ? [] : wished,
      changes: [...foreign, ...(dryRun ? wished.filter(isNews(dryRuns)).map(asDryRun) : [])],
    },
    sets: dryRun ? [] : sets,
  };
}

const intentsOf = ({ peerId, ppm: newFeePpm, reason, changes }: SetFee, at: UnixSec): FeeIntent[] =>
  changes.map(({ channelId, fromPpm }) => ({
    channelId,
    peerId,
    oldFeePpm: fromPpm,
    newFeePpm,
    reason,
    manual: false,
    at,
  }));

/** A wish that differs from the last one by less than would be published is the same wish. */
const isNews =
  (dryRuns: ReadonlyMap<ChannelId, Ppm>) =>
  ({ channelId, newFeePpm }: FeeIntent): boolean => {
    const last = dryRuns.get(channelId);
    return last === undefined || isWorthTelling(last, newFeePpm);
  };

const asDryRun = (intent: FeeIntent): FeeIntent => ({ ...intent, reason: `${DRY_RUN_REASON}${intent.reason}` });

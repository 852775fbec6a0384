// What do we remember of each peer's pricing between two cycles? One JSON text per peer, believed only if it is whole.
import type {
  BayesState,
  HillState,
  LearnerMove,
  LearnerState,
  Optimum,
  RivalFees,
  TrialWindow,
  UnitState,
} from '../core/fee/types.ts';
import { nodeId, unixSec, type NodeId } from '../core/units.ts';
import type { KeptPricing } from '../ports.ts';
import type { Connection } from './connection.ts';
import type { Statement } from './engine.ts';
import { either, isNumber, listOf, numberBy, oneOf, orNull, readJson, recordOf, shapeOf, tupleOf } from './guards.ts';
import { numberOf, textOf, textOrNull } from './rows.ts';

const isTime = numberBy(unixSec);
const isCells = listOf(tupleOf(isNumber, isNumber, isNumber));
const isWindow = shapeOf<TrialWindow>({ since: isTime, cells: isCells, unmet: isNumber });
const isOptimum = orNull(shapeOf<Optimum>({ lnPpm: isNumber, sd: isNumber }));

const isHill = shapeOf<HillState>({
  kind: oneOf('hill-climb'),
  lnMarkup: isNumber,
  direction: oneOf(1, -1),
  step: isNumber,
  window: isWindow,
  previousPpm: orNull(isNumber),
  suspicion: shapeOf<HillState['suspicion']>({ up: isNumber, down: isNumber }),
  optimum: isOptimum,
});
const isBayes = shapeOf<BayesState>({
  kind: oneOf('bayes'),
  lnMarkup: isNumber,
  direction: oneOf(1, -1),
  window: isWindow,
  scores: listOf(isNumber),
  memories: listOf(isCells),
  silentHours: isNumber,
  optimum: isOptimum,
});
const isLearner = either<HillState, BayesState>(isHill, isBayes);

const isUnitState = shapeOf<UnitState>({
  version: oneOf(1),
  observedUntil: isTime,
  seen: recordOf(isNumber),
  seenAt: isTime,
  proposal: orNull(
    shapeOf<NonNullable<UnitState['proposal']>>({
      ppm: isNumber,
      move: orNull(shapeOf<LearnerMove>({ learner: isLearner, halfLifeDays: isNumber, keep: isNumber })),
    }),
  ),
  externalUntil: isTime,
  slowPrice: isNumber,
  sources: recordOf(isNumber),
  flow: shapeOf<UnitState['flow']>({ forwards: isNumber, sats: isNumber, days: isNumber }),
  memory: isCells,
  memoryAt: isTime,
  halfLifeDays: isNumber,
  levels: listOf(tupleOf(isNumber, isNumber)),
  learner: isLearner satisfies (value: unknown) => value is LearnerState,
});

const isRivals = shapeOf<NonNullable<KeptPricing['rivals']>>({
  askedAt: isTime,
  fees: orNull(shapeOf<RivalFees>({ p25: isNumber, p50: isNumber, p75: isNumber, channels: isNumber })),
});

export class FeeStates {
  readonly #all: Statement;
  readonly #save: Statement;

  constructor(connection: Connection) {
    this.#all = connection.prepare('SELECT * FROM fee_states');
    this.#save = connection.prepare('INSERT OR REPLACE INTO fee_states VALUES (?, ?, ?, ?)');
  }

  /** A state that another version wrote, or that is damaged, is as if it had never been: the peer is learned anew. */
  all(): Map<NodeId, KeptPricing> {
    const states = new Map<NodeId, KeptPricing>();
    for (const row of this.#all.all()) {
      const state = readJson(textOf(row, 'state'), isUnitState);
      if (state === null) continue;
      const rivals = textOrNull(row, 'rivals');
      states.set(nodeId(textOf(row, 'peer_id')), {
        state,
        liquid: numberOf(row, 'liquid') === 1,
        rivals: rivals === null ? null : readJson(rivals, isRivals),
      });
    }
    return states;
  }

  /** Only within a write. */
  save(peer: NodeId, { state, liquid, rivals }: KeptPricing): void {
    this.#save.run(peer, liquid ? 1 : 0, JSON.stringify(state), rivals === null ? null : JSON.stringify(rivals));
  }
}

// What do we remember of each peer's pricing between two cycles? One JSON text per peer, believed only if it is whole.
import { countsOf, sourcesOf } from '../core/fee/sources.ts';
import type {
  BayesState,
  HillState,
  LearnerMove,
  LearnerState,
  Optimum,
  RivalFees,
  Run,
  TrialWindow,
  UnitState,
} from '../core/fee/types.ts';
import type { RivalWatch, WatchedRival } from '../core/fee/rival-watch.ts';
import type { Rivalry } from '../core/fee/rivalry.ts';
import { nodeId, unixSec, type NodeId } from '../core/units.ts';
import type { KeptPricing, KeptRivals } from '../ports.ts';
import type { Connection } from './connection.ts';
import type { Statement } from './engine.ts';
import {
  either,
  isBoolean,
  isNumber,
  isText,
  listOf,
  numberBy,
  oneOf,
  orNull,
  readJson,
  recordOf,
  shapeOf,
  tupleOf,
} from './guards.ts';
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
  runs: listOf(
    shapeOf<Run>({
      since: isTime,
      cells: isCells,
      before: orNull(
        shapeOf<NonNullable<Run['before']>>({
          lnPpm: isNumber,
          sd: isNumber,
          rate: orNull(
            shapeOf<NonNullable<NonNullable<Run['before']>['rate']>>({ perHour: isNumber, sureness: isNumber }),
          ),
        }),
      ),
      lnWeight: isNumber,
    }),
  ),
  rates: orNull(listOf(isNumber)),
  silentHours: isNumber,
  optimum: isOptimum,
});
const isLearner = either<HillState, BayesState>(isHill, isBayes);

/** Written with an object of sources, by peer. A state from before some of its fields is one all the same. */
type Written = Omit<UnitState, 'sources' | 'lastPpm' | 'ownZero' | 'capacitySats'> & {
  readonly sources: Readonly<Record<string, number>>;
  readonly lastPpm: number | null | undefined;
  readonly ownZero: boolean | undefined;
  readonly capacitySats: number | undefined;
};

const isWritten = shapeOf<Written>({
  version: oneOf(1),
  observedUntil: isTime,
  seen: recordOf(isNumber),
  seenAt: isTime,
  lastPpm: either(isNumber, oneOf(null, undefined)),
  proposal: orNull(
    shapeOf<NonNullable<UnitState['proposal']>>({
      ppm: isNumber,
      move: orNull(shapeOf<LearnerMove>({ learner: isLearner, halfLifeDays: isNumber, keep: isNumber })),
    }),
  ),
  ownZero: either(isBoolean, oneOf(undefined)),
  externalUntil: isTime,
  slowPrice: isNumber,
  sources: recordOf(isNumber),
  flow: shapeOf<UnitState['flow']>({ forwards: isNumber, sats: isNumber, days: isNumber }),
  memory: isCells,
  memoryAt: isTime,
  halfLifeDays: isNumber,
  levels: listOf(tupleOf(isNumber, isNumber)),
  capacitySats: either(isNumber, oneOf(undefined)),
  learner: isLearner satisfies (value: unknown) => value is LearnerState,
});

const isSteps = listOf(tupleOf(isNumber, isNumber));
const isRivalry = shapeOf<Rivalry>({
  watch: shapeOf<RivalWatch>({
    readAt: isTime,
    listed: recordOf(isNumber),
    ours: isSteps,
    watched: listOf(shapeOf<WatchedRival>({ channelId: isText, fees: isSteps })),
  }),
  faced: listOf(tupleOf(isNumber, isNumber, isNumber, isNumber)),
  facedUntil: isTime,
});
const isRivals = shapeOf<KeptRivals>({
  askedAt: isTime,
  fees: orNull(shapeOf<RivalFees>({ p25: isNumber, p50: isNumber, p75: isNumber, channels: isNumber })),
  rivalry: orNull(isRivalry),
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
      const written = readJson(textOf(row, 'state'), isWritten);
      if (written === null) continue;
      const rivals = textOrNull(row, 'rivals');
      states.set(nodeId(textOf(row, 'peer_id')), {
        state: {
          ...written,
          lastPpm: written.lastPpm ?? null,
          ownZero: written.ownZero ?? false,
          capacitySats: written.capacitySats ?? 0,
          sources: sourcesOf(written.sources),
        },
        liquid: numberOf(row, 'liquid') === 1,
        rivals: rivals === null ? null : readJson(rivals, isRivals),
      });
    }
    return states;
  }

  /** Only within a write. */
  save(peer: NodeId, { state, liquid, rivals }: KeptPricing): void {
    const written: Written = { ...state, sources: countsOf(state.sources) };
    this.#save.run(peer, liquid ? 1 : 0, JSON.stringify(written), rivals === null ? null : JSON.stringify(rivals));
  }
}

// How did we last decide on a peer, and what became of it? One row per peer, overwritten by the next decision.
import type { BidPrice, ForeignChange, HoldFee, SetFee, TrailStep } from '../core/fee/types.ts';
import { FEE_REASONS, FEE_STEPS } from '../core/reasons.ts';
import { channelId, nodeId, ppm, unixSec, type NodeId } from '../core/units.ts';
import type { KeptDecision } from '../ports.ts';
import type { Connection } from './connection.ts';
import type { SqlValue, Statement } from './engine.ts';
import {
  either,
  isBoolean,
  isNumber,
  isText,
  keyOf,
  listOf,
  numberBy,
  oneOf,
  orNull,
  readJson,
  recordOf,
  shapeOf,
  textBy,
} from './guards.ts';
import { numberOf, textOf, textOrNull } from './rows.ts';

const isPpm = numberBy(ppm);
const ofEveryKind = {
  peerId: textBy(nodeId),
  reason: keyOf(FEE_REASONS),
  foreign: listOf(shapeOf<ForeignChange>({ channelId: textBy(channelId), fromPpm: isNumber, toPpm: isNumber })),
  trail: listOf(
    shapeOf<TrailStep>({
      step: keyOf(FEE_STEPS),
      values: recordOf(orNull(either(isNumber, either(isText, isBoolean)))),
    }),
  ),
};
const isSet = shapeOf<SetFee>({
  ...ofEveryKind,
  kind: oneOf('set'),
  ppm: isPpm,
  changes: listOf(shapeOf<SetFee['changes'][number]>({ channelId: textBy(channelId), fromPpm: isPpm })),
});
const isHold = shapeOf<HoldFee>({ ...ofEveryKind, kind: oneOf('hold'), wantedPpm: orNull(isPpm) });
const isDecision = either<SetFee, HoldFee>(isSet, isHold);
const isPrice = shapeOf<BidPrice>({ price: isNumber, scale: isNumber, slow: isNumber, level: isNumber });

export class FeeDecisions {
  readonly #load: Statement;
  readonly #save: Statement;
  readonly #saveOutcome: Statement;

  constructor(connection: Connection) {
    this.#load = connection.prepare('SELECT * FROM fee_decisions WHERE peer_id = ?');
    this.#save = connection.prepare('INSERT OR REPLACE INTO fee_decisions VALUES (?, ?, ?, ?, ?)');
    this.#saveOutcome = connection.prepare('UPDATE fee_decisions SET outcome = ?2 WHERE peer_id = ?1');
  }

  /** Null where there is none, or one that only another version can read. */
  load(peer: NodeId): KeptDecision | null {
    const row = this.#load.get(peer);
    if (row === undefined) return null;
    const decision = readJson(textOf(row, 'decision'), isDecision);
    if (decision === null) return null;
    const price = textOrNull(row, 'price');
    return {
      at: unixSec(numberOf(row, 'timestamp')),
      decision,
      price: price === null ? null : readJson(price, isPrice),
      outcome: textOf(row, 'outcome'),
    };
  }

  /** Only within a write. */
  save(peer: NodeId, { at, decision, price, outcome }: KeptDecision): void {
    const priced: SqlValue = price === null ? null : JSON.stringify(price);
    this.#save.run(peer, at, JSON.stringify(decision), priced, outcome);
  }

  /** Only within a write. Of a peer never decided on there is nothing to say. */
  saveOutcome(peer: NodeId, outcome: string): void {
    this.#saveOutcome.run(peer, outcome);
  }
}

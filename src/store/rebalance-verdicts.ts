// What became of each channel in the last search for rebalances? Two rows per channel, replaced by the next search.
import type {
  ChannelVerdict,
  Evaluation,
  PairVerdict,
  RebalanceTrailStep,
  Shortfall,
} from '../core/rebalance/plan-types.ts';
import { REBALANCE_REASONS, REBALANCE_STEPS } from '../core/rebalance/reasons.ts';
import { channelId, msat, unixSec, type ChannelId, type Msat, type UnixSec } from '../core/units.ts';
import type { KeptVerdict, VerdictReason } from '../ports.ts';
import type { Connection } from './connection.ts';
import type { Statement } from './engine.ts';
import {
  either,
  isBoolean,
  isNumber,
  isText,
  keyOf,
  listOf,
  oneOf,
  orNull,
  readJson,
  recordOf,
  shapeOf,
  textBy,
  type Guard,
} from './guards.ts';
import { numberOf, textOf, textOrNull } from './rows.ts';

/** JSON has no integers of that size. */
type KeptEvaluation = { readonly [K in keyof Evaluation]: Evaluation[K] extends Msat ? string : Evaluation[K] };
type KeptPair = Omit<PairVerdict, 'evaluation'> & { readonly evaluation: KeptEvaluation | null };
type KeptChannel = Omit<ChannelVerdict, 'pairs'> & { readonly pairs: readonly KeptPair[] };

const isMsat = textBy((text) => {
  if (!/^-?\d+$/.test(text)) throw new RangeError(`msat: expected an integer, got ${text}`);
  return text;
});
const isReason = keyOf(REBALANCE_REASONS);
const isChannel = textBy(channelId);
const ofEveryKind = {
  reason: isReason,
  shortfall: orNull(
    shapeOf<Shortfall>({ unit: oneOf('ppm', 'msat', 'seconds', 'share'), needed: isNumber, available: isNumber }),
  ),
  trail: listOf(
    shapeOf<RebalanceTrailStep>({
      step: keyOf(REBALANCE_STEPS),
      values: recordOf(orNull(either(isNumber, either(isText, isBoolean)))),
    }),
  ),
};
const isEvaluation = shapeOf<KeptEvaluation>({
  amountMsat: isMsat,
  valuePpm: isNumber,
  opportunityPpm: isNumber,
  inboundPpm: isNumber,
  spreadPpm: isNumber,
  plainSpreadPpm: isNumber,
  expectedFeeMsat: isMsat,
  expectedProfitMsat: isMsat,
  breakEvenMsat: isMsat,
});
const isRefused: Guard<ChannelVerdict['refused']> = (value): value is ChannelVerdict['refused'] =>
  recordOf(isNumber)(value) && Object.keys(value).every(isReason);
const isVerdict = shapeOf<KeptChannel>({
  ...ofEveryKind,
  channelId: isChannel,
  role: oneOf('destination', 'source'),
  pairs: listOf(
    shapeOf<KeptPair>({ ...ofEveryKind, from: isChannel, to: isChannel, evaluation: orNull(isEvaluation) }),
  ),
  refused: isRefused,
});

export class RebalanceVerdicts {
  readonly #load: Statement;
  readonly #reasons: Statement;
  readonly #add: Statement;
  readonly #clear: Statement;

  constructor(connection: Connection) {
    this.#load = connection.prepare('SELECT * FROM rebalance_verdicts WHERE channel_id = ? AND role = ?');
    this.#reasons = connection.prepare(`
      SELECT channel_id, role, CASE WHEN json_valid(verdict) THEN json_extract(verdict, '$.reason') END AS reason
      FROM rebalance_verdicts ORDER BY channel_id, role`);
    this.#add = connection.prepare('INSERT INTO rebalance_verdicts VALUES (?, ?, ?, ?)');
    this.#clear = connection.prepare('DELETE FROM rebalance_verdicts');
  }

  /** Null where there is none, or one that only another version can read. */
  load(channel: ChannelId, role: ChannelVerdict['role']): KeptVerdict | null {
    const row = this.#load.get(channel, role);
    if (row === undefined) return null;
    const kept = readJson(textOf(row, 'verdict'), isVerdict);
    return kept === null ? null : { at: unixSec(numberOf(row, 'timestamp')), verdict: toVerdict(kept) };
  }

  /** Without all that is behind them; those of another version's reasons are left out. */
  reasons(): VerdictReason[] {
    return this.#reasons.all().map(reasonOf).filter(isVerdictReason);
  }

  /** Replaces all. Only within a write. */
  save(verdicts: readonly ChannelVerdict[], at: UnixSec): void {
    this.#clear.run();
    for (const verdict of verdicts) this.#add.run(verdict.channelId, verdict.role, at, toJson(verdict));
  }
}

const isVerdictReason = shapeOf<VerdictReason>({
  channelId: isChannel,
  role: oneOf('destination', 'source'),
  reason: isReason,
});
const reasonOf = (row: unknown): unknown => ({
  channelId: textOf(row, 'channel_id'),
  role: textOf(row, 'role'),
  reason: textOrNull(row, 'reason'),
});

const toJson = (verdict: ChannelVerdict): string =>
  JSON.stringify(verdict, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));

const toVerdict = (kept: KeptChannel): ChannelVerdict => ({
  ...kept,
  pairs: kept.pairs.map((pair) => ({ ...pair, evaluation: pair.evaluation && toEvaluation(pair.evaluation) })),
});

const toEvaluation = (kept: KeptEvaluation): Evaluation => ({
  ...kept,
  amountMsat: msat(BigInt(kept.amountMsat)),
  expectedFeeMsat: msat(BigInt(kept.expectedFeeMsat)),
  expectedProfitMsat: msat(BigInt(kept.expectedProfitMsat)),
  breakEvenMsat: msat(BigInt(kept.breakEvenMsat)),
});

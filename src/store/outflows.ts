// What left by each channel between two cycles? Single forwards, because prices change within the hours of the rollups.
import type { Counting } from '../core/fee/counting.ts';
import { TEMPORARY_CHANNEL_FAILURE } from '../core/forward.ts';
import { addMsat, channelId, unixSec, ZERO_MSAT, type ChannelId, type Msat, type UnixSec } from '../core/units.ts';
import type { Outflow } from '../ports.ts';
import type { Connection } from './connection.ts';
import type { Statement } from './engine.ts';
import { STATUS_CODE, toNs } from './forward-rows.ts';
import type { IntakeState } from './intake-state.ts';
import { bigintOf, numberOf, numberOrNull, textOf, textOrNull } from './rows.ts';

const SETTLED = `status = ${STATUS_CODE.settled}`;
/** As the rollups have it (core/flow/rollup.ts), and so has the amount: where none was sent on, what came in. */
const UNMET = `status = ${STATUS_CODE.local_failed} AND failcode = ${TEMPORARY_CHANNEL_FAILURE}`;
const AMOUNT = 'coalesce(out_msat, in_msat)';

/**
 * By both channels, so that all names of one are together. CROSS JOIN keeps the order: the time's index first, else
 * SQLite, which has no statistics of the tables, may go through every name instead.
 */
export const OUTFLOWS = `
  SELECT o.channel_id AS out_channel, i.channel_id AS in_channel,
    coalesce(sum(min(${AMOUNT}, ?3)) FILTER (WHERE ${SETTLED}), 0) AS counted_msat,
    coalesce(sum(min(${AMOUNT}, ?4)) FILTER (WHERE ${SETTLED}), 0) AS sourced_msat,
    coalesce(sum(${AMOUNT}) FILTER (WHERE ${SETTLED}), 0) AS amount_msat,
    coalesce(sum(fee_msat) FILTER (WHERE ${SETTLED}), 0) AS fee_msat,
    count(*) FILTER (WHERE ${UNMET}) AS unmet
  FROM forwards CROSS JOIN channel_names o ON o.id = out_name CROSS JOIN channel_names i ON i.id = in_name
  WHERE status <> ${STATUS_CODE.offered}
    AND coalesce(resolved_ns, received_ns) >= ?1 AND coalesce(resolved_ns, received_ns) < ?2
    AND (${SETTLED} OR ${UNMET}) AND o.channel_id IS NOT NULL
  GROUP BY o.channel_id, i.channel_id`;

interface Sums extends Outflow {
  readonly sources: { readonly channelId: ChannelId; readonly forwards: number }[];
}

const NOTHING: Omit<Outflow, 'sources'> = { forwards: 0, amountMsat: ZERO_MSAT, feeMsat: ZERO_MSAT, unmet: 0 };

export class Outflows {
  readonly #read: Statement;
  readonly #filled: Statement;

  constructor(connection: Connection) {
    this.#read = connection.prepare(OUTFLOWS);
    this.#filled = connection.prepare('SELECT max(until_time) AS until FROM backfills');
  }

  /** Of what ended in [from, until); forwards that left by a name nobody is known to have are left out. */
  within(from: UnixSec, until: UnixSec, { wholeMsat, sourcedMsat }: Counting): Map<ChannelId, Outflow> {
    const outflows = new Map<ChannelId, Sums>();
    for (const row of this.#read.all(toNs(from), toNs(until), wholeMsat, sourcedMsat)) {
      const channel = channelId(textOf(row, 'out_channel'));
      const before = outflows.get(channel) ?? { ...NOTHING, sources: [] };
      const source = textOrNull(row, 'in_channel');
      const counted = numberOf(row, 'counted_msat') / Number(wholeMsat);
      const sourced = numberOf(row, 'sourced_msat') / Number(wholeMsat);
      if (source !== null && sourced > 0) before.sources.push({ channelId: channelId(source), forwards: sourced });
      outflows.set(channel, {
        forwards: before.forwards + counted,
        amountMsat: addMsat(before.amountMsat, bigintOf(row, 'amount_msat') as Msat),
        feeMsat: addMsat(before.feeMsat, bigintOf(row, 'fee_msat') as Msat),
        sources: before.sources,
        unmet: before.unmet + numberOf(row, 'unmet'),
      });
    }
    return outflows;
  }

  /** Since when no row is missing: neither pruned, nor deleted by the node before we came and known by its accounts only. */
  since({ horizon, gap }: IntakeState): UnixSec {
    const filled = numberOrNull(this.#filled.get(), 'until') ?? 0;
    const open = gap.rowsMissing ? (gap.until ?? gap.from) : 0;
    return unixSec(Math.max(horizon, filled, open));
  }
}

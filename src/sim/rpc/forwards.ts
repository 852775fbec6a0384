// listforwards and delforward: the table of forwards, whole, by channel, or in pages by index.
import type { ForwardStatus } from '../../core/forward.ts';
import { BadToken, INVALID_PARAMS, SimError, onlyIf, optional, required, withDefault } from '../method.ts';
import type { SimMethod } from '../method.ts';
import { allForwards, deleteForward, forwardFields, forwardsFrom, indexedForward } from '../world/forward-log.ts';
import type { Sim } from '../world/sim.ts';
import type { ForwardRow } from '../world/records.ts';
import { SINCE, versionNumber } from '../world/versions.ts';
import { define } from './define.ts';
import { checkPaging, indexName, oneOf, scidParam, take, u32, u64 } from './params.ts';

/** lightningd's DELFORWARD_NOT_FOUND. */
const NOT_FOUND = 1401;
const status = oneOf<ForwardStatus>(['offered', 'settled', 'failed', 'local_failed'], 'Unrecognized status');

export const forwardMethods = (sim: Sim): SimMethod[] => [listForwards(sim), delForward(sim)];

/** Before v23.11 there were no indexes in the reply and no paging. */
function listForwards(sim: Sim): SimMethod {
  const indexed = versionNumber(sim.state.config.version) >= SINCE.forwardIndexes;
  return define({
    name: 'listforwards',
    params: {
      status: optional(status),
      in_channel: optional(scidParam),
      out_channel: optional(scidParam),
      index: onlyIf(indexed, optional(indexName)),
      start: onlyIf(indexed, withDefault(u64, 0)),
      limit: onlyIf(indexed, optional(u32)),
    },
    crossCheck: (p) => {
      checkPaging(p);
      if ((p.in_channel ?? p.out_channel) && p.start !== 0)
        throw new SimError(INVALID_PARAMS, 'Cannot use start with in_channel or out_channel');
    },
    run: (p) => {
      const byChannel = p.in_channel !== undefined || p.out_channel !== undefined;
      const by = p.index === 'updated' ? 'updated' : 'created';
      const rows = byChannel ? allForwards(sim) : forwardsFrom(sim, by, p.start);
      const page = take(matching(rows, p), byChannel ? undefined : p.limit);
      return { forwards: Array.from(page, indexed ? indexedForward : unindexedForward) };
    },
  });
}

interface Wanted {
  readonly status: ForwardStatus | undefined;
  readonly in_channel: string | undefined;
  readonly out_channel: string | undefined;
}

function* matching(rows: Iterable<ForwardRow>, wanted: Wanted): Iterable<ForwardRow> {
  for (const row of rows)
    if (
      (wanted.status === undefined || row.status === wanted.status) &&
      (wanted.in_channel === undefined || row.inChannel === wanted.in_channel) &&
      (wanted.out_channel === undefined || row.outChannel === wanted.out_channel)
    )
      yield row;
}

const unindexedForward = (row: ForwardRow): object => forwardFields(row, {}, true);

const delForward = (sim: Sim): SimMethod =>
  define({
    name: 'delforward',
    params: {
      in_channel: required(scidParam),
      in_htlc_id: required(u64),
      status: required((token): ForwardStatus => {
        const parsed = status(token);
        if (parsed === 'offered') throw new BadToken('delforward status cannot be offered');
        return parsed;
      }),
    },
    run: (p) => {
      for (const row of matching(allForwards(sim), {
        status: p.status,
        in_channel: p.in_channel,
        out_channel: undefined,
      }))
        if (row.inHtlcId === p.in_htlc_id) {
          deleteForward(sim, row);
          return {};
        }
      throw new SimError(NOT_FOUND, 'Could not find that forward');
    },
  });

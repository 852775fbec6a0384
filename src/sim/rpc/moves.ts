// listchannelmoves, listchainmoves, listhtlcs, listsendpays: the node's own ledgers, in pages by index.
import { BadToken, INVALID_PARAMS, SimError, onlyIf, optional, withDefault } from '../method.ts';
import type { SimMethod } from '../method.ts';
import { chainMoveFields, channelMoveFields } from '../world/books.ts';
import { circleFields } from '../world/circles.ts';
import { allForwards } from '../world/forward-log.ts';
import { findByScid, findChannel, nameOf } from '../world/forwarding.ts';
import { paymentHashOf } from '../world/identity.ts';
import { sendpayFields } from '../world/payments.ts';
import type { Sim } from '../world/sim.ts';
import { wire } from '../world/sim.ts';
import type { ForwardRow, Payment } from '../world/records.ts';
import { SINCE, versionNumber } from '../world/versions.ts';
import { define } from './define.ts';
import { checkPaging, hash, indexName, oneOf, scidParam, take, text, u32, u64 } from './params.ts';

const paging = { index: optional(indexName), start: withDefault(u64, 0), limit: optional(u32) };

export function moveMethods(sim: Sim): SimMethod[] {
  const version = versionNumber(sim.state.config.version);
  const moves = version >= SINCE.moves ? [listChannelMoves(sim), listChainMoves(sim)] : [];
  return [...moves, listHtlcs(sim, version >= SINCE.htlcIndexes), listSendpays(sim)];
}

/** Moves have a created index only, without gaps: their place in the ledger. */
const page = <T>(moves: readonly T[], start: number, limit: number | undefined): readonly T[] => {
  const first = Math.max(0, start - 1);
  return moves.slice(first, limit === undefined ? undefined : first + limit);
};

const listChannelMoves = (sim: Sim): SimMethod =>
  define({
    name: 'listchannelmoves',
    params: paging,
    crossCheck: checkPaging,
    run: ({ start, limit }) => {
      const moves = page(sim.state.channelMoves, start, limit);
      return { channelmoves: moves.map((move) => channelMoveFields(sim.seed, move)) };
    },
  });

const listChainMoves = (sim: Sim): SimMethod =>
  define({
    name: 'listchainmoves',
    params: paging,
    crossCheck: checkPaging,
    run: ({ start, limit }) => {
      return { chainmoves: page(sim.state.chainMoves, start, limit).map(chainMoveFields) };
    },
  });

interface HtlcLine {
  readonly created_index: number;
  readonly updated_index?: number;
  readonly short_channel_id: string;
}

const listHtlcs = (sim: Sim, indexed: boolean): SimMethod =>
  define({
    name: 'listhtlcs',
    params: {
      id: optional((token) => channelOf(sim, token)),
      index: onlyIf(indexed, paging.index),
      start: onlyIf(indexed, paging.start),
      limit: onlyIf(indexed, paging.limit),
    },
    crossCheck: checkPaging,
    run: (p) => {
      const lines = htlcLines(sim).filter((line) => p.id === undefined || line.short_channel_id === nameOf(p.id));
      const key = (line: HtlcLine): number => (p.index === 'updated' ? (line.updated_index ?? 0) : line.created_index);
      const sorted = lines.filter((line) => key(line) >= p.start).sort((a, b) => key(a) - key(b));
      return {
        htlcs: Array.from(take(sorted, p.limit), ({ created_index, updated_index, ...line }) => ({
          ...(indexed ? { created_index, ...(updated_index === undefined ? {} : { updated_index }) } : {}),
          ...line,
        })),
      };
    },
  });

function channelOf(sim: Sim, token: unknown) {
  const byId = [...sim.state.channels.values()].find((channel) => channel.id === token);
  const channel = byId ?? findByScid(sim, scidParam(token));
  if (!channel) throw new BadToken('Short channel id not found');
  return channel;
}

/** HTLCs of channels that are not forgotten; those of the others went with them. */
function htlcLines(sim: Sim): HtlcLine[] {
  const lines: HtlcLine[] = [];
  for (const row of allForwards(sim)) lines.push(...forwardHtlcs(sim, row));
  for (const row of sim.state.payments) lines.push(...paymentHtlcs(sim, row));
  return lines;
}

const IN_FLIGHT = { in: 'RCVD_ADD_ACK_REVOCATION', out: 'SENT_ADD_ACK_REVOCATION' } as const;
const ENDED = { in: 'SENT_REMOVE_ACK_REVOCATION', out: 'RCVD_REMOVE_ACK_REVOCATION' } as const;

function forwardHtlcs(sim: Sim, row: ForwardRow): HtlcLine[] {
  const state = row.status === 'offered' ? IN_FLIGHT : ENDED;
  const updated = (before: number) => (row.htlcUpdated === null ? {} : { updated_index: row.htlcUpdated - before });
  const payment_hash = paymentHashOf(sim.seed, row.payment);
  const lines: HtlcLine[] = [];
  const line = (direction: 'in' | 'out', index: number, rest: object) =>
    lines.push({
      created_index: index,
      ...updated(direction === 'out' ? 1 : 0),
      ...(rest as Omit<HtlcLine, 'created_index'>),
    });
  const incoming = findChannel(sim, row.inChannelId);
  if (incoming)
    line('in', row.htlcIndex, {
      short_channel_id: nameOf(incoming),
      id: row.inHtlcId,
      expiry: row.expiry,
      direction: 'in',
      amount_msat: wire(row.inMsat),
      payment_hash,
      state: state.in,
    });
  const outgoing = row.outHtlcId === null || row.outChannelId === null ? null : findChannel(sim, row.outChannelId);
  if (outgoing && row.outMsat !== null)
    line('out', row.htlcIndex + 1, {
      short_channel_id: nameOf(outgoing),
      id: row.outHtlcId,
      expiry: row.expiry - outgoing.policy.cltvDelta,
      direction: 'out',
      amount_msat: wire(row.outMsat),
      payment_hash,
      state: state.out,
    });
  return lines;
}

function paymentHtlcs(sim: Sim, row: Payment): HtlcLine[] {
  const payment_hash = paymentHashOf(sim.seed, row.payment);
  const side = (direction: 'in' | 'out') => {
    const id = direction === 'out' ? row.outHtlcId : row.inHtlcId;
    const channelId = direction === 'out' ? row.outChannelId : row.inChannelId;
    const channel = channelId === null ? null : findChannel(sim, channelId);
    if (!channel) return [];
    return [
      {
        created_index: direction === 'out' ? row.htlcIndex : row.htlcIndex + 1,
        updated_index: row.htlcIndex,
        short_channel_id: nameOf(channel),
        id,
        expiry: row.expiry,
        direction,
        amount_msat: wire(direction === 'out' ? row.sent : row.amount),
        payment_hash,
        state: ENDED[direction],
      },
    ];
  };
  return [...side('out'), ...side('in')];
}

type SendpayLine = ReturnType<typeof sendpayFields> | ReturnType<typeof circleFields>;
const payStatus = oneOf(['pending', 'complete', 'failed'], 'should be an invoice status');

const listSendpays = (sim: Sim): SimMethod => {
  const indexed = versionNumber(sim.state.config.version) >= SINCE.waitSendpays;
  return define({
    name: 'listsendpays',
    params: {
      bolt11: optional(text),
      payment_hash: optional(hash),
      status: optional(payStatus),
      index: onlyIf(indexed, paging.index),
      start: onlyIf(indexed, paging.start),
      limit: onlyIf(indexed, paging.limit),
    },
    crossCheck: (p) => {
      checkPaging(p);
      if (p.payment_hash !== undefined && p.start !== 0)
        throw new SimError(INVALID_PARAMS, 'Cannot use start with bolt11 or payment_hash');
    },
    run: (p) => {
      const circles = new Set(sim.state.circles.map(({ createdIndex }) => createdIndex));
      const payments = sim.state.payments.filter(({ createdIndex }) => !circles.has(createdIndex));
      const lines = [
        ...payments.map((row) => sendpayFields(sim, row)),
        ...sim.state.circles.map((circle) => circleFields(sim, circle)),
      ];
      const key = (line: SendpayLine): number =>
        p.index === 'updated' ? (line.updated_index ?? 0) : line.created_index;
      const rows = lines
        .filter(
          (line) =>
            key(line) >= p.start &&
            (p.status === undefined || p.status === line.status) &&
            (p.payment_hash === undefined || p.payment_hash === line.payment_hash),
        )
        .sort((left, right) => key(left) - key(right));
      return { payments: Array.from(take(rows, p.limit)) };
    },
  });
};

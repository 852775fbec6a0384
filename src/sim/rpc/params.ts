// Which kinds of parameter are there, and in what words does lightningd refuse a wrong one?
import { ZERO_MSAT, msat } from '../../core/units.ts';
import type { Msat, NodeId, Scid } from '../../core/units.ts';
import { nodeId, tryScid } from '../../core/units.ts';
import { BadToken, INVALID_PARAMS, SimError } from '../method.ts';
import type { Param } from '../method.ts';

const U32_MAX = 0xffffffff;
const U64_MAX = 2n ** 64n - 1n;

/** lightningd reads the token's text: 300 and "300" are the same. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export const text: Param<string> = (value) => textOf(value);

function unsigned(value: unknown, max: bigint, problem: string): bigint {
  const digits = textOf(value);
  if (!/^\d+$/.test(digits) || BigInt(digits) > max) throw new BadToken(problem);
  return BigInt(digits);
}

/** param_number: 32 bits. */
export const integer: Param<number> = (value) => Number(unsigned(value, BigInt(U32_MAX), 'should be an integer'));
export const u32: Param<number> = (value) =>
  Number(unsigned(value, BigInt(U32_MAX), 'should be an unsigned 32 bit integer'));
/** 64 bits; beyond 2^53 the number is rounded, which no index or time ever reaches. */
export const u64: Param<number> = (value) => Number(unsigned(value, U64_MAX, 'should be an unsigned 64 bit integer'));

export const bool: Param<boolean> = (value) => {
  const word = textOf(value);
  if (word !== 'true' && word !== 'false') throw new BadToken("should be 'true' or 'false'");
  return word === 'true';
};

/** 1000, "1000msat", "1sat", "0.00000001btc". */
export const amount: Param<Msat> = (value) => {
  const parsed = parseAmount(textOf(value));
  if (parsed === null || parsed > U64_MAX) throw new BadToken('should be a millisatoshi amount');
  return msat(parsed);
};

function parseAmount(word: string): bigint | null {
  const whole = /^(\d+)(msat|sat|btc)?$/.exec(word);
  if (whole) {
    const factor = { msat: 1n, sat: 1000n, btc: 100_000_000_000n }[whole[2] ?? 'msat'];
    return factor === undefined ? null : BigInt(whole[1] ?? '') * factor;
  }
  const parts = /^(\d+)\.(\d{1,11})btc$/.exec(word);
  return parts ? BigInt((parts[1] ?? '') + (parts[2] ?? '').padEnd(11, '0')) : null;
}

/** feebase: an amount that must fit 32 bits. */
export const amountU32: Param<Msat> = (value) => {
  const parsed = amount(value);
  if (parsed > BigInt(U32_MAX)) throw new BadToken('exceeds u32 max');
  return parsed;
};

/** null for "any". */
export const amountOrAny: Param<Msat | null> = (value) => {
  if (value === 'any') return null;
  const problem = "should be positive msat or 'any'";
  const parsed = parseAmount(textOf(value));
  if (parsed === null || parsed <= ZERO_MSAT) throw new BadToken(problem);
  return msat(parsed);
};

export const peerId: Param<NodeId> = (value) => {
  const word = textOf(value).toLowerCase();
  if (!/^0[23][0-9a-f]{64}$/.test(word)) throw new BadToken('should be a node id');
  return nodeId(word);
};

export const channelIdText: Param<string> = (value) => hex32(value, 'should be a channel id');
export const hash: Param<string> = (value) => hex32(value, 'should be a 32 byte hex value');

function hex32(value: unknown, problem: string): string {
  const word = textOf(value).toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(word)) throw new BadToken(problem);
  return word;
}

export const scidParam: Param<Scid> = (value) => {
  const parsed = tryScid(textOf(value));
  if (parsed === null) throw new BadToken('should be a short_channel_id of form NxNxN');
  return parsed;
};

/** One of some words, else the problem as lightningd puts it. */
export const oneOf =
  <const W extends string>(words: readonly W[], problem: string): Param<W> =>
  (value) => {
    const found = words.find((word) => word === value);
    if (found === undefined) throw new BadToken(problem);
    return found;
  };

export const indexName = oneOf(['created', 'updated', 'deleted'], 'unknown index');

/** start and limit mean nothing without an index. @throws SimError */
export function checkPaging(page: { index: string | undefined; start: number; limit: number | undefined }): void {
  if (page.start !== 0 && page.index === undefined)
    throw new SimError(INVALID_PARAMS, 'Can only specify {start} with {index}');
  if (page.limit !== undefined && page.index === undefined)
    throw new SimError(INVALID_PARAMS, 'Can only specify {limit} with {index}');
}

/** At most `limit` items. */
export function* take<T>(items: Iterable<T>, limit: number | undefined): Iterable<T> {
  let left = limit ?? Infinity;
  if (left <= 0) return;
  for (const item of items) {
    yield item;
    if (--left <= 0) return;
  }
}

// What kinds of number and identifier does the program speak? Each has one brand and one parser; no other file casts.

declare const brand: unique symbol;
/** A primitive that only its own parser or arithmetic can make. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** Integer millisatoshi, signed. All money is Msat; floats never hold money. */
export type Msat = Brand<bigint, 'Msat'>;
/** Parts per million of an amount, an integer when it is a fee rate lightningd knows. */
export type Ppm = Brand<number, 'Ppm'>;
/** Seconds since the Unix epoch, integer. */
export type UnixSec = Brand<number, 'UnixSec'>;
/** Nanoseconds since the Unix epoch, integer: the resolution of lightningd's forward times. */
export type UnixNs = Brand<bigint, 'UnixNs'>;
/** Whole hours since the Unix epoch: the key of a rollup. */
export type UnixHour = Brand<number, 'UnixHour'>;
/** Short channel id or alias, `block x transaction x output`. Changes with a splice, so never a key. */
export type Scid = Brand<string, 'Scid'>;
/** The 32-byte channel id as 64 lower-case hex digits: the key of a channel, survives splices. */
export type ChannelId = Brand<string, 'ChannelId'>;
/** A node's public key as 66 lower-case hex digits. */
export type NodeId = Brand<string, 'NodeId'>;

export const SECONDS_PER_HOUR = 3600;
export const SECONDS_PER_DAY = 86_400;
const MSAT_PER_SAT = 1000n;
const NS_PER_SEC = 1_000_000_000n;

/** Brands an exact integer as Msat. @throws RangeError when a number is not a safe integer. */
export function msat(value: bigint | number): Msat {
  if (typeof value === 'number' && !Number.isSafeInteger(value))
    throw new RangeError(`msat: expected a safe integer, got ${String(value)}`);
  return BigInt(value) as Msat;
}

export const ZERO_MSAT = msat(0n);

export const addMsat = (a: Msat, b: Msat): Msat => (a + b) as Msat;
export const subMsat = (a: Msat, b: Msat): Msat => (a - b) as Msat;
export const negMsat = (a: Msat): Msat => subMsat(ZERO_MSAT, a);
export const sumMsat = (values: Iterable<Msat>): Msat => {
  let total = 0n;
  for (const value of values) total += value;
  return total as Msat;
};

/** Sats as Msat. @throws RangeError when not a safe integer. */
export const satsToMsat = (sats: number): Msat => (msat(sats) * MSAT_PER_SAT) as Msat;

/** From here on doubles lie 0.002 apart, so that a third decimal would be rounded: 87,960 BTC. */
const INEXACT_SATS = 2 ** 43;

/**
 * Msat as sats for a reply: exact, at most 3 decimals.
 * @throws RangeError from 2^43 sats on, where a JSON number would round.
 */
export function msatToSats(amount: Msat): number {
  const sats = Number(amount) / 1000;
  if (Math.abs(sats) >= INEXACT_SATS) throw new RangeError(`msat: ${String(amount)} is too much to be exact in sats`);
  return sats;
}

/** Msat as a float, for statistics (ratios, rates, returns) only. Exact up to 2^53. */
export const msatToFloat = (amount: Msat): number => Number(amount);

/** A bigint as the same number. @throws RangeError where it would round. */
export function safeNumber(value: bigint, label: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${label}: ${String(value)} is beyond 2^53`);
  return number;
}

/** numerator / denominator as a plain number; 0 when the denominator is 0. */
export const ratio = (numerator: Msat, denominator: Msat): number =>
  denominator === 0n ? 0 : Number(numerator) / Number(denominator);

/** Brands whole seconds. @throws RangeError when negative or not an integer. */
export function unixSec(value: number): UnixSec {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new RangeError(`unix time: expected whole seconds >= 0, got ${String(value)}`);
  return value as UnixSec;
}

/** Brands a fee rate. @throws RangeError outside 0..2^32-1, lightningd's u32. */
export function ppm(value: number): Ppm {
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff)
    throw new RangeError(`ppm: expected an integer 0..4294967295, got ${String(value)}`);
  return value as Ppm;
}

/**
 * lightningd's float seconds (up to 9 decimals) as nanoseconds. Doubles resolve about 240 ns at today's epoch, so the
 * last digits are not the node's own; ordering and hour are.
 */
export function secondsToNs(seconds: number): UnixNs {
  if (!Number.isFinite(seconds) || seconds < 0)
    throw new RangeError(`unix time: expected seconds >= 0, got ${String(seconds)}`);
  const whole = Math.floor(seconds);
  return (BigInt(whole) * NS_PER_SEC + BigInt(Math.round((seconds - whole) * 1e9))) as UnixNs;
}

export const nsToSec = (ns: UnixNs): UnixSec => Number(ns / NS_PER_SEC) as UnixSec;
export const hourOf = (time: UnixSec): UnixHour => Math.floor(time / SECONDS_PER_HOUR) as UnixHour;
export const hourStart = (hour: UnixHour): UnixSec => (hour * SECONDS_PER_HOUR) as UnixSec;
/** The UTC day, counted from the epoch. */
export const dayOf = (time: UnixSec): number => Math.floor(time / SECONDS_PER_DAY);
export const dayStart = (day: number): UnixSec => (day * SECONDS_PER_DAY) as UnixSec;
/** So many times 24 hours earlier, but never before the epoch. */
export const daysBefore = (time: UnixSec, days: number): UnixSec =>
  Math.max(0, time - days * SECONDS_PER_DAY) as UnixSec;

const SCID = /^(0|[1-9]\d{0,7})x(0|[1-9]\d{0,7})x(0|[1-9]\d{0,4})$/;

/** The scid, or null when the text is not one (block and transaction 24 bit, output 16 bit: BOLT 7). */
export function tryScid(text: string): Scid | null {
  const parts = SCID.exec(text);
  if (!parts) return null;
  const fits = Number(parts[1]) < 2 ** 24 && Number(parts[2]) < 2 ** 24 && Number(parts[3]) < 2 ** 16;
  return fits ? (text as Scid) : null;
}

/** @throws RangeError when the text is not a short channel id. */
export function scid(text: string): Scid {
  const parsed = tryScid(text);
  if (parsed === null) throw new RangeError(`short channel id: expected 123x456x0, got ${text}`);
  return parsed;
}

/** Orders by block, transaction, output; numbers, not text, so that 99x1x0 comes before 100x1x0. */
export function compareScids(a: Scid, b: Scid): number {
  const left = a.split('x').map(Number);
  const right = b.split('x').map(Number);
  for (let i = 0; i < 3; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const HEX64 = /^[0-9a-f]{64}$/;
const NODE_ID = /^0[23][0-9a-f]{64}$/;

/** @throws RangeError when not 64 lower-case hex digits. */
export function channelId(text: string): ChannelId {
  if (!HEX64.test(text)) throw new RangeError(`channel id: expected 64 hex digits, got ${text}`);
  return text as ChannelId;
}

/** @throws RangeError when not a compressed public key in hex. */
export function nodeId(text: string): NodeId {
  if (!NODE_ID.test(text)) throw new RangeError(`node id: expected 66 hex digits beginning 02 or 03, got ${text}`);
  return text as NodeId;
}

// What can happen to a message on its way? A seeded choice of damage, to bytes and to structure.

/** Uniform in [0, n), the same sequence for the same seed (mulberry32). */
export type Dice = (n: number) => number;

export function dice(seed: number): Dice {
  let state = seed >>> 0;
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * n);
  };
}

const pick = <T>(roll: Dice, from: readonly T[]): T => from[roll(from.length)] as T;

/** Bytes with a meaning of their own to JSON, to UTF-8 or to lightningd's framing. */
const TOKENS = [
  '{', '}', '[', ']', '"', '\\', ':', ',', '\n', '\n\n', '\u0000', '\\u0000', '\\ud800', 'null', 'true', '-', '1e999',
  '18446744073709551615', '{"jsonrpc":"2.0"', '"id":', '"method":"shutdown"', '"__proto__":{}', '\ufeff', 'Y\n', 'é⚡😀',
].map((text) => Buffer.from(text)); // prettier-ignore

const VALUES: readonly unknown[] = [
  null, true, '', 0, -1, 0.5, 1e308, 2 ** 53, '18446744073709551615msat', [], {}, [[]], { __proto__: null, constructor: 1 },
  'x'.repeat(300), '\u0000', '\ud800',
]; // prettier-ignore

/** Puts a wrong value, a missing or a strange member somewhere. */
export function mutateValue(roll: Dice, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || roll(6) === 0) return pick(roll, VALUES);
  if (Array.isArray(value)) {
    if (value.length === 0) return [pick(roll, VALUES)];
    return value.toSpliced(roll(value.length), roll(2), mutateValue(roll, pick(roll, value as unknown[])));
  }
  const members = Object.entries(value);
  if (members.length === 0) return { [pick(roll, ['id', 'method', 'params', '__proto__'])]: pick(roll, VALUES) };
  const at = roll(members.length);
  const [key, member] = members[at] as [string, unknown];
  const put = { 0: [], 1: [[`${key}${key}`, member]] }[roll(8)] ?? [[key, mutateValue(roll, member)]];
  return Object.fromEntries([...members.slice(0, at), ...put, ...members.slice(at + 1)] as [string, unknown][]);
}

/** Changes one place of the bytes: flips, drops, doubles, inserts, cuts off, or goes on as another message. */
export function mutateBytes(roll: Dice, bytes: Buffer, other: Buffer): Buffer {
  const at = roll(bytes.length + 1);
  const to = Math.min(bytes.length, at + 1 + roll(8));
  switch (roll(6)) {
    case 0: {
      const flipped = Buffer.from(bytes);
      if (at < flipped.length) flipped[at] = roll(256);
      return flipped;
    }
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(to)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, to), bytes.subarray(at)]);
    case 3:
      return Buffer.concat([bytes.subarray(0, at), pick(roll, TOKENS), bytes.subarray(at)]);
    case 4:
      return bytes.subarray(0, at);
    default:
      return Buffer.concat([bytes.subarray(0, at), other.subarray(roll(other.length + 1))]);
  }
}

/** A damaged message, separator and all. */
export function mutateMessage(roll: Dice, corpus: readonly object[]): Buffer {
  const [one, another] = [pick(roll, corpus), pick(roll, corpus)];
  let bytes = write(roll(3) === 0 ? one : mutateValue(roll, one));
  for (let times = roll(3); times > 0; times--) bytes = mutateBytes(roll, bytes, write(another));
  return bytes;
}

const write = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value)}\n\n`);

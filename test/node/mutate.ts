// How is a reply spoiled, so that a failing run can be repeated by its number?
import type { Json } from './recorded-node.ts';

const ODD: readonly unknown[] = [
  null,
  true,
  '',
  '0',
  '-1',
  '12msat',
  '99999999999999999999999msat',
  '0x0x0',
  '16777216x0x0',
  'ab'.repeat(32),
  0,
  -1,
  1.5,
  2 ** 53,
  -(2 ** 63),
  2 ** 64,
  1e308,
  [],
  {},
  [[]],
  { __proto__: null },
  '\u0000\ud800',
];

/** xorshift32: as good as any here, and a failing run can be repeated by its number. */
const dice = (seed: number) => {
  let state = seed | 1;
  return (sides: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % sides;
  };
};

/** Puts something odd, or a piece of the reply itself, at one to three random places. */
export function mutated(reply: Json, seed: number): unknown {
  const roll = dice(seed * 2654435761);
  const copy: { reply: unknown } = { reply: structuredClone(reply) };
  for (let n = roll(3); n >= 0; n--) {
    let holder: Record<string, unknown> = copy;
    let key = 'reply';
    for (let depth = roll(6); depth > 0; depth--) {
      const inner = holder[key];
      if (typeof inner !== 'object' || inner === null) break;
      const keys = Object.keys(inner);
      if (keys.length === 0) break;
      holder = inner as Record<string, unknown>;
      key = keys[roll(keys.length)] ?? '';
    }
    const choice = roll(ODD.length + 3);
    if (choice < ODD.length) holder[key] = structuredClone(ODD[choice]);
    else if (choice === ODD.length) Reflect.deleteProperty(holder, key);
    else if (choice === ODD.length + 1) holder[`${key}_more`] = holder[key];
    else holder[key] = typeof holder[key] === 'number' ? `${String(holder[key])}msat` : [holder[key]];
  }
  return copy.reply;
}

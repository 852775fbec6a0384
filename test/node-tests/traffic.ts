// Which payments does the suite route? The same ones every time, some of which must fail.
import { ROLES, type Outcome, type Payment, type Role, CHANNELS } from './harness.ts';

/** A linear congruential generator (Numerical Recipes' constants): the traffic must be the same on every run. */
function dice(seed: number): (sides: number) => number {
  let state = seed >>> 0;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

/** Small payments to and fro over these channels; every eighth fails, each time in the next way. */
export function smallPayments(count: number, roles: readonly Role[], seed: number): Payment[] {
  const roll = dice(seed);
  const failures: readonly Outcome[] = ['failed', 'fee-insufficient', 'unknown-next-peer'];
  return Array.from({ length: count }, (_, i) => {
    const from = roles[roll(roles.length)] ?? 'A';
    // A payment to the payer itself would be a different thing.
    const others = roles.filter((role) => CHANNELS[role].peer !== CHANNELS[from].peer);
    const to = others[roll(others.length)] ?? 'B';
    const outcome = i % 8 === 7 ? (failures[Math.floor(i / 8) % failures.length] ?? 'failed') : 'settled';
    return { from, to, sats: 1000 + roll(2000), outcome };
  });
}

const repeat = (count: number, payment: Omit<Payment, 'outcome'>, outcome: Outcome = 'settled'): Payment[] =>
  Array.from({ length: count }, () => ({ ...payment, outcome }));

const SMALL = smallPayments(98, ROLES, 1);

/**
 * 120 payments over all six channels: A-private becomes a source, C a sink, and R runs out of liquidity now and then.
 * Those stand apart from each other, or the payer would run out of it first.
 */
export const FIRST: readonly Payment[] = [
  ...repeat(8, { from: 'B', to: 'A-private', sats: 45_000 }),
  ...repeat(10, { from: 'C', to: 'A', sats: 110_000 }),
  ...[0, 1, 2, 3].flatMap((quarter) => [
    ...repeat(1, { from: 'A', to: 'C-mutual', sats: 900_000 }, 'no-liquidity'),
    ...SMALL.filter((_, i) => i % 4 === quarter),
  ]),
];

/** What is left after closeTwo. */
export const OPEN_ROLES: readonly Role[] = ['A', 'A-private', 'B', 'C'];

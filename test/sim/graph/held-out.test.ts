// Does the share that is found on other payments tell a market from an anecdote?
import { describe, expect, it } from 'vitest';
import { heldOutShare } from '../../../src/sim/graph/held-out.ts';
import { SeededRandom, seedState } from '../../../src/sim/world/random.ts';

const random = () => new SeededRandom(seedState(1));
/** Payments to two channels; what is paid as `price` has it, a number in [0, 1) and the row. */
function payments(count: number, amount: (row: number) => number, price: (u: number, row: number) => number) {
  const source = new SeededRandom(seedState(2));
  const rows = Array.from({ length: count }, (_, row) => row);
  return {
    from: rows.map(() => 2),
    to: rows.map((row) => row % 2),
    amountSats: rows.map(amount),
    weight: rows.map(() => 1),
    reservationPpm: rows.map((row) => price(source.next(), row)),
  };
}
const distinct = (row: number): number => 10_000 + row;
const exponential = (u: number): number => -100 * Math.log(1 - u);

describe('the best fees of one half on the other', () => {
  it('earn all of it where everybody pays the same', () => {
    expect(
      heldOutShare(
        payments(200, distinct, () => 100),
        random(),
      ),
    ).toBe(1);
  });

  it('earn nearly all of many payments, and less of few', () => {
    const many = heldOutShare(payments(20_000, distinct, exponential), random());
    const few = heldOutShare(payments(60, distinct, exponential), random());
    expect(many).toBeGreaterThan(0.97);
    expect(few).toBeLessThan(0.9);
  });

  it('earn little where single payments are most of the market', () => {
    const whale = (row: number): number => (row % 100 === 0 ? 1e7 + row : distinct(row));
    expect(heldOutShare(payments(1000, whale, exponential), random())).toBeLessThan(0.8);
  });

  it('do not mind single payments that are drawn far more often than they come', () => {
    const whale = (row: number): number => (row % 100 === 0 ? 1e7 + row : distinct(row));
    const sampled = payments(1000, whale, exponential);
    const weight = sampled.amountSats.map((sats) => Math.min(1, 20_000 / sats));
    expect(heldOutShare({ ...sampled, weight }, random())).toBeGreaterThan(heldOutShare(sampled, random()) + 0.1);
  });

  it('count one amount asked of many senders as one payment', () => {
    const batches = payments(
      2000,
      (row) => 10_000 + Math.floor(row / 100),
      (_, row) => 10 * (1 + Math.floor(row / 100)),
    );
    const asIfApart = { ...batches, amountSats: batches.amountSats.map((sats, row) => sats + (row % 2) / 10) };
    expect(heldOutShare(batches, random())).toBeLessThan(heldOutShare(asIfApart, random()) - 0.05);
  });

  it('are the same for the same draws', () => {
    const some = payments(300, distinct, exponential);
    expect(heldOutShare(some, random())).toBe(heldOutShare(some, random()));
  });
});

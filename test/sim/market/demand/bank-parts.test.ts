// Does a bank's payment go through the node only as far as it fits?
import { describe, expect, it } from 'vitest';
import { withPartsThatFit } from '../../../../src/sim/market/demand/bank-parts.ts';

describe('a bank’s payments', () => {
  const channels = [1_000_000, 200_000, 3].map((capacitySats) => ({ capacitySats, inboundPpm: 0 }));
  const payments = {
    from: [0, 1, 0, 0, 2],
    to: [1, 0, 1, 2, 0],
    amountSats: [80_000, 80_001, 150_000, 1, 1000],
    weight: [1, 2, 1, 2, 1],
    reservationPpm: [1, 2, 3, 4, 5],
  };

  it('are cut to 40 % of the smaller channel, whole sats and one at least; all else stays', () => {
    const bank = { perDay: 5, channels, payments };
    const cut = { ...payments, amountSats: [80_000, 80_000, 80_000, 1, 1] };
    expect(withPartsThatFit(bank)).toEqual({ ...bank, payments: cut });
  });
});

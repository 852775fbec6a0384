// Which payments are payments to ourselves, and is their whole fee charged, once, to the channels they filled?
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { selfPaymentOf } from '../../../src/core/profit/books-self-payments.ts';
import { sumMsat } from '../../../src/core/units.ts';
import { channel, channelMove, paid, received, txid } from './ledger-rows.ts';

describe('a payment to ourselves', () => {
  it('costs what was sent less what arrived, in the channel it filled', () => {
    expect(selfPaymentOf([received('h', 2, 300_000, 10), paid('h', 1, 308_000, 8000, 12)])).toEqual([
      {
        paymentHash: txid('h'),
        part: 0,
        outChannel: channel(1),
        inChannel: channel(2),
        amount: 300_000n,
        fee: 8000n,
        time: 12,
      },
    ]);
  });

  it('may be free', () => {
    expect(selfPaymentOf([received('h', 2, 1000), paid('h', 1, 1000, 0)])).toMatchObject([{ fee: 0n }]);
  });

  it('in parts charges each part where its amount arrived', () => {
    const parts = selfPaymentOf([
      received('h', 3, 700),
      received('h', 4, 300),
      paid('h', 1, 305, 5),
      paid('h', 2, 711, 11),
    ]);
    expect(parts).toMatchObject([
      { part: 0, outChannel: channel(1), inChannel: channel(4), amount: 300n, fee: 5n },
      { part: 1, outChannel: channel(2), inChannel: channel(3), amount: 700n, fee: 11n },
    ]);
  });

  it('in parts whose amounts do not pair shares the fee by what arrived, without losing a msat', () => {
    const parts = selfPaymentOf([
      received('h', 3, 500),
      received('h', 4, 500),
      paid('h', 1, 601, 1),
      paid('h', 2, 402, 2),
    ]);
    expect(parts.map(({ outChannel, inChannel, amount, fee }) => [outChannel, inChannel, amount, fee])).toEqual([
      [channel(1), channel(3), 500n, 1n],
      [channel(1), channel(4), 100n, 0n],
      [channel(2), channel(4), 400n, 2n],
    ]);
  });

  it('is none while a part of it is still to settle', () => {
    expect(selfPaymentOf([received('h', 3, 1000)])).toEqual([]);
    expect(selfPaymentOf([received('h', 3, 700), received('h', 4, 300), paid('h', 1, 305, 5)])).toEqual([]);
    expect(selfPaymentOf([])).toEqual([]);
  });

  it('is not what the operator pays or is paid', () => {
    expect(selfPaymentOf([paid('h', 1, 12_001_120, 1120)])).toEqual([]);
    expect(selfPaymentOf([received('h', 1, 22_264_000), received('h', 2, 21_736_000)])).toEqual([]);
  });

  it('is not what someone passes on under one hash, for he keeps something', () => {
    expect(selfPaymentOf([received('h', 2, 1000), paid('h', 1, 993, 3)])).toEqual([]);
  });

  it('is nothing that cost more than was sent', () => {
    expect(selfPaymentOf([received('h', 2, 5), paid('h', 1, 10, 1), paid('h', 3, 1, 5)])).toEqual([]);
  });

  it('is not a push, whatever it is booked with', () => {
    const push = { tag: 'pushed', paymentHash: txid('h') };
    expect(
      selfPaymentOf([
        channelMove({ ...push, channelId: channel(1), credit: received('h', 1, 5).credit }),
        channelMove({ ...push, channelId: channel(2), debit: paid('h', 2, 5, 0).debit }),
      ]),
    ).toEqual([]);
  });

  it('charges its whole fee and all that arrived, however it was cut', () => {
    const cut = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(cut, cut, fc.array(fc.nat(5000), { minLength: 12, maxLength: 12 }), (sent, got, fees) => {
        const [outs, ins] = [[...sent], [...got]];
        // Both sides add up to the same; the shorter one is topped up.
        const total = (list: number[]): number => list.reduce((a, b) => a + b, 0);
        const difference = total(outs) - total(ins);
        if (difference > 0) ins.push(difference);
        if (difference < 0) outs.push(-difference);
        const moves = [
          ...ins.map((amount, i) => received('h', 20 + i, amount)),
          ...outs.map((amount, i) => paid('h', i, amount + (fees[i] ?? 0), fees[i] ?? 0)),
        ];
        const parts = selfPaymentOf(moves);
        expect(sumMsat(parts.map(({ fee }) => fee))).toBe(sumMsat(moves.map((move) => move.fees)));
        for (const into of moves.filter(({ credit }) => credit > 0n)) {
          const here = parts.filter(({ inChannel }) => inChannel === into.channelId);
          expect(sumMsat(here.map(({ amount }) => amount))).toBe(into.credit);
        }
        for (const part of parts) expect(part.amount > 0n && part.fee >= 0n).toBe(true);
        expect(parts.map(({ part }) => part)).toEqual(parts.map((_, i) => i));
      }),
    );
  });
});

// Who bears which on-chain fee? Bookkeeper's rules, case by case; the recordings prove that they are its rules.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { onchainFees } from '../../../src/core/profit/books-fees.ts';
import type { ChainMove } from '../../../src/core/profit/books-moves.ts';
import { sumMsat } from '../../../src/core/units.ts';
import { came, channel, txid, went } from './ledger-rows.ts';

const [ONE, TWO, THREE] = [channel(1), channel(2), channel(3)];
const fromWallet = (sats: number, by: string): ChainMove =>
  went({ account: 'wallet', tag: 'withdrawal', sats, of: 'coins', by });
const change = (sats: number, tx: string): ChainMove =>
  came({ account: 'wallet', tag: 'deposit', sats, tx, output: 9 });
const opened = (account: string, sats: number, tx: string, output = 0): ChainMove =>
  came({ account, tag: 'channel_open', sats, tx, output, opener: true });

/** Fees in sats by account; fractions are msat. */
const feesOf = (moves: readonly ChainMove[], resolved?: (account: string) => boolean): Record<string, number> =>
  Object.fromEntries(onchainFees(moves, resolved).map(({ account, amount }) => [account, Number(amount) / 1000]));

describe('the fee of an opening', () => {
  it('is what left the wallet and arrived nowhere, never the funding', () => {
    expect(feesOf([fromWallet(50_000, 'tx'), opened(ONE, 30_000, 'tx'), change(19_834, 'tx')])).toEqual({ [ONE]: 166 });
  });

  it('is shared by all channels of the transaction, the first ones bearing what does not divide', () => {
    const moves = [
      fromWallet(100, 'tx'),
      opened(TWO, 30, 'tx', 1),
      opened(THREE, 30, 'tx', 2),
      opened(ONE, 30, 'tx', 3),
    ];
    expect(feesOf(moves)).toEqual({ [ONE]: 3.334, [TWO]: 3.333, [THREE]: 3.333 });
  });

  it("is not the wallet's, and not that of the payment made along with it", () => {
    const paidOut = came({ account: 'external', tag: 'deposit', sats: 10_000, tx: 'tx', output: 5 });
    expect(feesOf([fromWallet(50_000, 'tx'), opened(ONE, 30_000, 'tx'), paidOut, change(9000, 'tx')])).toEqual({
      [ONE]: 1000,
    });
  });

  it('is unknown when others funded it, too, or when a move is still to come', () => {
    expect(feesOf([opened(ONE, 30_000, 'tx')])).toEqual({});
    expect(feesOf([fromWallet(50_000, 'tx')])).toEqual({});
    expect(feesOf([fromWallet(10_000, 'tx'), opened(ONE, 30_000, 'tx')])).toEqual({});
  });

  it('is that of the funding when the channel was used before it was in a block', () => {
    const proposed = came({ account: ONE, tag: 'channel_proposed', sats: 30_000, tx: 'tx' });
    const funding = [fromWallet(50_000, 'tx'), change(19_000, 'tx')];
    expect(feesOf([proposed, ...funding])).toEqual({ [ONE]: 1000 });
    // Meanwhile 200 sats came in by it.
    expect(feesOf([proposed, ...funding, opened(ONE, 30_200, 'tx')])).toEqual({ [ONE]: 1000 });
  });
});

describe("the wallet's own transactions", () => {
  it('cost no channel anything', () => {
    const sent = came({ account: 'external', tag: 'deposit', sats: 10_000, tx: 'tx' });
    expect(feesOf([fromWallet(50_000, 'tx'), sent, change(39_854, 'tx')])).toEqual({ wallet: 146 });
  });
});

describe('the fee of a close', () => {
  const close = (sats: number, outputs?: number): ChainMove =>
    went({ account: ONE, tag: 'channel_close', sats, of: 'open', by: 'close', ...(outputs ? { outputs } : {}) });
  const home = (sats: number): ChainMove => came({ account: 'wallet', tag: 'deposit', sats, tx: 'close' });
  const theirs = came({ account: 'external', tag: 'to_them', sats: 500_000, tx: 'close', output: 1 });

  it('is what our balance lost on the way', () => {
    expect(feesOf([close(800, 2), home(700), theirs])).toEqual({ [ONE]: 100 });
  });

  it('is unknown until all outputs are accounted for: not the whole balance', () => {
    expect(feesOf([close(800, 2), theirs])).toEqual({});
    expect(feesOf([close(800), home(700)])).toEqual({});
  });

  it('is known where the number of outputs is not, once the node says that the channel is done', () => {
    expect(feesOf([close(800), home(700)], (account) => account === ONE)).toEqual({ [ONE]: 100 });
  });

  it('leaves out anchors, and counts HTLCs that the peer took with a preimage as delivered', () => {
    const anchor = came({ account: ONE, tag: 'anchor', sats: 330, tx: 'close', output: 2 });
    const taken = came({ account: 'external', tag: 'htlc_fulfill', sats: 60, tx: 'close', output: 3 });
    const ours = came({ account: ONE, tag: 'delayed_to_us', sats: 700, tx: 'close', output: 4 });
    expect(feesOf([close(800, 4), anchor, taken, ours, theirs])).toEqual({ [ONE]: 40 });
  });

  it('leaves out what came to us with a preimage: it was not ours before', () => {
    const got = came({ account: ONE, tag: 'htlc_fulfill', sats: 900, tx: 'close', output: 2 });
    expect(feesOf([close(800, 3), home(700), got, theirs])).toEqual({ [ONE]: 100 });
  });

  it('is followed by that of the sweep', () => {
    const ours = came({ account: ONE, tag: 'delayed_to_us', sats: 790, tx: 'close' });
    const swept = went({ account: ONE, tag: 'to_wallet', sats: 790, of: 'close', by: 'sweep' });
    const arrived = came({ account: 'wallet', tag: 'deposit', sats: 650, tx: 'sweep' });
    expect(onchainFees([close(800, 2), ours, theirs, swept, arrived])).toEqual([
      { account: ONE, txid: txid('close'), amount: 10_000n },
      { account: ONE, txid: txid('sweep'), amount: 140_000n },
    ]);
  });
});

describe('a splice', () => {
  it('is no close: its fee is what left wallet and channel and arrived in neither', () => {
    const moves = [
      went({ account: ONE, tag: 'channel_close', sats: 1_000_000, of: 'open', by: 'splice', outputs: 2 }),
      opened(ONE, 849_801, 'splice'),
      came({ account: 'wallet', tag: 'deposit', sats: 150_000, tx: 'splice', output: 1 }),
    ];
    expect(feesOf(moves)).toEqual({ [ONE]: 199 });
  });
});

describe('any transaction', () => {
  const amount = fc.integer({ min: 1, max: 1_000_000 });
  const transaction = fc.record({
    inputs: fc.array(amount, { minLength: 1, maxLength: 4 }),
    channels: fc.array(amount, { maxLength: 4 }),
    outside: fc.array(amount, { maxLength: 2 }),
    fee: fc.nat(50_000),
  });

  it('has fees that add up to what is missing, in whatever order its moves come', () => {
    fc.assert(
      fc.property(transaction, fc.infiniteStream(fc.nat()), ({ inputs, channels, outside, fee }, dice) => {
        const gone = [...channels, ...outside].reduce((a, b) => a + b, fee);
        const moves = [
          ...inputs.map((sats) => fromWallet(sats, 'tx')),
          fromWallet(gone, 'tx'),
          ...channels.map((sats, i) => opened(channel(i + 1), sats, 'tx', i)),
          ...outside.map((sats, i) => came({ account: 'external', tag: 'deposit', sats, tx: 'tx', output: 20 + i })),
          change(
            inputs.reduce((a, b) => a + b),
            'tx',
          ),
        ];
        const fees = onchainFees(moves);
        expect(sumMsat(fees.map((found) => found.amount))).toBe(BigInt(fee) * 1000n);
        const shuffled = moves
          .map((move) => [dice.next().value ?? 0, move] as const)
          .sort(([a], [b]) => a - b)
          .map(([, move]) => move);
        expect(onchainFees(shuffled)).toEqual(fees);
        if (channels.length > 0) expect(fees.every(({ account }) => account !== 'wallet')).toBe(true);
      }),
    );
  });
});

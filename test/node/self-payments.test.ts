// Is what the node has paid to itself told from everything else, with its channels, and with what cannot be known?
import { describe, expect, it } from 'vitest';
import { unixSec } from '../../src/core/units.ts';
import { LightningSelfPayments } from '../../src/node/self-payments.ts';
import {
  answers,
  paged,
  readerOver,
  recording,
  refusing,
  rows,
  without,
  type Answer,
  type Json,
} from './recorded-node.ts';

const listed = rows('listsendpays', 'payments');
const circle = rows('listsendpays-rebalance', 'payments')[0] ?? {};
const HASH = String(circle['payment_hash']);
const OWN = String(circle['destination']);
const moves = rows('listchannelmoves', 'channelmoves');
const accountOf = (side: 'debit_msat' | 'credit_msat'): unknown =>
  moves.find((move) => move['payment_hash'] === HASH && Number(move[side]) > 0)?.['account_id'];

const sendpays =
  (list: readonly Json[]): Answer =>
  (params) =>
    'index' in params
      ? paged('payments', list)(params)
      : {
          payments: list.filter(
            ({ payment_hash }) => !params['payment_hash'] || payment_hash === params['payment_hash'],
          ),
        };

function payments(
  list: readonly Json[],
  changed: Readonly<Record<string, Answer>> = {},
  lacking: readonly string[] = [],
) {
  const last = Math.max(0, ...list.map((row) => Number(row['created_index'])));
  const base = answers();
  const node: Record<string, Answer> = {
    ...base,
    listsendpays: sendpays(list),
    wait: (params) =>
      params['subsystem'] === 'sendpays' ? { subsystem: 'sendpays', created: last } : base['wait']?.(params),
    ...changed,
  };
  const { ask, calls } = readerOver(lacking.reduce(without, node));
  return { reader: new LightningSelfPayments(ask), calls };
}
const part = (created_index: number, rest: Json = {}): Json => ({
  ...{ created_index, payment_hash: 'ab'.repeat(32), status: 'failed', destination: OWN, created_at: 1000 },
  ...{ amount_msat: 5000, amount_sent_msat: 5010, ...rest },
});

describe('one payment', () => {
  const hash = 'ab'.repeat(32);
  const channels =
    (htlcs: unknown): Answer =>
    () => ({ channels: [{ channel_id: 'cd'.repeat(32), htlcs }] });
  const htlc = { direction: 'out', amount_msat: 5010, payment_hash: hash };

  it.each([
    ['stands in a channel', [htlc], 'pending'],
    ['stands in none: lightningd died before it sent it', [], 'failed'],
    ['stands only as what comes in', [{ ...htlc, direction: 'in' }], 'failed'],
    ['cannot be looked for', undefined, 'pending'],
  ] as const)('that is listed as pending and %s', async (_, htlcs, status) => {
    const { reader } = payments([part(1, { status: 'pending' })], { listpeerchannels: channels(htlcs) });
    expect((await reader.readByHash(hash)).map((row) => row.status)).toEqual([status]);
  });

  it('that ends while its HTLC is looked for is not taken for one that never left', async () => {
    let looks = 0;
    const listsendpays: Answer = () => ({ payments: [part(1, { status: looks++ === 0 ? 'pending' : 'complete' })] });
    const { reader } = payments([], { listsendpays, listpeerchannels: channels([]) });
    expect((await reader.readByHash(hash)).map((row) => row.status)).toEqual(['pending']);
  });

  it('that has ended is not taken for one that never left because another attempt is under way by now', async () => {
    let looks = 0;
    const rows = (): Json[] =>
      looks++ === 0
        ? [part(1, { status: 'pending' })]
        : [part(1, { status: 'complete' }), part(2, { status: 'pending' })];
    const listsendpays: Answer = () => ({ payments: rows() });
    const { reader } = payments([], { listsendpays, listpeerchannels: channels([]) });
    expect((await reader.readByHash(hash)).map((row) => row.status)).toEqual(['pending']);
  });

  it('has what listsendpays says, and its channels by the moves', async () => {
    expect(accountOf('debit_msat')).toBeDefined();
    expect(await payments(listed).reader.readByHash(HASH)).toEqual([
      {
        paymentHash: HASH,
        createdIndex: 3,
        status: 'complete',
        amountMsat: 300_000_000n,
        amountSentMsat: 300_008_000n,
        createdAt: 1_795_226_846,
        completedAt: 1_795_226_847,
        label: 'revops-rebalance-1',
        outChannel: accountOf('debit_msat'),
        inChannel: accountOf('credit_msat'),
      },
    ]);
  });

  it('has them from bookkeeper where there are no moves, and none where that does not run either', async () => {
    const old = { wait: refusing('wait', -32602, 'subsystem: unknown subsystem') };
    const events = (recording('bkpr-listaccountevents').result['events'] as Json[]).filter(
      ({ payment_id }) => payment_id === HASH,
    );
    const booked = { ...old, 'bkpr-listaccountevents': () => ({ events }) };
    const [row] = await payments(listed, booked).reader.readByHash(HASH);
    expect(row).toMatchObject({ outChannel: accountOf('debit_msat'), inChannel: accountOf('credit_msat') });
    const [blind] = await payments(listed, old, ['bkpr-listaccountevents']).reader.readByHash(HASH);
    expect(blind).toMatchObject({ status: 'complete', outChannel: null, inChannel: null });
  });

  it('under way, has them by its HTLCs; each part its own', async () => {
    const htlc = (direction: string, amount_msat: number) => ({
      ...{ direction, amount_msat, payment_hash: 'ab'.repeat(32) },
    });
    const ids = ['1', '2', '3'].map((digit) => digit.repeat(64));
    const { reader } = payments(
      [part(1, { status: 'pending' }), part(2, { status: 'pending', amount_msat: 7000, amount_sent_msat: 7020 })],
      {
        listpeerchannels: () => ({
          channels: [
            { channel_id: ids[0], htlcs: [htlc('out', 5010)] },
            { channel_id: ids[1], htlcs: [htlc('out', 7020), htlc('in', 5000)] },
            { channel_id: ids[2] },
            {},
          ],
        }),
      },
    );
    expect(await reader.readByHash('ab'.repeat(32))).toMatchObject([
      { createdIndex: 1, outChannel: ids[0], inChannel: ids[1] },
      { createdIndex: 2, outChannel: ids[1], inChannel: null },
    ]);
  });

  it('under way by either of two channels, is by none', async () => {
    const ids = ['1', '2'].map((digit) => digit.repeat(64));
    const { reader } = payments([part(1, { status: 'pending' })], {
      listpeerchannels: () => ({ channels: ids.map((channel_id) => ({ channel_id, htlcs: [htlc] })) }),
    });
    expect(await reader.readByHash(hash)).toMatchObject([{ outChannel: null, inChannel: null }]);
  });

  it('in parts of one amount, has the channels of each by what it has cost', async () => {
    const [dear, cheap, back] = ['1', '2', '3'].map((digit) => digit.repeat(64));
    const move = (created_index: number, account_id: unknown, debit_msat: number, credit_msat: number) => ({
      ...{ created_index, account_id, debit_msat, credit_msat, payment_hash: hash, part_id: created_index },
      ...{ primary_tag: 'invoice', fees_msat: Math.max(0, debit_msat - 5000), timestamp: 1000 },
    });
    const list = [move(1, dear, 5030, 0), move(2, back, 0, 5000), move(3, cheap, 5010, 0), move(4, back, 0, 5000)];
    const { reader } = payments(
      [part(1, { status: 'complete' }), part(2, { status: 'complete', amount_sent_msat: 5030 })],
      { listchannelmoves: paged('channelmoves', list), wait: () => ({ created: 4 }) },
    );
    expect(await reader.readByHash(hash)).toMatchObject([
      { amountSentMsat: 5010n, outChannel: cheap, inChannel: back },
      { amountSentMsat: 5030n, outChannel: dear, inChannel: back },
    ]);
  });

  it('is none where the node has never heard of it', async () => {
    expect(await payments(listed).reader.readByHash('00'.repeat(32))).toEqual([]);
  });

  it('a failed call is no empty answer', async () => {
    const { reader } = payments(listed, { listsendpays: refusing('listsendpays', -1, 'out of memory') });
    await expect(reader.readByHash(HASH)).rejects.toThrow('out of memory');
  });
});

describe('a stretch', () => {
  it('has those to ourselves only, and says how far it goes', async () => {
    const { reader } = payments(listed);
    const last = Math.max(...listed.map((row) => Number(row['created_index'])));
    const page = await reader.readSince(0, unixSec(0));
    const own = listed.filter(({ destination }) => destination === OWN).map((row) => row['created_index']);
    expect(page.rows.map(({ createdIndex }) => createdIndex)).toEqual(own);
    expect(own.length).toBeLessThan(listed.length);
    expect(page.cursor).toBe(last);
    expect(await reader.readPaymentsIndex()).toBe(last);
    expect(await reader.readSince(last, unixSec(0))).toEqual({ rows: [], cursor: last, gapless: true });
  });

  it.each([
    ['none', [1, 2, 3], 0, true],
    ['none after the cursor', [1, 3, 4], 2, true],
    ['one in the middle', [1, 3], 0, false],
    ['the first', [2, 3], 0, false],
  ])('deleted: %s', async (_, indexes, after, gapless) => {
    const { reader } = payments(indexes.map((index) => part(index)));
    expect((await reader.readSince(after, unixSec(0))).gapless).toBe(gapless);
  });

  it('deleted: the last, which only the index knows of', async () => {
    const { reader } = payments([part(1)], { wait: () => ({ subsystem: 'sendpays', created: 2 }) });
    expect(await reader.readSince(0, unixSec(0))).toMatchObject({ gapless: false, cursor: 2 });
  });

  it('deleted: one in the middle, while another was made after the index was asked for', async () => {
    const { reader } = payments([part(1), part(3)], { wait: () => ({ subsystem: 'sendpays', created: 2 }) });
    expect(await reader.readSince(0, unixSec(0))).toMatchObject({ gapless: false, cursor: 3 });
  });

  it('goes over as many pages as there are', async () => {
    const { reader, calls } = payments(Array.from({ length: 2345 }, (_, i) => part(i + 1)));
    const page = await reader.readSince(0, unixSec(0));
    expect(page.rows).toHaveLength(2345);
    expect(page).toMatchObject({ cursor: 2345, gapless: true });
    expect(calls.filter(({ method }) => method === 'listsendpays')).toHaveLength(3);
  });

  it('on a node without indexes goes by time, and proves no absence', async () => {
    const list = [part(1, { created_at: 900 }), part(2, { created_at: 1000 })].map((row) => ({
      ...row,
      created_index: undefined,
    }));
    const { reader } = payments(list, {}, ['wait']);
    expect(await reader.readPaymentsIndex()).toBeNull();
    const page = await reader.readSince(null, unixSec(1000));
    expect(page).toMatchObject({ cursor: null, gapless: false, rows: [{ createdAt: 1000, createdIndex: null }] });
  });
});

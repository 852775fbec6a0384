// Does the ledger ask lightningd in its own terms, version by version, and take no failure for an answer?
import { describe, expect, it } from 'vitest';
import { LightningLedger } from '../../src/node/ledger.ts';
import { channelId, msat } from '../../src/core/units.ts';
import { NodeError } from '../../src/ports.ts';
import { at2305, before2509, bookless, modern, withoutBookkeeper } from '../app/recorded-ledger.ts';
import { paged, readerOver, recording, refusing, rows, stoppedClock, type Answer, type Json } from './recorded-node.ts';

const over = (answers: Record<string, Answer>) => {
  const { ask, calls } = readerOver(answers);
  return { ledger: new LightningLedger(ask, stoppedClock()), calls };
};
const REBALANCE = '2dd9bc56f9f162a7a70a748243f155d6202a0e96927033f122ac7766738b8278';
const none = new Set<string>();

describe('the best books a node keeps', () => {
  it.each([
    ['moves', modern()],
    ['moves', withoutBookkeeper()],
    ['bookkeeper', before2509()],
    ['node', bookless()],
  ] as const)('%s', async (source, node) => {
    expect(await over(node).ledger.readBooksSource()).toBe(source);
  });
});

describe('the ledgers of moves', () => {
  it('are read from behind the cursor, forwards left out', async () => {
    const { ledger, calls } = over(modern());
    const page = await ledger.readChannelMoves(6);
    expect(calls.at(-1)).toMatchObject({
      method: 'listchannelmoves',
      params: { index: 'created', start: 7, limit: 1000 },
    });
    expect(page.moves.map(({ tag }) => tag)).not.toContain('routed');
    expect(page.moves).toHaveLength(10);
    expect(page).toMatchObject({ cursor: rows('listchannelmoves', 'channelmoves').length, last: true });
  });

  it('stay where they were when there is nothing new', async () => {
    expect(await over(modern()).ledger.readChainMoves(28)).toEqual({ moves: [], cursor: 28, last: true });
  });

  it('go on when a page is full', async () => {
    const many = Array.from({ length: 1000 }, (_, i) => ({
      ...rows('listchainmoves', 'chainmoves')[0],
      created_index: i + 1,
    }));
    const page = await over({ listchainmoves: paged('chainmoves', many) }).ledger.readChainMoves(0);
    expect(page).toMatchObject({ cursor: 1000, last: false });
  });

  it('are refused when they begin before the cursor, or the same page would come for ever', async () => {
    const all: Answer = () => recording('listchainmoves').result;
    for (const cursor of [1, 5])
      await expect(over({ listchainmoves: all }).ledger.readChainMoves(cursor)).rejects.toThrow(
        `listchainmoves: expected indexes above ${cursor}, got 1`,
      );
  });

  it("pass over an account of the operator's own", async () => {
    const moves = rows('listchannelmoves', 'channelmoves').map((row) => ({ ...row, account_id: 'my savings' }));
    const page = await over({ listchannelmoves: paged('channelmoves', moves) }).ledger.readChannelMoves(0);
    expect(page).toMatchObject({ moves: [], cursor: moves.length });
  });

  it('name the row and field that cannot be read', async () => {
    const moves = rows('listchainmoves', 'chainmoves').map((row, i) => (i === 3 ? { ...row, credit_msat: -1 } : row));
    const { ledger } = over({ listchainmoves: paged('chainmoves', moves) });
    await expect(ledger.readChainMoves(0)).rejects.toThrow('listchainmoves.chainmoves[3].credit_msat');
  });
});

describe("bookkeeper's accounts", () => {
  const channel = channelId(String(rows('listclosedchannels', 'closedchannels')[0]?.['channel_id']));

  it('are asked for one at a time, with the fields that are read', async () => {
    const { ledger, calls } = over(before2509());
    const record = await ledger.readAccount(channel);
    expect(calls.at(-1)?.params).toEqual({ account: channel });
    expect(calls.at(-1)?.options).toMatchObject({ connection: 'own' });
    expect(record?.chain.map(({ tag }) => tag)).toEqual(['channel_open', 'channel_close']);
    expect(record?.gifts.map(({ tag }) => tag)).toEqual(['pushed']);
  });

  it("hold no wallet's entries, which carry whole funding amounts as fees", async () => {
    const wallet = rows('bkpr-listaccountevents', 'events').filter(({ account }) => account === 'wallet');
    const own = rows('bkpr-listaccountevents', 'events').filter(({ account }) => account === channel);
    const { ledger } = over({ 'bkpr-listaccountevents': () => ({ events: [...own, ...wallet] }) });
    const record = await ledger.readAccount(channel);
    expect([...(record?.fees.values() ?? [])]).toEqual([155_000n, 195_250n]);
  });

  it('net what was corrected later: credits less debits of each transaction', async () => {
    const fee = { account: channel, type: 'onchain_fee', tag: 'onchain_fee', timestamp: 1, txid: 'ab'.repeat(32) };
    const events = [
      { ...fee, credit_msat: 500, debit_msat: 0 },
      { ...fee, credit_msat: 0, debit_msat: 200 },
    ];
    const record = await over({ 'bkpr-listaccountevents': () => ({ events }) }).ledger.readAccount(channel);
    expect([...(record?.fees ?? [])]).toEqual([['ab'.repeat(32), 300n]]);
  });

  it('that do not exist are nothing; any other refusal is a failure', async () => {
    const unknown = channelId('ef'.repeat(32));
    expect(await over(before2509()).ledger.readAccount(unknown)).toBeNull();
    const broken = { 'bkpr-listaccountevents': refusing('bkpr-listaccountevents', -1, 'database is locked') };
    await expect(over(broken).ledger.readAccount(unknown)).rejects.toThrow(NodeError);
  });
});

describe('the list of payments', () => {
  it('gives the settled payments to ourselves that changed, and how far it was read', async () => {
    const { ledger, calls } = over(before2509());
    const page = await ledger.readSelfPayments(0, none);
    expect(page).toMatchObject({ cursor: 8, last: true });
    expect(page.moves).toMatchObject([{ paymentHash: REBALANCE, fee: 8000n }]);
    // The failed one, the operator's payments and one that never left the node cost nothing.
    expect(calls.filter(({ params }) => params['payment_hash'] !== undefined)).toHaveLength(3);
    expect(await ledger.readSelfPayments(page.cursor, none)).toEqual({ moves: [], cursor: 8, last: true });
  });

  it('asks for no payment that is known', async () => {
    const { ledger, calls } = over(before2509());
    expect((await ledger.readSelfPayments(0, new Set([REBALANCE]))).moves).toEqual([]);
    expect(calls.filter(({ params }) => params['payment_id'] === REBALANCE)).toEqual([]);
  });

  it('asks again for what is wanted again, changed or not', async () => {
    const { ledger } = over(before2509());
    expect((await ledger.readSelfPayments(8, new Set([REBALANCE]), [REBALANCE])).moves).toMatchObject([{ fee: 8000n }]);
  });

  it('waits for the parts that are under way: their end is another change', async () => {
    const payments = rows('listsendpays', 'payments');
    const pending = [
      ...payments,
      { ...payments[2], created_index: 9, partid: 2, status: 'pending', updated_index: undefined },
    ];
    const node = { ...before2509(), listsendpays: listOf(pending) };
    expect((await over(node).ledger.readSelfPayments(0, none)).moves).toEqual([]);
    const done = pending.map((row) =>
      row['status'] === 'pending' ? { ...row, status: 'failed', updated_index: 9 } : row,
    );
    const later = over({ ...node, listsendpays: listOf(done) });
    expect((await later.ledger.readSelfPayments(8, none)).moves).toMatchObject([{ fee: 8000n }]);
  });

  it('is read whole where it has no index of changes, and every account where bookkeeper knows no payments', async () => {
    const { ledger, calls } = over(at2305());
    const page = await ledger.readSelfPayments(0, none);
    expect(page).toMatchObject({ cursor: 0, last: true, moves: [{ paymentHash: REBALANCE, fee: 8000n }] });
    expect(calls.some(({ params }) => params['status'] === 'complete')).toBe(true);
    expect(calls.filter(({ params }) => params['account'] !== undefined)).toHaveLength(6);
  });

  it('tells fee and amount, but not the channels, where nothing else is kept', async () => {
    expect((await over(bookless()).ledger.readSelfPayments(0, none)).moves).toEqual([
      {
        paymentHash: REBALANCE,
        part: 0,
        outChannel: null,
        inChannel: null,
        amount: msat(300_000_000),
        fee: msat(8000),
        time: 1_795_226_847,
      },
    ]);
  });

  it('counts the parts of a payment, and not those that failed', async () => {
    const [, , first] = rows('listsendpays', 'payments');
    const parts = [
      { ...first, partid: 1, amount_msat: 100, amount_sent_msat: 103, updated_index: 1 },
      { ...first, partid: 2, amount_msat: 900, amount_sent_msat: 909, updated_index: 2 },
      { ...first, partid: 3, amount_msat: 900, amount_sent_msat: 950, updated_index: 3, status: 'failed' },
    ];
    const node = { ...bookless(), listsendpays: listOf(parts) };
    const { moves } = await over(node).ledger.readSelfPayments(0, none);
    expect(moves.map(({ part, amount, fee }) => [part, amount, fee])).toEqual([
      [0, 100n, 3n],
      [1, 900n, 9n],
    ]);
  });

  const listOf =
    (all: readonly Json[]): Answer =>
    (params) =>
      params['payment_hash'] === undefined
        ? paged('payments', all)(params)
        : { payments: all.filter((row) => row['payment_hash'] === params['payment_hash']) };
});

describe('what lightningd lists of channels', () => {
  it('is every channel once, open or closed', async () => {
    const facts = await over(modern()).ledger.readChannelFacts();
    expect(facts).toHaveLength(6);
    expect(facts.filter(({ state }) => state === 'CLOSED')).toHaveLength(2);
    expect(facts[0]).toMatchObject({ pushed: expect.any(BigInt) as bigint, lockedInAt: expect.any(Number) as number });
  });

  it('counts one that is in both lists as open', async () => {
    const open = rows('listpeerchannels', 'channels')[0];
    const listclosedchannels = (): unknown => ({
      closedchannels: [{ ...rows('listclosedchannels', 'closedchannels')[0], channel_id: open?.['channel_id'] }],
    });
    const facts = await over({ ...modern(), listclosedchannels }).ledger.readChannelFacts();
    expect(facts.filter(({ channelId }) => channelId === open?.['channel_id']).map(({ state }) => state)).toEqual([
      'CHANNELD_NORMAL',
    ]);
  });

  it('leaves out what is still being negotiated', async () => {
    const listpeerchannels = (): unknown => ({ channels: [{ state: 'OPENINGD', peer_id: 'x' }] });
    const facts = await over({ ...modern(), listpeerchannels }).ledger.readChannelFacts();
    expect(facts.filter(({ state }) => state !== 'CLOSED')).toEqual([]);
  });

  it('is locked in when a dual-funded opening has confirmed, not when it was signed', async () => {
    const [opened] = rows('listpeerchannels', 'channels');
    const [signed, lockedIn] = ['2026-10-21T05:15:05.713Z', '2026-11-21T05:15:08.320Z'];
    const dualFunded = {
      ...opened,
      state_changes: [
        { timestamp: signed, old_state: 'DUALOPEND_OPEN_COMMITTED', new_state: 'DUALOPEND_AWAITING_LOCKIN' },
        { timestamp: lockedIn, old_state: 'DUALOPEND_AWAITING_LOCKIN', new_state: 'CHANNELD_NORMAL' },
      ],
    };
    const listpeerchannels = (): unknown => ({ channels: [dualFunded] });
    const [facts] = await over({ ...modern(), listpeerchannels }).ledger.readChannelFacts();
    expect(facts?.lockedInAt).toBe(Math.floor(Date.parse(lockedIn) / 1000));
  });

  it.each([
    ['was paid to us', 7000, undefined, [7000n, 7000n]],
    ['was paid by us', undefined, 9000, [-9000n, -9000n]],
    // Of a closed channel nobody tells whether a splice has made it zero.
    ['there was none', undefined, undefined, [0n, null]],
  ])('counts the fee of a lease: %s', async (_, received, paid, leases) => {
    const [open, closed] = [rows('listpeerchannels', 'channels')[0], rows('listclosedchannels', 'closedchannels')[0]];
    const funding = { ...(open?.['funding'] as Json), fee_rcvd_msat: received, fee_paid_msat: paid };
    const facts = await over({
      listpeerchannels: () => ({ channels: [{ ...open, funding }] }),
      listclosedchannels: () => ({
        closedchannels: [{ ...closed, funding_fee_rcvd_msat: received, funding_fee_paid_msat: paid }],
      }),
    }).ledger.readChannelFacts();
    expect(facts.map((each) => each.lease)).toEqual(leases);
  });

  it('ends a channel with the last of what ends one', async () => {
    const state_changes = [
      { timestamp: '2026-11-20T00:00:00.000Z', old_state: 'CHANNELD_NORMAL', new_state: 'AWAITING_UNILATERAL' },
      { timestamp: '2026-11-21T00:00:09.900Z', old_state: 'AWAITING_UNILATERAL', new_state: 'FUNDING_SPEND_SEEN' },
      { timestamp: '2026-11-22T00:00:00.000Z', old_state: 'FUNDING_SPEND_SEEN', new_state: 'ONCHAIN' },
    ];
    const listpeerchannels = (): unknown => ({
      channels: [{ ...rows('listpeerchannels', 'channels')[0], state: 'ONCHAIN', state_changes }],
    });
    const [facts] = await over({ ...modern(), listpeerchannels }).ledger.readChannelFacts();
    expect(facts?.endedAt).toBe(Date.UTC(2026, 10, 21, 0, 0, 9) / 1000);
  });

  it('has no funding, push or lease once the channel was spliced: what lightningd lists then is of later', async () => {
    const [spliced] = rows('listpeerchannels', 'channels');
    const changed = {
      ...spliced,
      state_changes: [
        { timestamp: '2026-11-21T05:16:29.746Z', old_state: 'CHANNELD_NORMAL', new_state: 'CHANNELD_AWAITING_SPLICE' },
      ],
    };
    const [facts] = await over({
      ...modern(),
      listpeerchannels: () => ({ channels: [changed] }),
    }).ledger.readChannelFacts();
    expect(facts).toMatchObject({ funding: null, pushed: null, lease: null, lockedInAt: null });
  });
});

describe('fees at present feerates', () => {
  it('are those lightningd reckons', async () => {
    expect(await over(modern()).ledger.readOnchainFees()).toEqual({ opening: 177_000n, mutualClose: 170_000n });
  });

  it('are unknown while bitcoind cannot estimate', async () => {
    const feerates = (): unknown => ({ perkb: { min_acceptable: 253 }, warning_missing_feerates: 'none yet' });
    expect(await over({ ...modern(), feerates }).ledger.readOnchainFees()).toEqual({
      opening: null,
      mutualClose: null,
    });
    expect(await over({ ...modern(), feerates }).ledger.readSurroundings()).toMatchObject({
      openingFee: null,
      blockheight: 243,
    });
  });
});

// The predecessor's accounting failures in the field, each with a test that would have caught it. Those of its replies (a
// class that the summary did not know, a crash on a channel that nobody had used, reads of revenue that failed) are in
// commands/profitability.test.ts.
import { describe, expect, it } from 'vitest';
import { readProfits, type ChannelProfit } from '../../src/app/profit/channel-profits.ts';
import { classify } from '../../src/core/profit/classify.ts';
import { totalsOf } from '../../src/core/profit/totals.ts';
import { committedFlows } from '../../src/core/profit/cash-flow.ts';
import {
  channelId,
  msat,
  satsToMsat,
  scid,
  SECONDS_PER_DAY,
  sumMsat,
  unixSec,
  type ChannelId,
} from '../../src/core/units.ts';
import { decodeClosedIdentities, decodeOpenIdentities } from '../../src/node/channels.ts';
import { decodeForwards } from '../../src/node/forwards.ts';
import { NodeError, StoreError, type Store } from '../../src/ports.ts';
import { facts } from '../core/profit/ledger-rows.ts';
import { RECORDED_AT, recording, refusing, rows, type Answer } from '../node/recorded-node.ts';
import { FakeNode, idOf, identity } from '../store/fake-node.ts';
import { temporaryDatabase } from '../store/temporary.ts';
import { runLedgerCycle } from '../../src/app/ledger-cycle.ts';
import { bookless, fixture, modern, runCycle, withoutBookkeeper } from './recorded-ledger.ts';
import { LedgerInMemory } from './ledger-in-memory.ts';

const id = (prefix: string): ChannelId =>
  channelId(
    [...rows('listpeerchannels', 'channels'), ...rows('listclosedchannels', 'closedchannels')]
      .map((row) => String(row['channel_id']))
      .find((text) => text.startsWith(prefix)) ?? prefix,
  );
const [OURS, FILLED, THEIRS, MUTUAL] = [id('a729'), id('45cc'), id('fc62'), id('20bc')];

describe('the predecessor', () => {
  const database = temporaryDatabase();

  /** The recorded node with its forwards and its books. */
  async function recorded(node: Record<string, Answer> = modern()): Promise<Store> {
    const store = database.open();
    store.takeIn('listing', decodeForwards(recording('listforwards').result), { keepSince: unixSec(0) });
    store.rememberChannels(decodeOpenIdentities(recording('listpeerchannels').result), RECORDED_AT);
    store.rememberChannels(decodeClosedIdentities(recording('listclosedchannels').result), RECORDED_AT);
    await runCycle(store, node);
    return store;
  }
  const profitsOf = (store: Store): Map<ChannelId, ChannelProfit> => {
    const present = { now: RECORDED_AT, channels: [], mutualClose: null, rate: 0 };
    return new Map(readProfits(store.ledger, present).channels.map((one) => [one.account.channelId, one]));
  };
  const totals = ({ metrics }: ChannelProfit) => metrics.totals;
  const get = (profits: Map<ChannelId, ChannelProfit>, channel: ChannelId): ChannelProfit => {
    const found = profits.get(channel);
    if (!found) throw new Error(`no profit of ${channel}`);
    return found;
  };

  it('booked the funding as the fee of the opening', async () => {
    const { openCost } = totals(get(profitsOf(await recorded()), OURS));
    expect(openCost).toBe(166_000n);
  });

  it('charged channels that the peer opened for it', async () => {
    expect(totals(get(profitsOf(await recorded()), THEIRS)).openCost).toBe(0n);
    expect(totals(get(profitsOf(await recordedAgain(bookless())), THEIRS)).openCost).toBe(0n);
  });

  it('knew the account of a channel only when it was the first output of its transaction', async () => {
    const store = database.open();
    await runCycle(store, fixture('splices', 'moves'));
    const outputs = new Map(
      store.ledger
        .chainMoves()
        .filter(
          ({ tag, account }, i, all) =>
            tag === 'channel_open' && all.findIndex((one) => one.account === account && one.tag === tag) === i,
        )
        .map(({ account, outpoint }) => [account, Number(outpoint.split(':')[1])]),
    );
    const later = store.ledger
      .books()
      .filter((books) => (outputs.get(books.channelId) ?? 0) > 0 && books.opener === 'local');
    expect(later.length).toBeGreaterThan(0);
    for (const { openingFee } of later) expect(openingFee).toMatchObject({ estimated: false, amount: 80_667n });
  });

  it("took the operator's own payments for rebalances, and charged the channel they left by", async () => {
    const store = await recorded();
    const profits = profitsOf(store);
    // That channel also sent 12,000 sats to someone for a fee of 1120 msat.
    expect(totals(get(profits, OURS)).rebalanceCost).toBe(0n);
    expect(totals(get(profits, FILLED)).rebalanceCost).toBe(8000n);
    expect(sumMsat([...profits.values()].map((one) => totals(one).rebalanceCost))).toBe(8000n);
  });

  it('let the time of the opening be the time of the look', async () => {
    const store = await recorded();
    const first = get(profitsOf(store), OURS).account.openedAt;
    await runCycle(store, modern(), unixSec(RECORDED_AT + 40 * SECONDS_PER_DAY));
    expect(first).toBe(1_795_226_816);
    expect(get(profitsOf(store), OURS).account.openedAt).toBe(first);
  });

  it('forgot what rebalances had cost', async () => {
    const store = await recorded();
    await runCycle(store, { ...modern(), listsendpays: () => ({ payments: [] }) });
    expect(totals(get(profitsOf(store), FILLED)).rebalanceCost).toBe(8000n);
  });

  it('counted the same rebalance twice, by its own record and by the books', async () => {
    const store = await recorded(bookless());
    expect(store.ledger.selfPayments()).toHaveLength(1);
    await runCycle(store, withoutBookkeeper());
    await runCycle(store, modern());
    expect(sumMsat(store.ledger.selfPayments().map(({ fee }) => fee))).toBe(8000n);
  });

  it('let lifetime revenue shrink as forwards were pruned', async () => {
    const store = await recorded();
    const revenue = () => sumMsat([...profitsOf(store).values()].map((one) => totals(one).revenue));
    expect(revenue()).toBe(718_200n);
    const last = decodeForwards(recording('listforwards').result).at(-1);
    // Those of a listing are never pruned, so as if they had come by index.
    store.takeIn('created', [], { cursors: { created: last?.createdIndex ?? 0 }, keepSince: RECORDED_AT });
    expect(store.pruneForwards(unixSec(RECORDED_AT + 400 * SECONDS_PER_DAY), 1000)).toBeGreaterThan(20);
    expect(revenue()).toBe(718_200n);
  });

  it('lost what had come in by a channel when rows were pruned, for it rolled up by the exit alone', () => {
    const store = database.open();
    store.rememberChannels([identity(1), identity(2)], RECORDED_AT);
    const node = new FakeNode();
    node.end(node.offer({ from: 1, to: 2, outMsat: 1000, feeMsat: 7 }, 1000), 'settled', 1001);
    store.takeIn('created', node.history, { cursors: { created: 1 }, keepSince: unixSec(0) });
    expect(store.pruneForwards(unixSec(2000), 10)).toBe(1);
    const [entered] = store.ledger.days().get(idOf(1)) ?? [];
    expect(entered).toMatchObject({ receivedCount: 1, received: 1007n, sourced: 7n, amount: 0n });
  });

  it('counted forwards again when it died between the rollup and the deletion of rows', () => {
    const store = database.open();
    store.rememberChannels([identity(1), identity(2)], RECORDED_AT);
    const node = new FakeNode();
    node.end(node.offer({ from: 1, to: 2, outMsat: 1000, feeMsat: 7 }, 1000), 'settled', 1001);
    const [row] = node.history;
    if (!row) throw new Error('no forward');
    // The second row fails the transaction, after the first was counted.
    const broken = { ...row, createdIndex: 2, inHtlcId: 9n, inMsat: msat(2n ** 70n) };
    expect(() => store.takeIn('created', [row, broken], { keepSince: unixSec(0) })).toThrow(StoreError);
    store.takeIn('created', node.history, { keepSince: unixSec(0) });
    store.pruneForwards(unixSec(2000), 10);
    store.takeIn('created', node.history, { keepSince: unixSec(0) });
    expect(sumMsat((store.ledger.days().get(idOf(2)) ?? []).map(({ amount }) => amount))).toBe(7n);
  });

  it('set 30 days of costs against the 8 days of revenue that it kept', async () => {
    const store = await recorded();
    const { account } = get(profitsOf(store), FILLED);
    const earned = account.routing.map(({ time }) => time);
    const spent = account.rebalances.map(({ time }) => time);
    // Both sides come from what is never deleted and begin with the channel.
    expect(Math.min(...earned, ...spent)).toBeGreaterThanOrEqual(account.openedAt);
    expect(sumMsat(account.routing.map(({ amount }) => amount))).toBe(
      sumMsat((store.ledger.days().get(FILLED) ?? []).map(({ amount }) => amount)),
    );
  });

  it('counted each fee twice when it credited the channel that sourced it', async () => {
    const store = await recorded();
    const profits = [...profitsOf(store).values()];
    const all = [...store.ledger.days().values()].flat();
    expect(sumMsat(all.map(({ sourced }) => sourced))).toBe(718_200n);
    expect(sumMsat(profits.map((one) => totals(one).revenue))).toBe(718_200n);
    for (const one of profits) {
      const { revenue, leaseIncome, totalCost, netProfit } = totals(one);
      expect(netProfit).toBe(revenue + leaseIncome - totalCost);
    }
  });

  it('rounded each fee down to sats: 10,000 forwards at 0.8 sat were worth nothing', () => {
    const store = database.open();
    store.rememberChannels([identity(1), identity(2)], RECORDED_AT);
    const node = new FakeNode();
    for (let i = 0; i < 10_000; i++)
      node.end(node.offer({ from: 1, to: 2, outMsat: 100_000, feeMsat: 800 }, 1000 + i), 'settled', 1001 + i);
    store.takeIn('created', node.history, { keepSince: unixSec(0) });
    expect(sumMsat((store.ledger.days().get(idOf(2)) ?? []).map(({ amount }) => amount))).toBe(satsToMsat(8000));
  });

  it('left out the fees of closes and splices', async () => {
    expect(totals(get(profitsOf(await recorded()), MUTUAL)).closeCost).toBe(195_250n);
    const store = recordedFresh();
    await runCycle(store, fixture('splices', 'moves'));
    const spliceCosts = [...profitsOf(store).values()].map((one) => totals(one).spliceCost);
    expect(sumMsat(spliceCosts)).toBe(258_000n + 269_000n + 199_000n);
  });

  it('could not keep a closed channel, for it knew it by another kind of name', async () => {
    const store = await recorded();
    const closed = get(profitsOf(store), MUTUAL);
    expect(closed.account.channelId).toMatch(/^[0-9a-f]{64}$/);
    expect(closed.name).toBe('116x1x0');
    expect(closed.account.end).toMatchObject({ state: 'closed', time: 1_795_226_858 });
    expect(totals(closed).revenue).toBeGreaterThan(0n);
  });

  it('kept nothing of a closed channel once lightningd had forgotten it', async () => {
    const store = await recorded();
    const before = get(profitsOf(store), MUTUAL);
    const forgetful = { ...modern(), listclosedchannels: () => ({ closedchannels: [] }) };
    await runCycle(store, forgetful, unixSec(RECORDED_AT + 400 * SECONDS_PER_DAY));
    const { account, metrics, name } = get(profitsOf(store), MUTUAL);
    expect({ account, totals: metrics.totals, name }).toEqual({
      account: before.account,
      totals: totals(before),
      name: '116x1x0',
    });
  });

  it('told of an unknown channel that was bleeding', async () => {
    const store = recordedFresh();
    const reader = new LedgerInMemory({ now: () => RECORDED_AT });
    reader.source = 'node';
    const nameless = { scid: null, lockedInAt: unixSec(900_000) };
    reader.facts = [facts(1), facts(2, nameless), facts(3, { ...nameless, peerId: null, state: 'CLOSED' })];
    await runLedgerCycle({ reader, ledger: store.ledger, signal: new AbortController().signal });
    // A channel that has no short name goes by its channel id, which is always there.
    expect([...profitsOf(store).values()].map(({ name }) => name)).toEqual(['101x1x0', idOf(2), idOf(3)]);
  });

  it('judged a channel by a snapshot of balances that it did not have', async () => {
    const closed = get(profitsOf(await recorded()), MUTUAL);
    // Capital comes back as it went in, so that no balance is needed to say what was earned.
    const flows = committedFlows(closed.account, RECORDED_AT);
    const { netProfit, pushed } = totalsOf(flows);
    expect(netProfit + pushed).toBe(sumMsat(flows.map(({ amount }) => amount)));
  });

  it('took closed channels for zombies', async () => {
    const { account, metrics, age } = get(profitsOf(await recorded()), MUTUAL);
    const { netProfit, totalCost } = metrics.totals;
    const input = { netProfit, totalCost, forwards: 0, ageSeconds: age + 400 * SECONDS_PER_DAY, windowSeconds: 1 };
    expect(classify({ ...input, open: true })).toBe('zombie');
    expect(classify({ ...input, open: account.end.state === 'open' })).not.toBe('zombie');
  });

  it('reckoned the age of a channel from the first block on, months off', async () => {
    const store = recordedFresh();
    const now = unixSec(1_770_000_000);
    const reader = new LedgerInMemory({ now: () => now });
    reader.source = 'node';
    reader.blockheight = 930_000;
    reader.facts = [{ ...facts(1), scid: scid('929000x1x0') }];
    await runLedgerCycle({ reader, ledger: store.ledger, signal: new AbortController().signal });
    expect(store.ledger.books()[0]?.openedAt).toEqual({ time: now - 1000 * 600, estimated: true });
  });

  it('took a call that failed for no revenue and no cost', async () => {
    const store = await recorded();
    const before = store.ledger.books();
    for (const method of [
      'help',
      'getinfo',
      'feerates',
      'listchainmoves',
      'listchannelmoves',
      'listpeerchannels',
      'listclosedchannels',
    ]) {
      const failing = { ...modern(), [method]: refusing(method, -1, 'no') };
      await expect(runCycle(store, failing), method).rejects.toThrow(NodeError);
      expect(store.ledger.books(), method).toEqual(before);
    }
  });

  const recordedFresh = (): Store => database.open(`${database.path}.other`);
  async function recordedAgain(node: Record<string, Answer>): Promise<Store> {
    const store = recordedFresh();
    await runCycle(store, node);
    return store;
  }
});

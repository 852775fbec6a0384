// Does the ledger go on where it stopped, ask no more than it must, and lose nothing to a failure?
import { describe, expect, it } from 'vitest';
import { runLedgerCycle } from '../../src/app/ledger-cycle.ts';
import { msat, scid, SECONDS_PER_DAY, unixSec } from '../../src/core/units.ts';
import { NodeError, type Store } from '../../src/ports.ts';
import { came, channel, facts, paid, peer, received, record, txid, went } from '../core/profit/ledger-rows.ts';
import { temporaryDatabase } from '../store/temporary.ts';
import { LedgerInMemory } from './ledger-in-memory.ts';
import { settle } from './manual-clock.ts';
import { alertsOf, applications, loopOf } from './setup.ts';

const NOW = unixSec(1_795_300_000);

/** A channel that we opened with a million sats for 166, and another of the peer's. */
const opening = () => [
  went({ account: 'wallet', tag: 'withdrawal', sats: 1_500_000, of: 'coins', by: 'open' }),
  came({ account: channel(1), tag: 'channel_open', sats: 1_000_000, tx: 'open', opener: true }),
  came({ account: 'wallet', tag: 'deposit', sats: 499_834, tx: 'open', output: 1 }),
  came({ account: channel(2), tag: 'channel_open', sats: 0, tx: 'theirs' }),
];

function setup(store: Store, at = NOW) {
  let now = at;
  const reader = new LedgerInMemory({ now: () => now });
  const stop = new AbortController();
  const reads: string[] = [];
  reader.onRead = (read, about) => reads.push(about === null ? read : `${read} ${about as string}`);
  return {
    reader,
    reads,
    stop,
    later: (seconds: number) => (now = unixSec(now + seconds)),
    cycle: () => runLedgerCycle({ reader, ledger: store.ledger, signal: stop.signal }),
    books: () => new Map(store.ledger.books().map((one) => [one.channelId, one])),
  };
}

const unreachable = new NodeError('unreachable', 'listchannelmoves: lightningd is not reachable');
const refused = new NodeError('refused', 'bkpr-listaccountevents: bookkeeper is confused');

describe('by the ledger of moves', () => {
  const database = temporaryDatabase();

  it('reads page by page, and the next time only what is new', async () => {
    const { reader, reads, cycle, books } = setup(database.open());
    reader.rowsPerPage = 2;
    reader.chain = opening().map((move, i) => ({ ...move, index: i + 1 }));
    reader.facts = [facts(1), facts(2, { opener: 'remote' })];
    await cycle();
    expect(reads.filter((read) => read.startsWith('readChainMoves'))).toEqual([
      'readChainMoves 0',
      'readChainMoves 2',
      'readChainMoves 4',
    ]);
    expect(books().get(channel(1))).toMatchObject({ openingFee: { amount: 166_000n }, source: 'moves' });
    expect(books().get(channel(2))).toMatchObject({ openingFee: { amount: 0n }, peerId: peer });
    reads.length = 0;
    await cycle();
    expect(reads).toEqual([
      'readBooksSource',
      'readSurroundings',
      'readChainMoves 4',
      'readChannelMoves 0',
      'readChannelFacts',
    ]);
  });

  it('goes on where a failure stopped it, and what was known before stays', async () => {
    const { reader, reads, cycle, books } = setup(database.open());
    reader.rowsPerPage = 2;
    reader.chain = opening().map((move, i) => ({ ...move, index: i + 1 }));
    reader.channel = [received('h', 2, 1000), paid('h', 1, 1010, 10)].map((move, i) => ({ ...move, index: i + 1 }));
    reader.facts = [facts(1), facts(2, { opener: 'remote' })];
    await cycle();
    const before = books();
    for (const read of [
      'readBooksSource',
      'readChainMoves',
      'readChannelMoves',
      'readChannelFacts',
      'readSurroundings',
    ] as const) {
      reader.failing.set(read, unreachable);
      await expect(cycle(), read).rejects.toBe(unreachable);
      reader.failing.clear();
      expect(books(), read).toEqual(before);
    }
    reads.length = 0;
    await cycle();
    expect(reads).toContain('readChainMoves 4');
    expect(books()).toEqual(before);
  });

  it('makes up the books at the next cycle when it was stopped between the moves and them', async () => {
    const store = database.open();
    const { reader, stop, cycle } = setup(store);
    reader.chain = opening().map((move, i) => ({ ...move, index: i + 1 }));
    reader.facts = [facts(1)];
    reader.onRead = (read) => {
      if (read === 'readChannelMoves') stop.abort();
    };
    await cycle();
    expect(store.ledger.books()).toEqual([]);
    const next = setup(store);
    Object.assign(next.reader, { chain: reader.chain, facts: reader.facts });
    await next.cycle();
    expect(next.books().get(channel(1))?.openingFee.amount).toBe(166_000n);
  });

  it('keeps a closed channel that the node forgets', async () => {
    const { reader, cycle, books } = setup(database.open());
    reader.chain = [
      ...opening(),
      went({ account: channel(1), tag: 'channel_close', sats: 900_000, of: 'open', by: 'end', outputs: 2, at: 9000 }),
      came({ account: 'wallet', tag: 'deposit', sats: 899_000, tx: 'end' }),
      came({ account: 'external', tag: 'to_them', sats: 100_000, tx: 'end', output: 1 }),
    ].map((move, i) => ({ ...move, index: i + 1 }));
    reader.facts = [facts(1, { state: 'ONCHAIN' })];
    await cycle();
    expect(books().get(channel(1))?.closing).toMatchObject({ fee: { amount: 1_000_000n }, resolved: false });
    reader.facts = [facts(1, { state: 'CLOSED' })];
    await cycle();
    const closed = books().get(channel(1));
    expect(closed?.closing).toMatchObject({ time: 9000, resolved: true });
    // listclosedchannels forgets nothing today, but it is not what we rely on.
    reader.facts = [];
    await cycle();
    expect(books().get(channel(1))).toEqual(closed);
  });

  it('passes over accounts that are no channel', async () => {
    const { reader, cycle, books } = setup(database.open());
    reader.chain = [came({ account: 'my savings', tag: 'deposit', sats: 5, tx: 'x' })];
    await cycle();
    expect(books().size).toBe(0);
  });
});

describe("by bookkeeper's accounts", () => {
  const database = temporaryDatabase();
  const bookkeeper = (store: Store) => {
    const all = setup(store);
    all.reader.source = 'bookkeeper';
    all.reader.facts = [facts(1), facts(2)];
    all.reader.accounts.set(channel(1), record(1, { source: 'bookkeeper' }));
    all.reader.accounts.set(channel(2), record(2, { source: 'bookkeeper' }));
    const asked = () => all.reads.filter((read) => read.startsWith('readAccount')).map((read) => read.slice(-1));
    return { ...all, asked };
  };

  it('asks for each once, and again only when its state has changed', async () => {
    const { reader, cycle, asked, books } = bookkeeper(database.open());
    await cycle();
    await cycle();
    expect(asked()).toEqual(['1', '2']);
    expect(books().get(channel(2))).toMatchObject({ openingFee: { amount: 166_000n }, source: 'bookkeeper' });
    reader.facts = [facts(1), facts(2, { state: 'CHANNELD_SHUTTING_DOWN' })];
    await cycle();
    expect(asked()).toEqual(['1', '2', '2']);
  });

  it('asks again after a splice that it saw nothing of', async () => {
    const { reader, cycle, asked } = bookkeeper(database.open());
    await cycle();
    reader.facts = [facts(1, { scid: scid('950x1x0') }), facts(2)];
    await cycle();
    expect(asked()).toEqual(['1', '2', '1']);
  });

  it('asks again a day later while sweeps bring the money home', async () => {
    const { reader, later, cycle, asked } = bookkeeper(database.open());
    reader.facts = [facts(1, { state: 'ONCHAIN' })];
    await cycle();
    later(60);
    await cycle();
    expect(asked()).toEqual(['1']);
    later(SECONDS_PER_DAY);
    await cycle();
    expect(asked()).toEqual(['1', '1']);
  });

  it('asks a new channel again until the fee of its opening is booked', async () => {
    const { reader, later, cycle, asked, books } = bookkeeper(database.open());
    const young = record(1).chain.map((move) => ({ ...move, time: NOW }));
    reader.facts = [facts(1)];
    reader.accounts.set(channel(1), record(1, { chain: young, fees: new Map(), source: 'bookkeeper' }));
    await cycle();
    expect(books().get(channel(1))?.openingFee.estimated).toBe(true);
    later(3600);
    reader.accounts.set(channel(1), record(1, { chain: young, source: 'bookkeeper' }));
    await cycle();
    await cycle();
    expect(books().get(channel(1))?.openingFee).toEqual({ amount: 166_000n, estimated: false });
    expect(asked()).toEqual(['1', '1']);
  });

  it('does not ask for a channel that is not open yet', async () => {
    const { reader, cycle, asked } = bookkeeper(database.open());
    reader.facts = [facts(1, { state: 'CHANNELD_AWAITING_LOCKIN' })];
    await cycle();
    expect(asked()).toEqual([]);
  });

  it('reads the others when one account cannot be read, and says so', async () => {
    const { reader, cycle, books, asked } = bookkeeper(database.open());
    reader.onRead = (read, about) => {
      if (read === 'readAccount' && about === channel(1)) throw refused;
    };
    await expect(cycle()).rejects.toBe(refused);
    expect([...books().keys()]).toEqual([channel(2)]);
    reader.onRead = () => undefined;
    await cycle();
    expect(books().size).toBe(2);
    expect(asked()).toEqual([]);
  });

  it('stops asking when the node is gone', async () => {
    const { reader, cycle, books } = bookkeeper(database.open());
    reader.failing.set('readAccount', unreachable);
    await expect(cycle()).rejects.toBe(unreachable);
    expect(books().size).toBe(0);
  });

  it('takes self-payments from the list of payments, those that are known left out', async () => {
    const store = database.open();
    const { reader, cycle } = bookkeeper(store);
    const payment = (hash: string) => ({
      paymentHash: txid(hash),
      part: 0,
      outChannel: channel(1),
      inChannel: channel(2),
      amount: msat(5),
      fee: msat(1),
      time: NOW,
    });
    reader.payments = [payment('one')];
    await cycle();
    reader.payments = [payment('one'), payment('two')];
    await cycle();
    expect(store.ledger.selfPayments()).toHaveLength(2);
  });

  it('asks again for a day by which channels a payment went', async () => {
    const store = database.open();
    const { reader, later, cycle } = bookkeeper(store);
    const payment = { paymentHash: txid('one'), part: 0, amount: msat(5), fee: msat(1), time: NOW };
    reader.payments = [{ ...payment, outChannel: null, inChannel: null }];
    await cycle();
    later(3600);
    reader.payments = [{ ...payment, outChannel: channel(1), inChannel: channel(2) }];
    await cycle();
    expect(store.ledger.selfPayments()).toEqual(reader.payments);
    reader.payments = [
      {
        ...payment,
        outChannel: null,
        inChannel: null,
        paymentHash: txid('old'),
        time: unixSec(NOW - 2 * SECONDS_PER_DAY),
      },
    ];
    await cycle();
    reader.payments = [{ ...payment, outChannel: channel(1), inChannel: channel(2), paymentHash: txid('old') }];
    await cycle();
    expect(store.ledger.selfPayments()[0]?.inChannel).toBeNull();
  });
});

describe('in the application', () => {
  const { started, setup: prepared } = applications();

  it('runs at the start, with the flow interval, and when a channel changes', async () => {
    // The loops that act read the costs of closing too.
    const never = { feeInterval: 10_000, rebalanceInterval: 10_000 };
    const { app, accounts, clock, run } = await started({ flowInterval: 1000, ...never });
    const cycles: string[] = [];
    accounts.onRead = (read) => cycles.push(read);
    expect(loopOf(await run('revenue-status'), 'accounts')).toMatchObject({
      last_outcome: 'ok',
      interval_seconds: 1000,
    });
    app.onChannelsChanged();
    await settle();
    const once = cycles.length;
    expect(once).toBeGreaterThan(0);
    await clock.advance(1000);
    await settle();
    expect(cycles.length).toBe(2 * once);
  });

  it('shows a failed read, and what depends on the forwards goes on', async () => {
    const { app, accounts, run } = prepared();
    accounts.failing.set('readChainMoves', unreachable);
    app.start();
    await settle();
    const status = await run('revenue-status');
    expect(alertsOf(status)).toEqual(
      ['accounts', 'fees', 'rebalance'].map((loop) => `loop ${loop} failed once, last: ${unreachable.message}`),
    );
    expect(loopOf(status, 'flow')).toMatchObject({ last_outcome: 'ok' });
  });

  it('runs while paused: it changes nothing', async () => {
    const { accounts, app, run } = await started();
    await run('revenue-pause');
    let read = false;
    accounts.onRead = () => (read = true);
    app.onChannelsChanged();
    await settle();
    expect(read).toBe(true);
  });
});

// A node with years behind it, made up: what benchmarks of commands and pages ask, but for lightningd's own time.
import { Clboss } from '../src/app/clboss.ts';
import { exclusive } from '../src/app/exclusive.ts';
import { Intake } from '../src/app/intake.ts';
import { Rebalancer } from '../src/app/rebalance/rebalancer.ts';
import { runLedgerCycle } from '../src/app/ledger-cycle.ts';
import type { CommandContext } from '../src/app/commands/context.ts';
import { DEFAULTS } from '../src/core/config/validate.ts';
import type { Forward } from '../src/core/forward.ts';
import type { ChainMove, ChannelFacts } from '../src/core/profit/books-moves.ts';
import type { SelfPayment } from '../src/core/profit/books.ts';
import type { ChannelView, NodeSnapshot } from '../src/core/snapshot.ts';
import { channelId, msat, nodeId, ppm, satsToMsat, scid, unixSec, type UnixNs } from '../src/core/units.ts';
import { NodeError, type LedgerReader, type NodeReader, type Store } from '../src/ports.ts';

export interface Sizes {
  readonly forwards: number;
  readonly channels: number;
  readonly days: number;
}

/** Any time will do; a fixed one makes runs alike. */
export const END = 1_800_000_000;
const BATCH = 10_000;
/** Coprime with any number of channels below it, so that every channel has its turn. */
const STRIDE = 7919;

export const idOf = (channel: number) => channelId(channel.toString(16).padStart(64, '0'));
export const peerOf = (channel: number) => nodeId(`02${channel.toString(16).padStart(64, '5')}`);
export const scidOf = (channel: number) => scid(`${String(700_000 + channel)}x1x0`);

export interface MadeNode {
  readonly channels: readonly number[];
  readonly forward: (index: number, time: number) => Forward;
  /** As intake leaves it: forwards in the rollups, and a rebalance a week into every tenth channel. */
  readonly fill: (into: Store) => void;
  readonly contextOf: (from: Store) => CommandContext;
}

export function madeNode(sizes: Sizes): MadeNode {
  const START = END - sizes.days * 86_400;
  const channels = Array.from({ length: sizes.channels }, (_, i) => i);

  function forward(index: number, time: number): Forward {
    const into = (index * STRIDE) % sizes.channels;
    const fee = msat(1000 + ((index * STRIDE) % 9000));
    const out = msat(10_000_000 + ((index * 7_368_787) % 500_000_000));
    return {
      createdIndex: index,
      updatedIndex: index,
      inChannel: scidOf(into),
      inHtlcId: BigInt(index),
      inMsat: msat(out + fee),
      outChannel: scidOf((into + 1 + (Math.floor(index / sizes.channels) % (sizes.channels - 1))) % sizes.channels),
      outMsat: out,
      feeMsat: fee,
      status: 'settled',
      failcode: null,
      receivedNs: (BigInt(time) * 1_000_000_000n) as UnixNs,
      resolvedNs: (BigInt(time) * 1_000_000_000n) as UnixNs,
    };
  }

  /** As intake leaves it: forwards in the rollups, and a rebalance a week into every tenth channel. */
  function fill(into: Store): void {
    into.rememberChannels(channels.map(identity), unixSec(START));
    for (let first = 1; first <= sizes.forwards; first += BATCH) {
      const count = Math.min(BATCH, sizes.forwards - first + 1);
      const batch = Array.from({ length: count }, (_, i) => {
        const index = first + i;
        return forward(index, START + 1 + Math.floor((index / sizes.forwards) * sizes.days * 86_400 * 0.9999));
      });
      into.takeIn('created', batch, { keepSince: unixSec(END), cursors: { created: first + count - 1 } });
    }
    into.ledger.takeInSelfPayments({
      moves: channels.filter((i) => i % 10 === 0).flatMap(refills),
      cursor: 0,
      last: true,
    });
  }

  const identity = (i: number) => ({
    channelId: idOf(i),
    peerId: peerOf(i),
    scids: [scidOf(i)],
    capacity: satsToMsat(10_000_000),
    closed: false,
  });

  const refills = (i: number): SelfPayment[] =>
    Array.from({ length: Math.floor(sizes.days / 7) }, (_, week) => ({
      paymentHash: `${String(i)}-${String(week)}`,
      part: 0,
      outChannel: idOf((i + 1) % sizes.channels),
      inChannel: idOf(i),
      amount: satsToMsat(500_000),
      fee: satsToMsat(50),
      time: unixSec(START + (week * 7 + 1) * 86_400),
    }));

  const view = (i: number): ChannelView => ({
    channelId: idOf(i),
    peerId: peerOf(i),
    peerAlias: `peer ${String(i)}`,
    scid: scidOf(i),
    alias: null,
    state: 'CHANNELD_NORMAL',
    connected: true,
    private: false,
    opener: 'local',
    capacity: satsToMsat(10_000_000),
    toUs: satsToMsat(5_000_000),
    spendable: satsToMsat(4_900_000),
    receivable: satsToMsat(4_900_000),
    ourReserve: satsToMsat(100_000),
    theirReserve: satsToMsat(100_000),
    feeBase: msat(0),
    feePpm: ppm(250),
    htlcMin: msat(1),
    htlcMax: satsToMsat(9_900_000),
    remote: null,
  });

  const facts = (i: number): ChannelFacts => ({
    channelId: idOf(i),
    peerId: peerOf(i),
    scid: scidOf(i),
    aliases: [],
    opener: 'local',
    state: 'CHANNELD_NORMAL',
    capacity: satsToMsat(10_000_000),
    funding: satsToMsat(10_000_000),
    pushed: msat(0),
    lease: msat(0),
    lockedInAt: unixSec(START),
    endedAt: null,
    lastTransactionFee: null,
  });

  /** An opening from the wallet, with change, 500 sats of fees. */
  function opening(i: number): ChainMove[] {
    const [txid, before] = [i, i + sizes.channels].map((n) => n.toString(16).padStart(64, '0'));
    const move = {
      tag: 'deposit',
      opener: false,
      time: unixSec(START),
      spentBy: null,
      outputCount: null,
      peerId: null,
    };
    const none = msat(0);
    const rows: Omit<ChainMove, 'index'>[] = [
      {
        ...move,
        account: 'wallet',
        credit: none,
        debit: satsToMsat(15_000_000),
        tag: 'withdrawal',
        outpoint: `${before ?? ''}:0`,
        spentBy: txid ?? '',
      },
      { ...move, account: 'wallet', credit: satsToMsat(4_999_500), debit: none, outpoint: `${txid ?? ''}:1` },
      {
        ...move,
        account: idOf(i),
        credit: satsToMsat(10_000_000),
        debit: none,
        tag: 'channel_open',
        opener: true,
        outpoint: `${txid ?? ''}:0`,
        peerId: peerOf(i),
      },
    ];
    return rows.map((row, n) => ({ index: 3 * i + n + 1, ...row }));
  }

  const silent = (): void => undefined;
  const quiet = { debug: silent, info: silent, warn: silent, error: silent };
  const never = (): never => {
    throw new NodeError('refused', 'not part of what is measured');
  };
  const unused = (): Promise<never> => Promise.reject(new NodeError('refused', 'not part of what is measured'));

  function nodeReader(from: Store): NodeReader {
    const snapshot: NodeSnapshot = {
      takenAt: unixSec(END),
      nodeId: peerOf(0),
      version: 'v26.06.6',
      network: 'bitcoin',
      blockheight: 1_000_000,
      synced: true,
      feesCollected: msat(0),
      channels: channels.map(view),
    };
    return {
      readSnapshot: () => Promise.resolve(snapshot),
      readChannelIdentities: unused,
      // All forwards that there are have been taken in.
      readForwardIndexes: () => Promise.resolve(from.cursors()),
      readForwards: unused,
      readAllForwards: unused,
      readRoutedMoves: unused,
      readOnchainFunds: unused,
      readCommandNames: unused,
    };
  }

  function ledgerReader(): LedgerReader {
    const moves = channels.flatMap(opening);
    const listed = channels.map(facts);
    const page = <Move extends { readonly index: number }>(all: readonly Move[], cursor: number) =>
      Promise.resolve({ moves: all.filter(({ index }) => index > cursor), cursor: all.length, last: true });
    return {
      readBooksSource: () => Promise.resolve('moves'),
      readChannelFacts: () => Promise.resolve(listed),
      readSurroundings: () =>
        Promise.resolve({ now: unixSec(END), blockheight: 1_000_000, openingFee: satsToMsat(500) }),
      readOnchainFees: () => Promise.resolve({ opening: satsToMsat(500), mutualClose: satsToMsat(300) }),
      readChainMoves: (cursor) => page(moves, cursor),
      readChannelMoves: (cursor) => Promise.resolve({ moves: [], cursor, last: true }),
      readAccount: unused,
      readSelfPayments: unused,
    };
  }

  function contextOf(from: Store): CommandContext {
    const accounts = ledgerReader();
    const signal = new AbortController().signal;
    const node = nodeReader(from);
    const clock = { now: () => unixSec(END), sleep: () => Promise.resolve() };
    const retentionDays = () => DEFAULTS.forwardsRetentionDays;
    // The real one, though it finds nothing: what it does to what the store keeps in memory is part of the time.
    const intake = new Intake({ reader: node, store: from, clock, log: quiet, retentionDays });
    const clboss = new Clboss({
      clboss: { readClboss: unused, replaceTags: unused },
      fees: from.fees,
      log: quiet,
      enabled: () => false,
    });
    return {
      version: 'bench',
      node,
      accounts,
      fees: { setFee: unused, readFees: unused, readFeesToward: unused },
      clboss,
      rebalancer: new Rebalancer({
        ...{ node, accounts, store: from, clboss, clock, log: quiet, rng: { next: never }, config: () => DEFAULTS },
        rebalancing: {
          payments: { readByHash: unused, readPaymentsIndex: unused, readSince: unused },
          unclean: false,
          ...{ available: () => new Set(), driver: never, sweep: unused, namedOrders: unused, conflicts: unused },
        },
        ...{ exclusive: exclusive(), catchUp: unused, takeInAccounts: unused, restraint: never, stopping: signal },
      }),
      exclusive: exclusive(),
      backtester: { backtest: never },
      stopping: signal,
      log: quiet,
      store: from,
      clock,
      config: () => DEFAULTS,
      nodeId: () => peerOf(0),
      readiness: () => ({ phase: 'ready' }),
      loops: () => [],
      catchUp: async () => {
        await intake.catchUp(signal);
      },
      takeInAccounts: () => runLedgerCycle({ reader: accounts, ledger: from.ledger, signal }),
      retime: () => undefined,
      legacyOptionsSet: [],
      notices: () => [],
      startedAt: () => null,
    };
  }

  return { channels, forward, fill, contextOf };
}

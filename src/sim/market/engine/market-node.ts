// What does the plugin's rebalancing ask of a node in the market? The engine's figures in lightningd's terms.
import type { ChannelView, NodeSnapshot } from '../../../core/snapshot.ts';
import { msat, ppm, unixSec, ZERO_MSAT, type Msat, type UnixSec } from '../../../core/units.ts';
import { NodeError, type ChannelIdentity, type Clock, type LedgerReader, type NodeReader } from '../../../ports.ts';
import type { CircularRoutes } from './circular-routes.ts';
import { channelOf, OWN_ID, peerOf, scidOf } from '../plugin/identities.ts';
import type { NodeEngine } from './node-engine.ts';
import { feerateAt } from '../demand/storm.ts';

/** At 5 sat/vB: 140 vB to open and 200 vB to close (the seed's figures, python-original 1.3). */
export const OPENING_FEE = msat(700_000);
const OPENING_VBYTES = 140;
const CLOSING_VBYTES = 200;
/** Twice the default reserve, so that it is the channels' liquidity that counts. */
const ONCHAIN_FUNDS = msat(2_000_000_000);
const BLOCKHEIGHT = 930_000;

/** Time is the engine's: it passes only where something is done. */
export class MarketClock implements Clock {
  readonly #engine: NodeEngine;
  constructor(engine: NodeEngine) {
    this.#engine = engine;
  }
  now(): UnixSec {
    return unixSec(Math.floor(this.#engine.now));
  }
  sleep(seconds: number): Promise<void> {
    this.#engine.advanceTo(this.#engine.now + seconds);
    return Promise.resolve();
  }
}

/** What nobody asks here: the books are MarketBooks, so that nothing is read twice. */
function absent<T>(what: string): Promise<T> {
  return Promise.reject(new NodeError('unknown-command', `${what}: the market has no such list`));
}

const LEAST = msat(1);

/** All of a channel that can change. */
interface Seen {
  readonly local: number;
  readonly spendable: number;
  readonly receivable: number;
  readonly feePpm: number;
  readonly lastHopPpm: number;
  readonly connected: boolean;
}

/** Every channel is open, confirmed and public all the time. */
export class MarketNode implements NodeReader, LedgerReader {
  readonly #engine: NodeEngine;
  readonly #routes: CircularRoutes;
  readonly #clock: MarketClock;
  readonly #views: { readonly seen: Seen; readonly view: ChannelView }[] = [];

  constructor(engine: NodeEngine, routes: CircularRoutes, clock: MarketClock) {
    this.#engine = engine;
    this.#routes = routes;
    this.#clock = clock;
  }

  readSnapshot(): Promise<NodeSnapshot> {
    return Promise.resolve({
      takenAt: this.#clock.now(),
      nodeId: OWN_ID,
      version: 'v26.06',
      network: 'regtest',
      blockheight: BLOCKHEIGHT,
      synced: true,
      feesCollected: msat(this.#engine.totals.feesMsat),
      channels: this.#engine.capacityMsat.map((_, k) => this.#channel(k)),
    });
  }

  /** The same view as before as long as nothing has changed. */
  #channel(k: number): ChannelView {
    const engine = this.#engine;
    const before = this.#views[k];
    const local = engine.localMsat(k);
    const spendable = engine.spendableMsat(k);
    const receivable = engine.receivableMsat(k);
    const feePpm = engine.feePpm(k);
    const lastHopPpm = this.#routes.lastHopPpm(k);
    const connected = engine.online(k);
    if (
      before?.seen.local === local &&
      before.seen.spendable === spendable &&
      before.seen.receivable === receivable &&
      before.seen.feePpm === feePpm &&
      before.seen.lastHopPpm === lastHopPpm &&
      before.seen.connected === connected
    )
      return before.view;
    const seen = { local, spendable, receivable, feePpm, lastHopPpm, connected };
    const view = this.#viewOf(k, seen);
    this.#views[k] = { seen, view };
    return view;
  }

  #viewOf(k: number, { local, spendable, receivable, feePpm, lastHopPpm, connected }: Seen): ChannelView {
    const engine = this.#engine;
    const capacity = msat(engine.capacityMsat[k] ?? 0);
    const reserve = msat(engine.reserveMsat[k] ?? 0);
    return {
      channelId: channelOf(k),
      peerId: peerOf(k),
      peerAlias: null,
      scid: scidOf(k),
      alias: null,
      state: 'CHANNELD_NORMAL',
      connected,
      private: false,
      opener: 'local',
      capacity,
      toUs: msat(local),
      spendable: msat(spendable),
      receivable: msat(receivable),
      ourReserve: reserve,
      theirReserve: reserve,
      feeBase: ZERO_MSAT,
      feePpm: ppm(feePpm),
      htlcMin: LEAST,
      htlcMax: capacity,
      remote: {
        baseMsat: ZERO_MSAT,
        htlcMinMsat: LEAST,
        htlcMaxMsat: capacity,
        cltvDelta: 34,
        feePpm: ppm(lastHopPpm),
      },
    };
  }

  readChannelIdentities(): Promise<readonly ChannelIdentity[]> {
    return Promise.resolve(
      this.#engine.capacityMsat.map((capacity, k) => ({
        channelId: channelOf(k),
        peerId: peerOf(k),
        scids: [scidOf(k)],
        capacity: msat(capacity),
        closed: false,
      })),
    );
  }

  readOnchainFunds(): Promise<Msat> {
    return Promise.resolve(ONCHAIN_FUNDS);
  }
  readCommandNames(): Promise<ReadonlySet<string>> {
    return Promise.resolve(new Set());
  }
  readOnchainFees(): Promise<{ readonly opening: Msat; readonly mutualClose: Msat }> {
    const msatPerVbyte = 1000 * feerateAt(this.#engine.market, this.#engine.now);
    return Promise.resolve({
      opening: msat(OPENING_VBYTES * msatPerVbyte),
      mutualClose: msat(CLOSING_VBYTES * msatPerVbyte),
    });
  }

  readForwardIndexes = (): Promise<never> => absent('forwards');
  readForwards = (): Promise<never> => absent('forwards');
  readAllForwards = (): Promise<never> => absent('forwards');
  readRoutedMoves = (): Promise<never> => absent('routed payments');
  readBooksSource = (): Promise<never> => absent('books');
  readChannelFacts = (): Promise<never> => absent('facts of channels');
  readSurroundings = (): Promise<never> => absent('surroundings');
  readChainMoves = (): Promise<never> => absent('moves on chain');
  readChannelMoves = (): Promise<never> => absent('moves in channels');
  readAccount = (): Promise<never> => absent('accounts');
  readSelfPayments = (): Promise<never> => absent('payments');
}

// A node to rebalance: channels with plain defaults, each with a peer of its own.
import { bidPrice } from '../../../src/core/fee/bid-price.ts';
import type { BidPrice } from '../../../src/core/fee/types.ts';
import type { Capital } from '../../../src/core/rebalance/guard.ts';
import type { Intent } from '../../../src/core/rebalance/intent.ts';
import type { PlanChannel, PlanInput } from '../../../src/core/rebalance/plan-types.ts';
import type { OrderEnd, SelfPaymentRow } from '../../../src/core/rebalance/types.ts';
import {
  channelId,
  msat,
  nodeId,
  ppm,
  satsToMsat,
  scid,
  unixSec,
  ZERO_MSAT,
  type ChannelId,
  type Msat,
  type NodeId,
  type UnixSec,
} from '../../../src/core/units.ts';

export const NOW = unixSec(1_795_000_000);
export const later = (seconds: number): UnixSec => unixSec(NOW + seconds);
export const chan = (n: number): ChannelId => channelId(String(n).padStart(64, '0'));
export const peer = (n: number): NodeId => nodeId(`02${String(n).padStart(64, '0')}`);
export const sats = satsToMsat;

export interface ChannelSpec {
  readonly n: number;
  readonly peer?: number;
  readonly capacitySats?: number;
  /** Our share of the capacity. */
  readonly share?: number;
  readonly feePpm?: number;
  /** What the peer asks for the last hop toward us; null: not known. */
  readonly peerFeePpm?: number | null;
  readonly dailyOutSats?: number | null;
  readonly view?: Partial<PlanChannel['view']>;
  readonly lots?: { readonly sats: number; readonly costSats: number };
}

/** 10 million sats; balanced; sells a tenth of itself a day for 1000 ppm; the peer asks 100 ppm. */
export function planChannel(spec: ChannelSpec, changes: Partial<PlanChannel> = {}): PlanChannel {
  const { n, capacitySats = 10_000_000, share = 0.5, feePpm = 1000, peerFeePpm = 100, lots } = spec;
  const capacity = sats(capacitySats);
  const toUs = sats(Math.round(capacitySats * share));
  const hundredth = msat(capacity / 100n);
  const less = (amount: Msat): Msat => msat(amount > hundredth ? amount - hundredth : 0n);
  const daily = spec.dailyOutSats === undefined ? capacitySats / 10 : spec.dailyOutSats;
  return {
    view: {
      channelId: chan(n),
      peerId: peer(spec.peer ?? n),
      peerAlias: null,
      scid: scid(`800000x${n}x0`),
      alias: null,
      state: 'CHANNELD_NORMAL',
      connected: true,
      private: false,
      opener: 'local',
      capacity,
      toUs,
      spendable: less(toUs),
      receivable: less(msat(capacity - toUs)),
      ourReserve: hundredth,
      theirReserve: hundredth,
      feeBase: ZERO_MSAT,
      feePpm: ppm(feePpm),
      htlcMin: msat(1),
      htlcMax: less(capacity),
      remote:
        peerFeePpm === null
          ? null
          : {
              baseMsat: ZERO_MSAT,
              feePpm: ppm(peerFeePpm),
              htlcMinMsat: msat(1),
              htlcMaxMsat: less(capacity),
              cltvDelta: 40,
            },
      ...spec.view,
    },
    flow: 'balanced',
    dailyOutMsat: daily === null ? null : daily * 1000,
    returns: {
      profitClass: 'profitable',
      netProfitMsat: sats(1000),
      totalCostMsat: sats(500),
      openingCostMsat: sats(500),
    },
    lots: { remainingMsat: sats(lots?.sats ?? 0), costMsat: sats(lots?.costSats ?? 0) },
    policy: 'both',
    ...changes,
  };
}

/** The bid price that pricing would make of the channels' balance; `slow` in multiples of the scale. */
export const priceOf = (share: number, scale = 1500, slow = 0): BidPrice => bidPrice(slow, share, scale);

/** A price that hardly depends on the balance. */
export const flatPrice = (value: number): BidPrice => ({ price: value, scale: 1e-6, slow: value, level: 0 });

export const CAPITAL: Capital = {
  dailyBudgetMsat: sats(5000),
  minReserveMsat: sats(1_000_000),
  spending: { spentMsat: ZERO_MSAT, reservedMsat: ZERO_MSAT },
  funds: { onchainMsat: sats(2_000_000), channelsMsat: sats(100_000_000) },
};

/** Prices as pricing makes them where none are given: one per peer, by the share of all its channels. */
export function input(channels: readonly PlanChannel[], changes: Partial<PlanInput> = {}): PlanInput {
  const totals = new Map<NodeId, [local: number, capacity: number]>();
  for (const { view } of channels) {
    const [local, capacity] = totals.get(view.peerId) ?? [0, 0];
    totals.set(view.peerId, [local + Number(view.toUs), capacity + Number(view.capacity)]);
  }
  return {
    now: NOW,
    synced: true,
    channels,
    prices: new Map([...totals].map(([id, [local, capacity]]) => [id, priceOf(local / capacity)])),
    traffic: new Map(),
    paid: [],
    open: [],
    ways: new Map(),
    waysAsOf: NOW,
    failures: new Map(),
    capital: CAPITAL,
    minProfitMsat: sats(10),
    maxOrders: 10,
    ...changes,
  };
}

export const end = (n: number): OrderEnd => ({ channelId: chan(n), scid: scid(`800000x${n}x0`), peerId: peer(n) });

export const hash = (n: number): string => n.toString(16).padStart(64, 'a');

/** Dispatched by native a minute ago, 500,000 sats from 1 to 2 for at most 300. */
export const intent = (changes: Partial<Intent> = {}): Intent => ({
  id: 'r1',
  state: 'dispatched',
  driver: 'native',
  manual: false,
  from: end(1),
  to: end(2),
  amountMsat: sats(500_000),
  maxFeeMsat: sats(300),
  expectedFeeMsat: sats(120),
  expectedProfitMsat: sats(150),
  plannedAt: later(-61),
  dispatchedAt: later(-60),
  deadline: later(60),
  paymentsBefore: 10,
  paymentHashes: [hash(1)],
  movedMsat: ZERO_MSAT,
  feeMsat: ZERO_MSAT,
  endedAt: null,
  failure: null,
  message: null,
  ...changes,
});

/** Complete, 500,000 sats from 1 to 2 for 100 sats. */
export const row = (changes: Partial<SelfPaymentRow> = {}): SelfPaymentRow => ({
  paymentHash: hash(1),
  createdIndex: 11,
  status: 'complete',
  amountMsat: sats(500_000),
  amountSentMsat: sats(500_100),
  createdAt: later(-59),
  completedAt: later(-50),
  label: null,
  outChannel: chan(1),
  inChannel: chan(2),
  ...changes,
});

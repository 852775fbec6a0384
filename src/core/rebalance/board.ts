// What do the channels hold once everything in flight and planned in this cycle is counted?
import { bidPrice } from '../fee/bid-price.ts';
import type { BidPrice } from '../fee/types.ts';
import { msat, negMsat, type ChannelId, type Msat, type NodeId } from '../units.ts';
import type { OpenRebalance, PlanChannel, PlanInput } from './plan-types.ts';

/** The bid price of a peer's channels as a function of what they hold. */
interface PriceCurve {
  readonly price: BidPrice;
  /** The share at which `price` was made: less than the balance's own where a drain is under way. */
  readonly share: number;
  readonly capacityMsat: number;
  /** Moved since, msat. */
  moved: number;
}

/** Halvings of [0, 1]: exact to 1e-9, far below what a sat moves. */
const BISECTIONS = 30;

/** The price's level part falls as the share rises; the share at which it is what it is. */
function shareOf({ level, scale }: BidPrice): number {
  let low = 0;
  let high = 1;
  for (let i = 0; i < BISECTIONS; i++) {
    const middle = (low + high) / 2;
    if (bidPrice(0, middle, scale).level > level) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Balances and prices that move with every order that is planned. */
export class Board {
  readonly #moved = new Map<ChannelId, bigint>();
  readonly #curves = new Map<NodeId, PriceCurve>();
  readonly #busy = new Set<string>();
  readonly #channels: ReadonlyMap<ChannelId, PlanChannel>;

  constructor({ channels, prices, open }: Pick<PlanInput, 'channels' | 'prices' | 'open'>) {
    this.#channels = new Map(channels.map((channel) => [channel.view.channelId, channel]));
    const capacities = new Map<NodeId, number>();
    for (const { view } of channels)
      capacities.set(view.peerId, (capacities.get(view.peerId) ?? 0) + Number(view.capacity));
    for (const [peer, capacityMsat] of capacities) {
      const price = prices.get(peer);
      if (price !== undefined && price.scale > 0 && capacityMsat > 0)
        this.#curves.set(peer, { price, share: shareOf(price), capacityMsat, moved: 0 });
    }
    for (const rebalance of open) this.move(rebalance);
  }

  /** Counts an amount as gone from the one and arrived in the other. */
  move({ from, to, amountMsat }: OpenRebalance): void {
    this.#busy.add(`${from}>${to}`);
    this.#shift(from, negMsat(amountMsat));
    this.#shift(to, amountMsat);
  }

  #shift(id: ChannelId, amount: bigint): void {
    this.#moved.set(id, (this.#moved.get(id) ?? 0n) + amount);
    const peer = this.#channels.get(id)?.view.peerId;
    const curve = peer === undefined ? undefined : this.#curves.get(peer);
    if (curve !== undefined) curve.moved += Number(amount);
  }

  /** Whether a rebalance of this very pair has not ended. */
  isBusy(from: ChannelId, to: ChannelId): boolean {
    return this.#busy.has(`${from}>${to}`);
  }

  local({ view }: PlanChannel): Msat {
    return msat(view.toUs + (this.#moved.get(view.channelId) ?? 0n));
  }

  /** Never more than now: what is to arrive is not there yet. */
  spendable({ view }: PlanChannel): Msat {
    const moved = this.#moved.get(view.channelId) ?? 0n;
    return moved < 0n ? msat(view.spendable + moved) : view.spendable;
  }

  /** Never more than now: what is to leave has not left yet. */
  receivable({ view }: PlanChannel): Msat {
    const moved = this.#moved.get(view.channelId) ?? 0n;
    return moved > 0n ? msat(view.receivable - moved) : view.receivable;
  }

  hasPrice({ view }: PlanChannel): boolean {
    return this.#curves.has(view.peerId);
  }

  /** Bid price, ppm, once the peer's channels hold so much more; 0 where there is none. */
  priceAfter({ view }: PlanChannel, amountMsat: number): number {
    const curve = this.#curves.get(view.peerId);
    if (curve === undefined) return 0;
    const { price, share, capacityMsat, moved } = curve;
    const after = Math.max(0, Math.min(1, share + (moved + amountMsat) / capacityMsat));
    return bidPrice(price.slow / price.scale, after, price.scale).price;
  }
}

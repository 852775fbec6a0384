// What do the channels hold once everything in flight and planned in this cycle is counted?
import { bidPrice } from '../fee/bid-price.ts';
import type { BidPrice } from '../fee/types.ts';
import { msatToFloat, type ChannelId, type NodeId } from '../units.ts';
import type { OpenRebalance, PlanChannel, PlanInput } from './plan-types.ts';
import { targetOf } from './target.ts';
import { lean, type Traffic } from './traffic.ts';

/** The bid price of a peer's channels as a function of what they hold. */
interface PriceCurve {
  readonly price: BidPrice;
  /** The share at which `price` was made: less than the balance's own where a drain is under way. */
  readonly share: number;
  readonly capacityMsat: number;
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

/** What bounds a payment at one channel, msat; exact, since no channel holds 2^53 of them. */
export interface Figures {
  readonly capacity: number;
  readonly local: number;
  /** What is to be ours. */
  readonly target: number;
  /** What it misses of its target, and what it has beyond it; one of the two is not above 0. */
  readonly missing: number;
  readonly excess: number;
  /** Never more than now: what is to arrive is not there yet. */
  readonly spendable: number;
  /** Never more than now: what is to leave has not left yet. */
  readonly receivable: number;
}

/** Balances and prices that move with every order that is planned. */
export class Board {
  readonly #moved = new Map<ChannelId, number>();
  /** Msat that the peer's channels hold more than at first. */
  readonly #gained = new Map<NodeId, number>();
  readonly #prices: PlanInput['prices'];
  readonly #traffic: PlanInput['traffic'];
  readonly #capacities = new Map<NodeId, number>();
  readonly #curves = new Map<NodeId, PriceCurve | null>();
  readonly #busy = new Map<ChannelId, Set<ChannelId>>();
  readonly #figures = new Map<ChannelId, Figures>();
  readonly #channels: PlanInput['channels'];
  /** Made once something moves. */
  #peers: ReadonlyMap<ChannelId, NodeId> | null = null;

  constructor({ channels, prices, traffic, open }: Pick<PlanInput, 'channels' | 'prices' | 'traffic' | 'open'>) {
    this.#channels = channels;
    this.#prices = prices;
    this.#traffic = traffic;
    for (const { view } of channels)
      this.#capacities.set(view.peerId, (this.#capacities.get(view.peerId) ?? 0) + Number(view.capacity));
    for (const rebalance of open) this.move(rebalance);
  }

  /** Counts an amount as gone from the one and arrived in the other. */
  move({ from, to, amountMsat }: OpenRebalance): void {
    this.#busy.set(from, (this.#busy.get(from) ?? new Set()).add(to));
    this.#shift(from, -msatToFloat(amountMsat));
    this.#shift(to, msatToFloat(amountMsat));
  }

  #shift(id: ChannelId, amount: number): void {
    this.#moved.set(id, (this.#moved.get(id) ?? 0) + amount);
    this.#figures.delete(id);
    this.#peers ??= new Map(this.#channels.map(({ view }) => [view.channelId, view.peerId]));
    const peer = this.#peers.get(id);
    if (peer !== undefined) this.#gained.set(peer, (this.#gained.get(peer) ?? 0) + amount);
  }

  /** Whether a rebalance of this very pair has not ended. */
  isBusy(from: ChannelId, to: ChannelId): boolean {
    return this.#busy.get(from)?.has(to) ?? false;
  }

  figures(channel: PlanChannel): Figures {
    const known = this.#figures.get(channel.view.channelId);
    if (known !== undefined) return known;
    const { view, flow } = channel;
    const moved = this.#moved.size === 0 ? 0 : (this.#moved.get(view.channelId) ?? 0);
    const local = msatToFloat(view.toUs) + moved;
    const capacity = msatToFloat(view.capacity);
    const target = targetOf(capacity, flow, lean(this.traffic(channel)));
    const figures = {
      capacity,
      local,
      target,
      missing: target - local,
      excess: local - target,
      spendable: msatToFloat(view.spendable) + Math.min(0, moved),
      receivable: msatToFloat(view.receivable) - Math.max(0, moved),
    };
    this.#figures.set(view.channelId, figures);
    return figures;
  }

  /** Of the last weeks; none known where nothing has passed. */
  traffic({ view }: PlanChannel): Traffic | undefined {
    return this.#traffic.get(view.peerId);
  }

  hasPrice({ view: { peerId } }: PlanChannel): boolean {
    return (this.#prices.get(peerId)?.scale ?? 0) > 0 && (this.#capacities.get(peerId) ?? 0) > 0;
  }

  /** Most channels pass no gate, and nobody asks for the price of theirs. */
  #curveOf(peer: NodeId): PriceCurve | null {
    const known = this.#curves.get(peer);
    if (known !== undefined) return known;
    const price = this.#prices.get(peer);
    const capacityMsat = this.#capacities.get(peer) ?? 0;
    const priced = price !== undefined && price.scale > 0 && capacityMsat > 0;
    const curve = priced ? { price, share: shareOf(price), capacityMsat } : null;
    this.#curves.set(peer, curve);
    return curve;
  }

  /** Bid price, ppm, once the peer's channels hold so much more; 0 where there is none. */
  priceAfter({ view }: PlanChannel, amountMsat: number): number {
    const curve = this.#curveOf(view.peerId);
    if (curve === null) return 0;
    const { price } = curve;
    return bidPrice(price.slow / price.scale, this.#shareAfter(view.peerId, curve, amountMsat), price.scale).price;
  }

  #shareAfter(peer: NodeId, { share, capacityMsat }: PriceCurve, amountMsat: number): number {
    const gained = (this.#gained.get(peer) ?? 0) + amountMsat;
    return Math.max(0, Math.min(1, share + gained / capacityMsat));
  }

  /** How the peer's channels stand once they hold so much more: share that is ours, and room, msat. Null: no price. */
  standingAfter(
    { view }: PlanChannel,
    amountMsat: number,
  ): { readonly share: number; readonly roomMsat: number } | null {
    const curve = this.#curveOf(view.peerId);
    if (curve === null) return null;
    const share = this.#shareAfter(view.peerId, curve, amountMsat);
    return { share, roomMsat: (1 - share) * curve.capacityMsat };
  }
}

// Which pair is to be served next, without a thought for those that cannot be? The best first, until no other can beat it.
import { msatToFloat, type ChannelId } from '../units.ts';
import {
  beyondBudget,
  bestGiver,
  evaluatePair,
  minProfit,
  profitAtMost,
  prospectOfGiver,
  prospectOfTaker,
  type Candidate,
  type GiverProspect,
  type Market,
  type TakerProspect,
} from './evaluate.ts';
import type { Pair } from './failure-memory.ts';
import { triedGate } from './gates.ts';
import type { PlanChannel } from './plan-types.ts';
import { better } from './serve.ts';
import type { Side } from './side.ts';
import { RANK } from './target.ts';
import { knownWay } from './ways.ts';

/** A destination that some source may make pay. */
interface Hope {
  readonly to: TakerProspect;
  /** No pair with it has failed less often. */
  readonly failures: number;
  /** What it must bring at least, and can at most, msat. */
  readonly minimum: number;
  readonly most: number;
}

/** Those first that would be served first, if they brought all they can. */
const byHope = (a: Hope, b: Hope): number =>
  a.failures - b.failures || RANK[a.to.channel.flow] - RANK[b.to.channel.flow] || b.most - a.most;

/** The profit, msat, below which an order to that destination would not be served before the best found so far. */
function profitToBeat(best: Candidate | null, { to, failures }: Hope): number {
  // What may have failed less often comes first, however little it brings.
  if (best === null || failures < best.failures) return 0;
  if (failures > best.failures) return Infinity;
  const rank = RANK[to.channel.flow] - RANK[best.to.flow];
  if (rank !== 0) return rank < 0 ? 0 : Infinity;
  return best.working?.profit ?? 0;
}

const bestOf = (best: Candidate | null, other: Candidate | null): Candidate | null =>
  other === null ? best : better(best, other);

/** What one search knows of its channels and their pairs, as long as nothing is found out there. */
export class Hopeful {
  readonly #channels: readonly PlanChannel[];
  readonly #destinations: Side;
  readonly #sources: Side;
  /** By destination; null where no source may make it pay. */
  readonly #hopes = new Map<PlanChannel, Hope | null>();
  /** The cheapest first. */
  #givers: readonly GiverProspect[] | null = null;
  #bestGiver: Omit<GiverProspect, 'channel'> | null = null;
  /** By destination. */
  readonly #best = new Map<ChannelId, Candidate | null>();

  constructor(channels: readonly PlanChannel[], destinations: Side, sources: Side) {
    this.#channels = channels;
    this.#destinations = destinations;
    this.#sources = sources;
  }

  /** A way that has become known, or has failed, changes what its destination may hope for, and may rest its source. */
  learned({ from, to }: Pair): void {
    for (const channel of this.#hopes.keys()) if (channel.view.channelId === to) this.#hopes.delete(channel);
    for (const [destination, best] of this.#best)
      if (destination === to || best?.from.view.channelId === from) this.#best.delete(destination);
  }

  /** Null where none is worth carrying out. */
  next(market: Market): Candidate | null {
    let best: Candidate | null = null;
    for (const hope of this.#hopesOf(market).sort(byHope)) {
      const minimum = Math.max(hope.minimum, profitToBeat(best, hope));
      if (hope.most >= minimum) best = bestOf(best, this.#bestFor(hope, market));
    }
    return best;
  }

  #hopesOf(market: Market): Hope[] {
    const hopes: Hope[] = [];
    for (const channel of this.#channels) {
      let hope = this.#hopes.get(channel);
      if (hope === undefined) this.#hopes.set(channel, (hope = this.#hopeOf(channel, market)));
      if (hope !== null) hopes.push(hope);
    }
    return hopes;
  }

  #hopeOf(channel: PlanChannel, market: Market): Hope | null {
    if (!(market.board.figures(channel).missing > 0)) return null;
    const to = prospectOfTaker(channel, market);
    const most = profitAtMost((this.#bestGiver ??= bestGiver(market)), to, market);
    if (most < msatToFloat(market.input.minProfitMsat)) return null;
    if (triedGate(channel, market.input) !== null) return null;
    if (this.#destinations.gateOf(channel) !== null) return null;
    const minimum = minProfit(channel, market.input);
    if (most < minimum) return null;
    return { to, failures: market.failures.failuresOfDestination(channel.view.channelId), minimum, most };
  }

  #bestFor(hope: Hope, market: Market): Candidate | null {
    const { channelId } = hope.to.channel.view;
    let best = this.#best.get(channelId);
    if (best === undefined) this.#best.set(channelId, (best = this.#bestSource(hope, market)));
    return best;
  }

  #bestSource(hope: Hope, market: Market): Candidate | null {
    const { to } = hope;
    let best: Candidate | null = null;
    let { minimum } = hope;
    for (const from of (this.#givers ??= this.#cheapestFirst(market))) {
      // Those that follow are dearer still.
      if (profitAtMost({ ppm: from.ppm, most: Infinity }, to, market) < minimum) break;
      if (from.channel === to.channel) continue;
      const pair = { from: from.channel.view.channelId, to: to.channel.view.channelId };
      const known = knownWay(market.ways, pair, market.input.waysAsOf);
      if (profitAtMost(from, to, market, known) < minimum || beyondBudget(from, to, market)) continue;
      best = better(best, evaluatePair(from.channel, to.channel, market));
      minimum = Math.max(minimum, profitToBeat(best, hope));
    }
    return best;
  }

  #cheapestFirst(market: Market): readonly GiverProspect[] {
    return this.#sources.open.map((from) => prospectOfGiver(from, market)).sort((a, b) => a.ppm - b.ppm);
  }
}

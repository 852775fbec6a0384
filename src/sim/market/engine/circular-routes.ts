// What does a payment around the network to ourselves cost now, and does it get through? (quant 4.5)
//
// Its price is the peer's own fee for the last hop, which its policy tells, and that of the way to the peer, which only a
// search finds out: another one for each pair of channels, in each direction, redrawn every six hours. The median of both
// together is the scenario's multiple of the destination's scale. Everything is derived from the seed and the time
// alone: what is done or left undone changes nobody's prices. Where a bank has recorded tries, the price of a way and
// whether it carries for those six hours are one of them.
import { RecordedWays } from '../../graph/recorded-ways.ts';
import { fraction, stuckSeconds } from '../demand/luck.ts';
import { changeTimes, regimeAt, type Market } from '../market.ts';
import { stormAt } from '../demand/storm.ts';

/** Seconds for which a way costs the same. */
const PRICE_SECONDS = 6 * 3600;
/** Spread (ln) of the price of a way, redrawn each time (quant 4.5). */
const WAY_SIGMA = 0.4;
/** Part of the price that is the peer's own fee: about the median last hop on mainnet over that of a way (quant 2). */
const LAST_HOP_PART = 0.4;
/** Spread (ln) of peers' fees: as wide as that of the channels' scales, and independent of them (quant 2). */
const LAST_HOP_SIGMA = 0.8;
/** Of a way's prices the 10 % quantile: what is paid by whoever can choose among sources and wait (quant 4.8). */
const CHEAP = Math.exp(-1.2816 * WAY_SIGMA);
/** No way is cheaper: three hops at what most nodes ask at least. */
const FLOOR_PPM = 10;
/** Up to here the scenario's success rate holds; beyond, it falls with the root of the amount: fewer ways carry it. */
const EASY_MSAT = 500_000_000;

/** Share of HTLCs that some node holds for hours (quant 4.2). */
const STUCK_SHARE = 0.01;

const mix = (luck: number, which: number): number => Math.floor(fraction(luck, which) * 2 ** 32);
/** Standard normal, by Box and Muller. */
const normal = (luck: number): number =>
  Math.sqrt(-2 * Math.log(1 - fraction(luck, 1))) * Math.cos(2 * Math.PI * fraction(luck, 2));

/** What a way costs at present, in multiples of its median: rebalancers ask for it over and over. */
interface Way {
  readonly luck: number;
  /** Part of a period by which its prices change earlier. */
  readonly offset: number;
  period: number;
  multiple: number;
  /** By which a recorded way is drawn, uniform in [0, 1). */
  chance: number;
}

/** Seconds by which a price is taken for older and shorter than it is: where it changes is known but for rounding. */
const ROUNDING = 0.001;

export class CircularRoutes {
  readonly #market: Market;
  /** When anything but the ways changes, ascending. */
  readonly #changes: readonly number[];
  /** By pair, what was told last and when it holds: it is asked for by millions. */
  readonly #told: { readonly ppm: Float64Array; readonly after: Float64Array; readonly before: Float64Array };
  /** By pair, from the first time that it is asked for. */
  readonly #ways: Way[] = [];
  readonly #root: number;
  readonly #lastHop: readonly number[];
  readonly #recorded: RecordedWays | null;

  constructor(market: Market) {
    this.#market = market;
    this.#changes = changeTimes(market);
    const pairs = market.channels.length ** 2;
    this.#told = { ppm: new Float64Array(pairs), after: new Float64Array(pairs), before: new Float64Array(pairs) };
    this.#root = mix(market.seed >>> 0, 0x7e5);
    const { bank, rebalance } = market.scenario;
    const { cost } = rebalance;
    this.#recorded = bank?.circular === undefined ? null : new RecordedWays(bank.circular, bank.channels.length);
    this.#lastHop = market.channels.map(({ regimes }, k) => {
      const found = bank?.channels[k]?.inboundPpm;
      if (found !== undefined) return found;
      const scale = regimes[0]?.scalePpm ?? 0;
      const spread = LAST_HOP_SIGMA * normal(mix(mix(this.#root, 1), k));
      return Math.max(1, Math.round(LAST_HOP_PART * cost * scale * Math.exp(spread)));
    });
  }

  /** What the peer asks for the last hop toward us, as its policy tells. */
  lastHopPpm(channel: number): number {
    return this.#lastHop[channel] ?? 0;
  }

  /** The whole price, ppm of what arrives. */
  ppm(from: number, to: number, time: number): number {
    const { ppm, after, before } = this.#told;
    const at = from * this.#lastHop.length + to;
    if (time > (after[at] ?? 0) && time < (before[at] ?? 0)) return ppm[at] ?? 0;
    const way = this.#wayAt(from, to, time);
    const price =
      this.#recorded === null
        ? this.#price(to, time, way.multiple)
        : this.#dearer(time) * this.#recorded.at(to, way.chance).ppm;
    const began = (way.period - way.offset) * PRICE_SECONDS;
    const next = countUntil(this.#changes, time);
    ppm[at] = price;
    after[at] = Math.max(began + ROUNDING, this.#changes[next - 1] ?? 0);
    before[at] = Math.min(began + PRICE_SECONDS - ROUNDING, this.#changes[next] ?? Infinity);
    return price;
  }

  #wayAt(from: number, to: number, time: number): Way {
    const at = from * this.#lastHop.length + to;
    const way = (this.#ways[at] ??= this.#wayOf(from, to));
    // Not all ways become dearer at the same moment.
    const period = Math.floor(time / PRICE_SECONDS + way.offset);
    if (period !== way.period) {
      const luck = mix(way.luck, period);
      way.period = period;
      way.multiple = Math.exp(WAY_SIGMA * normal(luck));
      way.chance = fraction(luck, 3);
    }
    return way;
  }

  #wayOf(from: number, to: number): Way {
    const luck = mix(mix(mix(this.#root, 2), from), to);
    return { luck, offset: fraction(luck, 3), period: NaN, multiple: NaN, chance: NaN };
  }

  /** What filling the channel costs whoever takes the cheap ways only, ppm. */
  attainablePpm(to: number, time: number): number {
    if (this.#recorded !== null) return this.#dearer(time) * this.#recorded.attainablePpm(to);
    return this.#price(to, time, CHEAP);
  }

  feeMsat(from: number, to: number, amountMsat: number, time: number): number {
    return Math.ceil((amountMsat * this.ppm(from, to, time)) / 1e6);
  }

  /** @param multiple of what the way costs in the median */
  #price(to: number, time: number, multiple: number): number {
    const channel = this.#market.channels[to];
    if (channel === undefined) throw new RangeError(`channel: expected one of the market's, got ${to}`);
    const median = (1 - LAST_HOP_PART) * this.#market.scenario.rebalance.cost * regimeAt(channel, time).scalePpm;
    return this.#dearer(time) * Math.max(FLOOR_PPM, this.lastHopPpm(to) + median * multiple);
  }

  #dearer(time: number): number {
    return stormAt(this.#market, time)?.rebalanceCost ?? 1;
  }

  /** Whether an attempt could arrive before the way changes: a recorded one that failed fails all the while. */
  mayArrive(from: number, to: number, time: number): boolean {
    return this.#recorded === null || this.#recorded.at(to, this.#wayAt(from, to, time).chance).arrives;
  }

  /** Whether an attempt at that second arrives. */
  arrives(from: number, to: number, amountMsat: number, time: number): boolean {
    if (this.#recorded !== null) return this.mayArrive(from, to, time);
    const share = this.#market.scenario.rebalance.success * Math.sqrt(Math.min(1, EASY_MSAT / amountMsat));
    return this.#luck(from, to, time, 3) < share;
  }

  /** Seconds for which some node on the way holds an attempt of that second; 0 for almost all. */
  heldFor(from: number, to: number, time: number): number {
    if (this.#luck(from, to, time, 4) >= STUCK_SHARE) return 0;
    return Math.round(stuckSeconds(this.#luck(from, to, time, 5)));
  }

  #luck(from: number, to: number, time: number, which: number): number {
    return fraction(mix(mix(mix(mix(this.#root, which), from), to), Math.floor(time)), which);
  }
}

/** How many of the times, ascending, are not after this one. */
function countUntil(times: readonly number[], time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? Infinity) <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

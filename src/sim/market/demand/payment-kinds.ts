// Which kinds of payments come? Each draws from streams of its own, so that one more changes none of the others.
import { cumulate, pick } from '../../../core/chance.ts';
import type { SeededRandom } from '../../world/random.ts';
import type { Rate } from './arrivals.ts';
import { OUTSIDE } from '../basics.ts';
import { isWithin, nextTurn } from './hours.ts';
import { largestPayment, regimeAt, regimeTimes, type Market } from '../market.ts';
import { Pairs } from './pairs.ts';
import type { DemandBank, Scenario } from '../scenario.ts';
import { stormAt, stormTimes } from './storm.ts';
import { MOST_PPM, compares, drawWillingness } from './willingness.ts';

/** What a kind draws from. */
export interface Streams {
  readonly pairs: SeededRandom;
  readonly amounts: SeededRandom;
  readonly reservations: SeededRandom;
}

/** What of a payment its kind decides. */
export interface Drawn {
  from: number;
  to: number;
  amountMsat: number;
  reservationPpm: number;
  compares: boolean;
}

export interface PaymentKind {
  readonly name: string;
  /** Whether its payments are meant to arrive. */
  readonly settles: boolean;
  /** Makes ready for that time. */
  enter(at: number): Rate;
  draw(streams: Streams, into: Drawn): void;
}

/** Payments smaller than a sat are noise. */
const SMALLEST_MSAT = 1000;

/** The scenario's own payments, in ordinary times the only ones. */
export const ORDINARY = 'payments';

export function kindsOf(market: Market): PaymentKind[] {
  const { bank, noise, storm, forwardsPerDay } = market.scenario;
  const kinds: PaymentKind[] = [
    bank === null ? new DrawnKind(market, ORDINARY, { amount: ordinary(market) }) : new BankKind(market, bank),
  ];
  if (market.whale !== null) kinds.push(new WhaleKind(market, market.whale));
  if (storm !== null && storm.largeRate > 1) {
    const factor = (at: number): number => (stormAt(market, at) === null ? 0 : storm.largeRate - 1);
    const changes = stormTimes(market);
    kinds.push(new DrawnKind(market, 'storm', { amount: atLeast(market, storm.largeSats), factor, changes }));
  }
  if (noise !== null) {
    // However many payments there are: each kind of noise comes so many times a day.
    const probes = { perDay: noise.probes * forwardsPerDay, amount: ordinary(market), settles: false };
    if (noise.probes > 0) kinds.push(new DrawnKind(market, 'probes', probes));
    const micro = { perDay: noise.micro * forwardsPerDay, amount: () => SMALLEST_MSAT };
    if (noise.micro > 0) kinds.push(new DrawnKind(market, 'micro', micro));
  }
  return kinds;
}

/** Amounts in msat; null: none of this kind after all. */
type Amounts = (random: SeededRandom) => number | null;

function ordinary({ scenario }: Market): Amounts {
  const { medianSats, sigma } = scenario.payment;
  const lnMedian = Math.log(medianSats * 1000);
  return (random) => Math.exp(lnMedian + sigma * random.normal());
}

/** One of the ordinary ones, if it is that large. */
function atLeast(market: Market, sats: number): Amounts {
  const draw = ordinary(market);
  return (random) => {
    const amount = draw(random);
    return amount !== null && amount >= sats * 1000 ? amount : null;
  };
}

interface Terms {
  readonly amount: Amounts;
  /** Of the channels' own rates; none: 1. */
  readonly factor?: (at: number) => number;
  /** Times at which that changes. */
  readonly changes?: readonly number[];
  /** In place of the channels' own rates, shared out like them. */
  readonly perDay?: number;
  readonly settles?: boolean;
}

class DrawnKind implements PaymentKind {
  readonly name: string;
  readonly settles: boolean;
  readonly #market: Market;
  readonly #terms: Terms;
  readonly #pairs: Pairs;
  readonly #changes: readonly number[];
  readonly #scales: Float64Array;
  readonly #caps: Float64Array;

  constructor(market: Market, name: string, terms: Terms) {
    const count = market.channels.length;
    this.name = name;
    this.settles = terms.settles ?? true;
    this.#market = market;
    this.#terms = terms;
    this.#pairs = new Pairs(market.channels.map(({ source }) => source));
    this.#changes = [...regimeTimes(market), ...(terms.changes ?? [])].sort((a, b) => a - b);
    this.#scales = new Float64Array(count);
    this.#caps = Float64Array.from({ length: (count + 1) * count }, (_, at) =>
      largestPayment(market, Math.floor(at / count) - 1, at % count),
    );
  }

  enter(at: number): Rate {
    const { channels, scenario } = this.#market;
    const within = isWithin(scenario.hours, at);
    const factor = this.#terms.factor?.(at) ?? 1;
    const sinks = channels.map((channel, j) => {
      const { scalePpm, rateFactor } = regimeAt(channel, at);
      this.#scales[j] = within ? scalePpm * channel.hours.scale : scalePpm;
      const perDay = channel.sinkPerDay * rateFactor * factor;
      return within ? perDay * channel.hours.rate : perDay;
    });
    const sum = this.#pairs.aim(sinks);
    const perDay = this.#terms.perDay ?? sum;
    return { perDay, until: rateEnds(perDay, at, this.#changes, scenario.hours) };
  }

  draw({ pairs, amounts, reservations }: Streams, into: Drawn): void {
    const { family } = this.#market.scenario.willingness;
    const count = this.#scales.length;
    into.to = this.#pairs.drawTo(pairs);
    into.from = this.#pairs.drawFrom(into.to, pairs);
    const drawn = this.#terms.amount(amounts);
    const cap = this.#caps[(into.from + 1) * count + into.to] ?? 0;
    into.amountMsat = drawn === null ? 0 : Math.max(SMALLEST_MSAT, Math.min(cap, Math.round(drawn)));
    into.compares = compares(family, reservations);
    const willing = (this.#scales[into.to] ?? 0) * drawWillingness(family, reservations, into.compares);
    // Who only probes asks for no price.
    into.reservationPpm = this.settles ? Math.min(MOST_PPM, willing) : MOST_PPM;
  }
}

/** When a rate may be another; the hours of the day, which never end, change nothing where nothing comes. */
function rateEnds(perDay: number, at: number, changes: readonly number[], hours: Scenario['hours']): number {
  const change = changes.find((time) => time > at) ?? Infinity;
  return perDay > 0 ? Math.min(change, nextTurn(hours, at)) : change;
}

/** One that is as large as all others: it has its channel and its amounts, and the tastes of the channel's customers. */
class WhaleKind implements PaymentKind {
  readonly name = 'whale';
  readonly settles = true;
  readonly #market: Market;
  readonly #whale: NonNullable<Market['whale']>;
  readonly #pairs: Pairs;
  readonly #changes: readonly number[];
  #scale = 0;

  constructor(market: Market, whale: NonNullable<Market['whale']>) {
    this.#market = market;
    this.#whale = whale;
    this.#pairs = new Pairs(market.channels.map(({ source }) => source));
    this.#changes = [...regimeTimes(market), whale.until].sort((a, b) => a - b);
  }

  enter(at: number): Rate {
    const { to, perDay, until } = this.#whale;
    const channel = this.#market.channels[to];
    const { hours } = this.#market.scenario;
    const scale = channel === undefined ? 0 : regimeAt(channel, at).scalePpm;
    this.#scale = channel !== undefined && isWithin(hours, at) ? scale * channel.hours.scale : scale;
    const rate = at < until ? perDay : 0;
    return { perDay: rate, until: rateEnds(rate, at, this.#changes, hours) };
  }

  draw({ pairs, amounts, reservations }: Streams, into: Drawn): void {
    const { scenario } = this.#market;
    const { family } = scenario.willingness;
    const { medianSats = 0, sigma = 0 } = scenario.whale ?? {};
    into.to = this.#whale.to;
    into.from = this.#pairs.drawFrom(into.to, pairs);
    const cap = largestPayment(this.#market, into.from, into.to);
    const drawn = Math.round(medianSats * 1000 * Math.exp(sigma * amounts.normal()));
    into.amountMsat = Math.max(SMALLEST_MSAT, Math.min(cap, drawn));
    into.compares = compares(family, reservations);
    into.reservationPpm = Math.min(MOST_PPM, this.#scale * drawWillingness(family, reservations, into.compares));
  }
}

const NONE = new Float64Array(0);

/** Payments that were found before, with replacement, each as often as its weight says. */
class BankKind implements PaymentKind {
  readonly name = ORDINARY;
  readonly settles = true;
  readonly #market: Market;
  readonly #bank: DemandBank;
  readonly #changes: readonly number[];
  /** Of each channel: what its payments' limits are multiplied with. */
  readonly #scales: Float64Array;
  /** Rows by channel, and the channels in proportion to what they are paid. */
  readonly #rows: readonly (readonly number[])[];
  readonly #weights: readonly Float64Array[];
  readonly #pairs: Pairs;

  constructor(market: Market, bank: DemandBank) {
    this.#market = market;
    this.#bank = bank;
    this.#changes = regimeTimes(market);
    this.#scales = new Float64Array(market.channels.length);
    const rows = market.channels.map((): number[] => []);
    bank.payments.to.forEach((to, row) => rows[to]?.push(row));
    this.#rows = rows;
    this.#weights = rows.map((ofChannel) => cumulate(ofChannel.map((row) => bank.payments.weight[row] ?? 0)));
    this.#pairs = new Pairs(market.channels.map(() => 0));
  }

  enter(at: number): Rate {
    const sinks = this.#market.channels.map((channel, j) => {
      const { scalePpm, rateFactor } = regimeAt(channel, at);
      this.#scales[j] = scalePpm / (channel.regimes[0]?.scalePpm ?? scalePpm);
      return channel.sinkPerDay * rateFactor;
    });
    return { perDay: this.#pairs.aim(sinks), until: this.#changes.find((time) => time > at) ?? Infinity };
  }

  draw({ pairs }: Streams, into: Drawn): void {
    const { from, amountSats, reservationPpm } = this.#bank.payments;
    into.to = this.#pairs.drawTo(pairs);
    const rows = this.#rows[into.to] ?? [];
    const weights = this.#weights[into.to] ?? NONE;
    const row = rows[pick(weights, pairs.next() * (weights.at(-1) ?? 0))] ?? 0;
    into.from = from[row] ?? OUTSIDE;
    into.amountMsat = Math.max(SMALLEST_MSAT, Math.round((amountSats[row] ?? 0) * 1000));
    into.compares = false;
    const scale = this.#scales[into.to] ?? 1;
    into.reservationPpm = Math.min(MOST_PPM, Math.min(MOST_PPM, reservationPpm[row] ?? 0) * scale);
  }
}

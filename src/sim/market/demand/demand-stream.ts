// Which payments are tried, one after the other? The same for every fee tool: nothing here knows a fee or a balance.
import { SeededRandom, type RandomState } from '../../world/random.ts';
import { Arrivals } from './arrivals.ts';
import type { Attempt } from './attempt.ts';
import { MARKET_START, stream } from '../basics.ts';
import type { Market } from '../market.ts';
import { ORDINARY, kindsOf, type Drawn, type PaymentKind } from './payment-kinds.ts';
import { Season } from './season.ts';

export type { Attempt } from './attempt.ts';

/** Of one kind of payments. Plain data, to go on from. */
export interface KindState {
  at: number;
  /** Drawn and not yet told, because another kind's came first. */
  pending: Attempt | null;
  readonly arrivals: RandomState;
  readonly pairs: RandomState;
  readonly amounts: RandomState;
  readonly reservations: RandomState;
  readonly luck: RandomState;
}

/** Plain data, to go on from. */
export interface DemandState extends KindState {
  /** Of the kinds beside the ordinary one, by name; made where they are first needed. */
  readonly others: Record<string, KindState>;
}

/** @param at seconds since the epoch */
export const startDemand = (seed: number, at = MARKET_START): DemandState => ({
  ...startKind(seed, '', at),
  others: {},
});

function startKind(seed: number, prefix: string, at: number): KindState {
  const state = (name: string): RandomState => stream(seed, `${prefix}${name}`).state();
  return {
    at,
    pending: null,
    arrivals: state('arrivals'),
    pairs: state('pairs'),
    amounts: state('amounts'),
    reservations: state('reservations'),
    luck: state('luck'),
  };
}

export class DemandStream {
  readonly #kinds: readonly KindStream[];

  /** Goes on from the state and keeps it up to date. */
  constructor(market: Market, state: DemandState) {
    const season = new Season(market.scenario.season);
    this.#kinds = kindsOf(market).map((kind) => {
      const own =
        kind.name === ORDINARY
          ? state
          : (state.others[kind.name] ??= startKind(market.seed, `${kind.name} `, state.at));
      return new KindStream(kind, season, own);
    });
  }

  /** In order of time; one at Infinity where none will ever come. */
  next(): Attempt {
    const [only] = this.#kinds;
    if (only !== undefined && this.#kinds.length === 1) return only.take();
    let first: KindStream | undefined;
    for (const kind of this.#kinds) if (first === undefined || kind.peek().at < first.peek().at) first = kind;
    if (first === undefined) throw new RangeError('market: expected at least one kind of payments');
    return first.take();
  }
}

class KindStream {
  readonly #kind: PaymentKind;
  readonly #state: KindState;
  readonly #arrivals: Arrivals;
  readonly #streams: Record<'pairs' | 'amounts' | 'reservations', SeededRandom>;
  readonly #luck: SeededRandom;
  readonly #drawn: Drawn = { from: 0, to: 0, amountMsat: 0, reservationPpm: 0, compares: false };

  constructor(kind: PaymentKind, season: Season, state: KindState) {
    this.#kind = kind;
    this.#state = state;
    this.#streams = {
      pairs: new SeededRandom(state.pairs),
      amounts: new SeededRandom(state.amounts),
      reservations: new SeededRandom(state.reservations),
    };
    this.#luck = new SeededRandom(state.luck);
    this.#arrivals = new Arrivals(season, new SeededRandom(state.arrivals), state.at, (at) => kind.enter(at));
  }

  peek(): Attempt {
    return (this.#state.pending ??= this.#draw());
  }

  take(): Attempt {
    const { pending } = this.#state;
    if (pending === null) return this.#draw();
    this.#state.pending = null;
    return pending;
  }

  #draw(): Attempt {
    const drawn = this.#drawn;
    let { at } = this.#state;
    do {
      at = this.#arrivals.after(at);
      this.#kind.draw(this.#streams, drawn);
    } while (drawn.amountMsat === 0 && at < Infinity);
    this.#state.at = at;
    const luck = Math.floor(this.#luck.next() * 2 ** 32);
    const { from, to, amountMsat, reservationPpm, compares } = drawn;
    return { at, from, to, amountMsat, reservationPpm, luck, compares, settles: this.#kind.settles };
  }
}

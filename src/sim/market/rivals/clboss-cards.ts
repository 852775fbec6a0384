// Which price level does clboss try next? Its FeeModderByPriceTheory: a game of cards.
//
// peers-and-drivers 4.1; ksedgwic/clboss 49ffd76 (0.16.3), Boss/Mod/FeeModderByPriceTheory.cpp.
import type { Rng } from '../../../ports.ts';

/** initial_lifetime: ten-minute ticks for which a card is in play, two days. */
export const LIFETIME = 288;
/** max_step. */
const STEP = 2;

/** price_to_multiplier. */
export const levelMultiplier = (level: number): number => (level < 0 ? 0.8 ** -level : 1.2 ** level);

interface Card {
  readonly level: number;
  earnedMsat: number;
}

/** One peer's game. */
export class CardGame {
  readonly #random: Rng;
  #center = 0;
  /** Drawn from the end. */
  #deck: Card[] = [];
  #inPlay: Card | null = null;
  #discarded: Card[] = [];
  #ticksLeft = 0;

  constructor(random: Rng) {
    this.#random = random;
  }

  get center(): number {
    return this.#center;
  }

  /** A fee was earned: nothing hears of it between two cards. */
  earn(feeMsat: number): void {
    if (this.#inPlay !== null) this.#inPlay.earnedMsat += feeMsat;
  }

  /** So many times ten minutes have passed, the peer connected. */
  tick(times: number): void {
    if (this.#inPlay === null) return;
    this.#ticksLeft -= times;
    if (this.#ticksLeft > 0) return;
    this.#discarded.push(this.#inPlay);
    this.#inPlay = null;
  }

  /** The level of the card in play; draws one where there is none. */
  level(): number {
    if (this.#inPlay === null) {
      if (this.#deck.length === 0) this.#endRound();
      const card = this.#deck.pop();
      if (card === undefined) throw new RangeError('deck: expected five cards after a round, got none');
      this.#inPlay = card;
      this.#ticksLeft = LIFETIME;
    }
    return this.#inPlay.level;
  }

  /** The level that earned most is the next center, unless none earned anything. */
  #endRound(): void {
    let best: Card | null = null;
    for (const card of this.#discarded) if (card.earnedMsat > (best?.earnedMsat ?? 0)) best = card;
    if (best !== null) this.#center = best.level;
    this.#discarded = [];
    const levels = Array.from({ length: 2 * STEP + 1 }, (_, i) => this.#center - STEP + i);
    for (let i = levels.length - 1; i > 0; i--) {
      const j = Math.floor(this.#random.next() * (i + 1));
      const [a = 0, b = 0] = [levels[i], levels[j]];
      levels[i] = b;
      levels[j] = a;
    }
    this.#deck = levels.map((level) => ({ level, earnedMsat: 0 }));
  }
}

// How often may somebody guess a rune? A few times a minute; then no new one is looked at for a while.
//
// All come from the same address, a proxy's or the loopback's, so that there is one count for all. A rune has 256 bits:
// the limit is there to keep a guesser from busying lightningd, not to keep him from success.
import { Refusal } from './failure.ts';

/** Wrong runes within a minute; a person who mistypes needs two or three. */
export const MOST_FAILURES = 10;
const MINUTE_MS = 60_000;

export class FailureLimit {
  readonly #elapsed: () => number;
  readonly #onLimit: () => void;
  #times: number[] = [];
  #told = false;

  /**
   * @param elapsed milliseconds that only grow
   * @param onLimit told once whenever the limit is reached
   */
  constructor(elapsed: () => number, onLimit: () => void) {
    this.#elapsed = elapsed;
    this.#onLimit = onLimit;
  }

  /** @throws Refusal too-many-failures */
  require(): void {
    const oldest = this.#recent()[0];
    if (this.#times.length < MOST_FAILURES || oldest === undefined) return;
    const seconds = Math.ceil((oldest + MINUTE_MS - this.#elapsed()) / 1000);
    throw new Refusal(
      'too-many-failures',
      `${MOST_FAILURES} wrong runes within a minute: try again in ${seconds} seconds`,
      seconds,
    );
  }

  count(): void {
    this.#times = [...this.#recent(), this.#elapsed()].slice(-MOST_FAILURES);
    if (this.#times.length < MOST_FAILURES || this.#told) return;
    this.#told = true;
    this.#onLimit();
  }

  #recent(): number[] {
    const since = this.#elapsed() - MINUTE_MS;
    this.#times = this.#times.filter((time) => time > since);
    if (this.#times.length < MOST_FAILURES) this.#told = false;
    return this.#times;
  }
}

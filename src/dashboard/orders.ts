// Has this very order come before? A browser whose connection breaks while it waits sends the same request again by itself,
// and a rebalance that had just ended would be made a second time.

/** Answers kept: far more than anybody gives while one of them is under way. */
const MOST_KEPT = 100;

export class Orders<T> {
  readonly #answers = new Map<string, Promise<T>>();

  /** @param id of one order, and of it alone; undefined: nobody says, so it is a new one */
  once(id: string | undefined, carryOut: () => Promise<T>): Promise<T> {
    if (id === undefined) return carryOut();
    const before = this.#answers.get(id);
    if (before !== undefined) return before;
    if (this.#answers.size >= MOST_KEPT) this.#answers.delete(this.#answers.keys().next().value ?? '');
    const answer = carryOut();
    this.#answers.set(id, answer);
    return answer;
  }
}

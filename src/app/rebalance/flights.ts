// On which orders does a driver of this process work right now?

/** Recovery leaves them alone: their driver reports itself. */
export class Flights {
  readonly #works = new Map<string, Promise<unknown>>();

  get ids(): Pick<ReadonlySet<string>, 'has'> {
    return this.#works;
  }

  /** Counts the order as under way until the work has ended, however it does. */
  async follow<T>(id: string, work: () => Promise<T>): Promise<T> {
    // Begun only once it is counted.
    const going = Promise.resolve().then(work);
    this.#works.set(id, going);
    try {
      return await going;
    } finally {
      this.#works.delete(id);
    }
  }

  /** Resolves when none of them is under way any more, however they have ended. */
  async landed(): Promise<void> {
    await Promise.allSettled(this.#works.values());
  }
}

// On which orders does a driver of this process work right now?

/** Recovery leaves them alone: their driver reports itself. */
export class Flights {
  readonly #ids = new Set<string>();

  get ids(): ReadonlySet<string> {
    return this.#ids;
  }

  /** Counts the order as under way until the work has ended, however it does. */
  async follow<T>(id: string, work: () => Promise<T>): Promise<T> {
    this.#ids.add(id);
    try {
      return await work();
    } finally {
      this.#ids.delete(id);
    }
  }
}

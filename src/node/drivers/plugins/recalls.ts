// Has what was left at work for an order been made to stop? A plugin may take minutes to say so, and is asked once.

export class Recalls {
  /** Ids of orders for which nothing is at work any more. */
  readonly #over = new Set<string>();
  readonly #underWay = new Map<string, Promise<void>>();

  /** @throws what `stop` rejects with: the next one asks again */
  async recall(orderId: string, stop: () => Promise<void>): Promise<void> {
    if (this.#over.has(orderId)) return;
    const stopping =
      this.#underWay.get(orderId) ??
      stop()
        .then(() => void this.#over.add(orderId))
        .finally(() => {
          this.#underWay.delete(orderId);
        });
    this.#underWay.set(orderId, stopping);
    await stopping;
  }
}

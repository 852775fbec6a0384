// Which forwards are under way, and which ends first? A heap by the time of their end.

/** What holds room in two channels until it ends. Integer msat. */
export interface UnderWay {
  endsAt: number;
  from: number;
  to: number;
  amountMsat: number;
  feeMsat: number;
  /** Else it fails further on. */
  settles: boolean;
  /** Its place among all that were ever added; given by the heap. */
  order: number;
}

/** Of two that end at one time the first that was added is the first. */
export class InFlight {
  readonly #heap: UnderWay[] = [];
  #added = 0;

  /** When the first of them ends; Infinity where there is none. */
  get nextEnd(): number {
    return this.#heap[0]?.endsAt ?? Infinity;
  }

  get size(): number {
    return this.#heap.length;
  }

  /** Keeps the object. */
  add(one: UnderWay): void {
    const heap = this.#heap;
    const added = one;
    added.order = this.#added++;
    let at = heap.length;
    heap.push(added);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !before(added, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = added;
  }

  /** Takes the first to end out. */
  take(): UnderWay | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      if (left === undefined) break;
      const isRight = right !== undefined && before(right, left);
      const child = isRight ? right : left;
      if (!before(child, last)) break;
      heap[at] = child;
      at = 2 * at + (isRight ? 2 : 1);
    }
    heap[at] = last;
    return first;
  }
}

const before = (a: UnderWay, b: UnderWay): boolean =>
  a.endsAt < b.endsAt || (a.endsAt === b.endsAt && a.order < b.order);

// Which forwards are under way, and which ends first? A heap by the time of their end.
import { pop, push } from '../../heap.ts';

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
    one.order = this.#added++;
    push(this.#heap, one, before);
  }

  /** Takes the first to end out. */
  take(): UnderWay | undefined {
    return pop(this.#heap, before);
  }
}

const before = (a: UnderWay, b: UnderWay): boolean =>
  a.endsAt < b.endsAt || (a.endsAt === b.endsAt && a.order < b.order);

// Which calls have been made that might have changed something, and by whom? So that a test can say: not one.

export interface BookedCall {
  /** The caller's request id, by which plugins name themselves. */
  readonly id: unknown;
  readonly method: string;
  readonly params: unknown;
}

/** Commands that only ask; the node is asked too often for all of it to be kept. */
const QUESTIONS = /^(list|get|wait|feerates$|decode|sql$|check|help$|bkpr-(?!edit)|dev-sim-)/;

/** More than a test can look at; a long run of the simulated node must not grow with them. */
const KEPT = 10_000;

export class CallBook {
  #calls: BookedCall[] = [];
  #forgotten = 0;

  add(call: BookedCall): void {
    if (QUESTIONS.test(call.method)) return;
    this.#calls.push(call);
    if (this.#calls.length <= 2 * KEPT) return;
    this.#forgotten += this.#calls.length - KEPT;
    this.#calls = this.#calls.slice(-KEPT);
  }

  /** In the order in which they came; `forgotten` ones came before those. */
  all(): { readonly forgotten: number; readonly calls: readonly BookedCall[] } {
    return { forgotten: this.#forgotten, calls: this.#calls };
  }
}

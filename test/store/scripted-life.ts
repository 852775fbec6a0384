// The same life of a node in every process that asks for it: what has happened up to a given step.
import { FakeNode, identity } from './fake-node.ts';

export const CHANNELS = 5;
export const CHANNEL_LIST = Array.from({ length: CHANNELS }, (_, i) => identity(i));
export const BEGIN = 1_700_000_000;
/** Forwards that were deleted before the first start; their time is to be filled from the accounts. */
const DELETED = 400;
const SECONDS_PER_STEP = 300;

export const timeOf = (step: number): number => BEGIN + step * SECONDS_PER_STEP;

export class ScriptedLife {
  readonly node = new FakeNode();
  #step = 0;

  constructor() {
    this.node.movesPerPage = 20;
    while (this.#step < DELETED) this.next();
    this.node.clean(timeOf(this.#step));
    // What was told before the first start, nobody heard.
    this.node.events = [];
  }

  get step(): number {
    return this.#step;
  }

  get now(): number {
    return timeOf(this.#step);
  }

  /** One more forward; some end at once, some later, some are refused. Deleted ones all settle: accounts know no other. */
  next(): void {
    const n = this.#step++;
    const payment = {
      from: n % CHANNELS,
      to: (n + 1 + (n % 3)) % CHANNELS,
      outMsat: 1000 + (n % 7),
      feeMsat: 1 + (n % 3),
    };
    const at = this.now;
    if (n < DELETED) {
      this.node.end(this.node.offer(payment, at), 'settled', at + 1);
      return;
    }
    if (n % 11 === 0) this.node.refuse(payment, at, n % 2 === 0 ? 0x1007 : 0x100c);
    else this.node.offer(payment, at);
    // A third ends in its own step, others up to 40 steps later.
    for (const created of this.node.inFlight())
      if ((created * 7 + n) % 40 === 0 || (created === this.node.history.length && n % 3 === 0))
        this.node.end(created, created % 5 === 0 ? 'failed' : 'settled', at + 2);
  }

  advanceTo(step: number): this {
    while (this.#step < step) this.next();
    return this;
  }
}

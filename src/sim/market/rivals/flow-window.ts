// What went through each channel lately? Sums over a sliding window, kept as forwards come and age.
import type { ForwardSeen } from '../engine/node-engine.ts';

/** By channel; exact, as all are integers below 2^53. Call `forget` before reading. */
export class FlowWindow {
  /** What left; what entered as the exit channel had it; fees of what left; fees of what entered. Msat. */
  readonly outMsat: Float64Array;
  readonly inMsat: Float64Array;
  readonly earnedMsat: Float64Array;
  readonly assistedMsat: Float64Array;
  /** Forwards that left. */
  readonly outCount: Float64Array;
  readonly #seconds: number;
  readonly #seen: ForwardSeen[] = [];
  #first = 0;

  constructor(channels: number, seconds: number) {
    this.#seconds = seconds;
    this.outMsat = new Float64Array(channels);
    this.inMsat = new Float64Array(channels);
    this.earnedMsat = new Float64Array(channels);
    this.assistedMsat = new Float64Array(channels);
    this.outCount = new Float64Array(channels);
  }

  /** In order of time; only what was settled counts. */
  add(forward: ForwardSeen): void {
    if (forward.outcome !== 'settled') return;
    this.#seen.push(forward);
    this.#count(forward, 1);
  }

  /** Drops what is as old as the window or older. */
  forget(now: number): void {
    for (let old = this.#seen[this.#first]; old !== undefined && old.at <= now - this.#seconds;) {
      this.#count(old, -1);
      old = this.#seen[++this.#first];
    }
    // Half of it gone: the rest is moved once, so that memory follows the window.
    if (this.#first > this.#seen.length / 2) this.#seen.splice(0, this.#first);
    if (this.#first > this.#seen.length) this.#first = 0;
  }

  #count({ from, to, amountMsat, feeMsat }: ForwardSeen, sign: 1 | -1): void {
    this.outMsat[to] = (this.outMsat[to] ?? 0) + sign * amountMsat;
    this.earnedMsat[to] = (this.earnedMsat[to] ?? 0) + sign * feeMsat;
    this.outCount[to] = (this.outCount[to] ?? 0) + sign;
    if (from < 0) return;
    this.inMsat[from] = (this.inMsat[from] ?? 0) + sign * amountMsat;
    this.assistedMsat[from] = (this.assistedMsat[from] ?? 0) + sign * feeMsat;
  }
}

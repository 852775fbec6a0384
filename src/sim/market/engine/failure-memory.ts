// Who still tries a channel that has failed? Senders' mission control: fewer at first, and all again after a day (quant 4.3).
import { fraction } from '../demand/luck.ts';

/** Failures count together within this, seconds. */
const WITHIN = 3600;
/** Part of the senders that avoid the channel at first. */
const AVOIDING = 0.5;
/** In which their part falls by e, seconds. */
const FORGETTING = 6 * 3600;

export class FailureMemory {
  readonly #failures: number;
  /** Of each channel the times of its last failures, a ring. */
  readonly #times: readonly Float64Array[];
  readonly #next: Int32Array;
  /** When each was last taken for broken. */
  readonly #since: Float64Array;

  /** @param failures within an hour by which a channel is taken for broken */
  constructor(channels: number, failures: number) {
    this.#failures = failures;
    this.#times = Array.from({ length: channels }, () => new Float64Array(failures).fill(-Infinity));
    this.#next = new Int32Array(channels);
    this.#since = new Float64Array(channels).fill(-Infinity);
  }

  failed(channel: number, time: number): void {
    const times = this.#times[channel];
    if (times === undefined) return;
    const next = this.#next[channel] ?? 0;
    times[next] = time;
    const oldest = (next + 1) % this.#failures;
    this.#next[channel] = oldest;
    if (time - (times[oldest] ?? -Infinity) <= WITHIN) this.#since[channel] = time;
  }

  /** Whether this sender goes another way. */
  avoided(channel: number, time: number, luck: number): boolean {
    const ago = time - (this.#since[channel] ?? -Infinity);
    return ago < 10 * FORGETTING && fraction(luck, 4) < AVOIDING * Math.exp(-ago / FORGETTING);
  }
}

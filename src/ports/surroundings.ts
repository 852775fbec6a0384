// What does the application need that every program needs? The time, chance, and somewhere to say what it does.
import type { UnixSec } from '../core/units.ts';

export interface Clock {
  now(): UnixSec;
  /** Resolves after so many seconds of this clock, or at once when the signal aborts. */
  sleep(seconds: number, signal: AbortSignal): Promise<void>;
}

export interface Rng {
  /** Uniform in [0, 1). */
  next(): number;
}

export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

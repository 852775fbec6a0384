// What did the node log? A ring for `getlog`, a file for people, and warnings for those who subscribed to them.
import { closeSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolders } from './make-folders.ts';

/** lightningd's levels, ascending. */
export const LOG_LEVELS = ['io', 'trace', 'debug', 'info', 'unusual', 'broken'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LogEntry {
  readonly level: LogLevel;
  /** Virtual milliseconds since the epoch. */
  readonly at: number;
  readonly source: string;
  readonly text: string;
}

/** `getlog` of a real node holds 16 MiB; so many lines are more than any test looks back. */
const RING = 20_000;

/** The level by any of the names lightningd takes, whatever their case: warn and error are plugins' words. */
export function parseLogLevel(name: string): LogLevel | null {
  const lower = name.toLowerCase();
  if (lower === 'warn') return 'unusual';
  if (lower === 'error') return 'broken';
  return LOG_LEVELS.find((level) => level === lower) ?? null;
}

export class LogBook {
  readonly created: number;
  readonly #now: () => number;
  readonly #file: number;
  #entries: LogEntry[] = [];
  #onWarning: ((entry: LogEntry) => void) | null = null;

  /** Appends to `path`, made with its folder where missing. `now` gives virtual milliseconds. */
  constructor(path: string, now: () => number) {
    makeFolders(dirname(path));
    this.#file = openSync(path, 'a', 0o600);
    this.#now = now;
    this.created = now();
  }

  /** Called for every unusual or broken line, as lightningd's `warning` notification is. */
  onWarning(listener: (entry: LogEntry) => void): void {
    this.#onWarning = listener;
  }

  add(level: LogLevel, source: string, text: string): void {
    const entry = { level, at: this.#now(), source, text };
    this.#entries.push(entry);
    if (this.#entries.length > 2 * RING) this.#entries = this.#entries.slice(-RING);
    writeSync(this.#file, `${new Date(entry.at).toISOString()} ${level.toUpperCase().padEnd(7)} ${source}: ${text}\n`);
    if (level === 'unusual' || level === 'broken') this.#onWarning?.(entry);
  }

  /** The newest entries of that level and above, oldest first. */
  entries(least: LogLevel): readonly LogEntry[] {
    const from = LOG_LEVELS.indexOf(least);
    return this.#entries.slice(-RING).filter(({ level }) => LOG_LEVELS.indexOf(level) >= from);
  }

  close(): void {
    closeSync(this.#file);
  }
}

// What is a command of the command line? Its words, its options, and how it is answered.
import type { ParseArgsConfig } from 'node:util';
import type { History } from '../core/backtest/history.ts';
import type { Ledger, TakenOver } from '../ports.ts';
import type { UnixSec } from '../core/units.ts';
import { UsageError } from './input-error.ts';

/** A node that answers commands over its socket. */
export interface NodeCaller {
  /** @param filter fields of the reply that are wanted. @throws InputError that names the command and says why */
  call(method: string, params?: Readonly<Record<string, unknown>>, filter?: object): Promise<unknown>;
  close(): void;
}

/** What is shown again and again until someone has seen enough. */
export interface Screen {
  /** False where lines go to a file or a pipe. */
  readonly live: boolean;
  readonly colour: boolean;
  size(): { readonly columns: number; readonly rows: number };
  /** Puts these lines in the place of those before. */
  draw(lines: readonly string[]): void;
  /** False once someone has asked for the end (q, Ctrl-C), at once. */
  wait(seconds: number): Promise<boolean>;
  /** What the work brings; null once someone has asked for the end, at once. */
  unlessEnded<T>(work: Promise<T>): Promise<T | null>;
  /** Gives the terminal back. */
  leave(): void;
}

export interface Terminal {
  /** The bytes of a file, or of standard input for `-`. Rejects with the system's error. */
  readonly read: (file: string) => Promise<Uint8Array>;
  /** Makes or replaces a file, whole or not at all. Rejects with the system's error. */
  readonly write: (file: string, text: string) => Promise<void>;
  /** Reads the plugin's database. @throws StoreError; whatever `read` throws */
  readonly readLedger: <T>(database: string, read: (ledger: Ledger) => T) => T;
  /** The node's past in the plugin's database, from the one time to the other, null for all there is. @throws StoreError, HistoryError */
  readonly readHistory: (database: string, since: number | null, until: number | null) => History;
  /** Writes what the Python plugin knew into this one's database. @throws StoreError */
  readonly takeOverPython: (python: string, database: string) => TakenOver;
  /** @param socket lightningd's; null for that of a mainnet node in the usual place */
  readonly node: (socket: string | null) => NodeCaller;
  readonly screen: () => Screen;
  readonly now: () => UnixSec;
  /** Uniform in [0, 1), and nobody can tell the next. */
  readonly dice: () => number;
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  readonly version: string;
}

export type Options = NonNullable<ParseArgsConfig['options']>;
/** As typed; of options that were not given nothing is there. */
export interface Given {
  readonly words: readonly string[];
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
}

export interface Command {
  readonly name: string;
  /** As the usage shows it, such as `carr FILE [--json]`. */
  readonly synopsis: string;
  /** What it does and what its options mean: lines of at most 110 characters. */
  readonly help: readonly string[];
  readonly options: Options;
  /** What is printed. @throws UsageError, InputError, StoreError */
  readonly answer: (given: Given, terminal: Terminal) => Promise<string>;
}

export const FLAG = { type: 'boolean' } as const;
export const WORD = { type: 'string' } as const;

export const flagOf = ({ values }: Given, name: string): boolean => values[name] === true;

/** Null where it was not given. */
export function wordOf({ values }: Given, name: string): string | null {
  const value = values[name];
  return typeof value === 'string' ? value : null;
}

/** @throws UsageError where the option is missing */
export function demandWord(command: string, given: Given, name: string, what: string): string {
  const word = wordOf(given, name);
  if (word === null) throw new UsageError(`${command}: expected --${name} ${what}`);
  return word;
}

/** @throws UsageError where there are words beside the options */
export function noWords(command: string, { words }: Given): void {
  if (words.length > 0) throw new UsageError(`${command}: expected options only, got ${JSON.stringify(words[0])}`);
}

// How does the simulated node remember its world over a restart, however it ended?
//
// Nothing of the world is written down but how it was made, what was done to it and when, and how far time had come.
// The world is deterministic, so doing it all again yields the same one, index by index. Each thing is written before
// it takes effect: what anyone has seen of the node before a crash is there again after it.
import { closeSync, existsSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { WorldConfig } from '../world/config.ts';

/** A call that changed the world, at a virtual time in milliseconds. */
export interface RecordedCall {
  readonly at: number;
  readonly method: string;
  readonly params: unknown;
}

export interface RecordedWorld {
  readonly config: WorldConfig;
  readonly calls: readonly RecordedCall[];
  /** Virtual milliseconds that time had reached at least. */
  readonly reached: number;
}

/** The first line is overwritten in place, so it has a fixed width: 24 digits hold any time. */
const WIDTH = 24;
const firstLine = (reached: number): string => `{"reached":"${String(reached).padStart(WIDTH)}"}\n`;

export class StateFile {
  readonly #file: number;
  #end: number;

  private constructor(file: number, end: number) {
    this.#file = file;
    this.#end = end;
  }

  /** Begins a new file. */
  static create(path: string, config: WorldConfig): StateFile {
    const file = openSync(path, 'w', 0o600);
    const text = `${firstLine(config.startMs)}${JSON.stringify(config)}\n`;
    return new StateFile(file, writeSync(file, text));
  }

  /** Goes on with an existing file; null where there is none. @throws Error when it is not one of ours. */
  static open(path: string): { readonly file: StateFile; readonly world: RecordedWorld } | null {
    if (!existsSync(path)) return null;
    const text = readFileSync(path, 'utf8');
    // A crash may have cut the last line: what it said had not taken effect yet.
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    const [first, config, ...calls] = whole.split('\n').filter((line) => line !== '');
    if (first === undefined || config === undefined) throw new Error(`${path}: expected the state of a simulated node`);
    const { reached } = JSON.parse(first) as { readonly reached: string };
    const world = {
      reached: Number(reached),
      config: JSON.parse(config) as WorldConfig,
      calls: calls.map((line) => JSON.parse(line) as RecordedCall),
    };
    const file = openSync(path, 'r+');
    ftruncateSync(file, Buffer.byteLength(whole));
    return { file: new StateFile(file, Buffer.byteLength(whole)), world };
  }

  /** To be called before time moves on to there. */
  reach(ms: number): void {
    writeSync(this.#file, firstLine(ms), 0);
  }

  /** To be called before the call is made. */
  record(call: RecordedCall): void {
    this.#end += writeSync(this.#file, `${JSON.stringify(call)}\n`, this.#end);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Commands that only look; everything else is recorded, because it may change the world. */
const READS =
  /^(list|get|wait|feerates|decode|sql|check|help|stop|plugin|setconfig|notifications|bkpr-(?!edit)|dev-sim-(log|time|fault|calls))/;

export const changesWorld = (method: string): boolean => !READS.test(method);

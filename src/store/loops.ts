// When did each loop run last and how did it end; is the plugin paused?
import { unixSec } from '../core/units.ts';
import type { LoopRecord } from '../ports.ts';
import type { Connection } from './connection.ts';
import type { Statement } from './engine.ts';
import { numberOf, textOf } from './rows.ts';

export class Loops {
  readonly #load: Statement;
  readonly #save: Statement;

  constructor(connection: Connection) {
    this.#load = connection.prepare('SELECT * FROM loops WHERE name = ?');
    this.#save = connection.prepare('INSERT OR REPLACE INTO loops VALUES (?, ?, ?, ?)');
  }

  load(name: string): LoopRecord | null {
    const row = this.#load.get(name);
    if (row === undefined) return null;
    return {
      lastRun: unixSec(numberOf(row, 'last_run')),
      lastOutcome: textOf(row, 'last_outcome'),
      consecutiveFailures: numberOf(row, 'consecutive_failures'),
    };
  }

  /** Only within a write. */
  save(name: string, record: LoopRecord): void {
    this.#save.run(name, record.lastRun, record.lastOutcome, record.consecutiveFailures);
  }
}

/** What an operator has switched, to be found again after a restart. */
export class Switches {
  readonly #load: Statement;
  readonly #save: Statement;

  constructor(connection: Connection) {
    this.#load = connection.prepare('SELECT engaged FROM switches WHERE name = ?');
    this.#save = connection.prepare('INSERT OR REPLACE INTO switches VALUES (?, ?)');
  }

  engaged(name: 'paused'): boolean {
    const row = this.#load.get(name);
    return row !== undefined && numberOf(row, 'engaged') === 1;
  }

  /** Only within a write. */
  engage(name: 'paused', engaged: boolean): void {
    this.#save.run(name, engaged ? 1 : 0);
  }
}

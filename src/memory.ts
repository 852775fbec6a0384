// When does memory that a burst of work has needed go back to the system? V8 by itself keeps most of it for good.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const LOOK_EVERY_MS = 10_000;
/** Processor seconds since the last collection that make another worth its 25 ms (npm run bench:startup): 2.5 %. */
const WORTH_COLLECTING = 1;
/** Processor seconds within one interval below which we are at rest: a collection now keeps nobody waiting. */
const AT_REST = 0.5;

export interface Machine {
  /** Processor seconds this process has used so far. */
  processorSeconds(): number;
  /** Frees what can be freed, and gives it back. */
  collect(): void;
}

/** Has memory collected once after each burst of work; asked at regular intervals. */
export class MemoryKeeper {
  readonly #machine: Machine;
  #atLastLook = 0;
  #atLastCollection = 0;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  look(): void {
    const used = this.#machine.processorSeconds();
    const atRest = used - this.#atLastLook < AT_REST;
    this.#atLastLook = used;
    if (!atRest || used - this.#atLastCollection < WORTH_COLLECTING) return;
    this.#machine.collect();
    this.#atLastCollection = this.#machine.processorSeconds();
  }
}

/** Looks after this process's memory for as long as it lives, and keeps it alive no longer. */
export function keepMemorySmall(): void {
  const collect = collector();
  const processorSeconds = (): number => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  };
  const keeper = new MemoryKeeper({ processorSeconds, collect });
  setInterval(() => {
    keeper.look();
  }, LOOK_EVERY_MS).unref();
}

/**
 * A full collection, some 25 ms for our heap. `last-resort` has V8 empty its pool of freed pages too, 40 MB after an
 * intake; the V8 of Node 20 has no such pool, and takes every collection with words to it for one of young objects.
 */
export function collector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (how?: object) => void;
  return () => {
    collect();
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  };
}

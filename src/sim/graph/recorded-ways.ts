// What does a rebalance cost now, and does it arrive? Drawn from the tries that a bank has recorded.
import type { CircularTries } from './bank.ts';

/** One try, as it came out. */
export interface RecordedWay {
  /** Of what arrives, all hops. */
  readonly ppm: number;
  readonly arrives: boolean;
}

/** Where there is no way: more than anybody pays. */
const NO_WAY: RecordedWay = { ppm: 1e6, arrives: false };
/** What is paid by whoever can choose among sources and wait: this quantile of the ways that arrive (quant 4.8). */
const CHEAP = 0.1;

/** Tries are told apart by where they go to, which decides their price: a pair alone has hardly one. */
export class RecordedWays {
  readonly #byDestination: readonly (readonly RecordedWay[])[];
  readonly #cheap: readonly number[];

  constructor(tries: Pick<CircularTries, 'to' | 'ppm' | 'attempts' | 'arrived'>, channels: number) {
    const ways = Array.from({ length: channels }, (): RecordedWay[] => []);
    tries.to.forEach((to, row) => {
      const way = { ppm: tries.ppm[row] ?? 0, arrives: tries.arrived[row] === 1 };
      ways[to]?.push((tries.attempts[row] ?? 0) > 0 ? way : NO_WAY);
    });
    this.#byDestination = ways;
    this.#cheap = ways.map((list) => {
      const arriving = list.filter(({ arrives }) => arrives).map(({ ppm }) => ppm);
      return arriving.sort((a, b) => a - b)[Math.floor(CHEAP * arriving.length)] ?? NO_WAY.ppm;
    });
  }

  /** @param chance in [0, 1): the same try for the same chance */
  at(to: number, chance: number): RecordedWay {
    const ways = this.#byDestination[to] ?? [];
    return ways[Math.floor(chance * ways.length)] ?? NO_WAY;
  }

  /** What filling the channel costs whoever takes the cheap ways only, ppm. */
  attainablePpm(to: number): number {
    return this.#cheap[to] ?? NO_WAY.ppm;
  }
}

// How is what many ask for reckoned once, so that an open page costs the plugin next to nothing?

/** A reading is good for this long, however little it costs. */
const LEAST_AGE_MS = 4000;
/** And for no longer than this, however much it costs: a page that shows it says that it is the present. */
const MOST_AGE_MS = 60_000;
/** Share of a core that repeating one reading over and over may take: 1 %. */
const LEAST_AGE_PER_COST = 100;

export interface Meter {
  /** Milliseconds that only grow. */
  readonly elapsed: () => number;
  /** Milliseconds of processor time that the plugin has used. */
  readonly used: () => number;
}

/** The last reading, as long as it is young enough for what it cost. Readers at the same time share one. */
export class Cached<T> {
  readonly #read: () => Promise<T>;
  readonly #meter: Meter;
  #last: { readonly value: T; readonly until: number } | null = null;
  #reading: Promise<T> | null = null;

  constructor(meter: Meter, read: () => Promise<T>) {
    this.#meter = meter;
    this.#read = read;
  }

  /** Rejects as the reading does; a failure is not kept. */
  get(): Promise<T> {
    if (this.#reading !== null) return this.#reading;
    if (this.#last !== null && this.#last.until > this.#meter.elapsed()) return Promise.resolve(this.#last.value);
    const reading: Promise<T> = this.#readAnew(() => this.#reading === reading).finally(() => {
      if (this.#reading === reading) this.#reading = null;
    });
    return (this.#reading = reading);
  }

  /** Something was changed: the next reading is a new one, and one that began before is no longer the present. */
  forget(): void {
    this.#last = null;
    this.#reading = null;
  }

  async #readAnew(isPresent: () => boolean): Promise<T> {
    const before = this.#meter.used();
    const value = await this.#read();
    const cost = this.#meter.used() - before;
    const age = Math.min(MOST_AGE_MS, Math.max(LEAST_AGE_MS, cost * LEAST_AGE_PER_COST));
    if (isPresent()) this.#last = { value, until: this.#meter.elapsed() + age };
    return value;
  }
}

// A node of two channels has one balance: what leaves by the one came in by the other. How its balance wanders on a grid,
// what fees by balance earn there in the long run, and which earn most.
//
// An average-reward Markov decision process, solved by policy iteration (Howard 1960; Puterman, Markov Decision Processes,
// section 8.6). Nothing of the oracle is used: only demand.
import { probit } from 'simple-statistics';
import { LARGEST_SHARE, RESERVE } from '../../../../src/sim/market/basics.ts';
import { MARKET_START, demandAt, type Market } from '../../../../src/sim/market/market.ts';

/** Quant 4.8. */
const POINTS = 200;
/** Amounts by which the lognormal of a payment is drawn, one in the middle of each part of equal weight. */
const AMOUNTS = 1000;

/** Payments to one of the channels. */
interface Direction {
  /** Paid a day, if it were free. */
  readonly rate: number;
  /** Share that pays each fee. */
  readonly shares: Float64Array;
  readonly fees: Float64Array;
  /** +1 where the balance of the first channel grows. */
  readonly sign: 1 | -1;
}

/** Fee index of each direction at each point. */
export type Policy = readonly Int32Array[];

export class BalanceChain {
  /** Msat on our side of the first channel, by point; of the second channel the rest. */
  readonly firstMsat: Float64Array;
  readonly secondMsat: Float64Array;
  readonly #directions: readonly Direction[];
  /** Msat between two points. */
  readonly #step: number;
  /** Probability that a payment moves the balance by so many points. */
  readonly #jumps: Float64Array;

  /** @param market of two channels whose demand does not change */
  constructor(market: Market) {
    const [first = 0, second = 0] = market.channels.map(({ capacityMsat }) => capacityMsat);
    // Both begin at the half.
    const all = (first + second) / 2;
    const low = Math.max(RESERVE * first, all - (1 - RESERVE) * second);
    const high = Math.min((1 - RESERVE) * first, all - RESERVE * second);
    this.#step = (high - low) / (POINTS - 1);
    this.firstMsat = Float64Array.from({ length: POINTS }, (_, x) => low + x * this.#step);
    this.secondMsat = this.firstMsat.map((msat) => all - msat);
    this.#jumps = jumpsOf(market, this.#step, LARGEST_SHARE * Math.min(first, second));
    const mean = this.#jumps.reduce((sum, part, jump) => sum + part * jump * this.#step, 0);
    this.#directions = demandAt(market, MARKET_START).columns.map(({ to, fees, classes }): Direction => {
      const [only] = classes;
      if (only === undefined || classes.length !== 1) throw new Error(`channel ${to}: expected one class of senders`);
      const msat = only.from.reduce((sum, sats) => sum + sats * 1000, 0);
      return { rate: msat / mean, shares: fees.map((fee) => only.share(fee)), fees, sign: to === 0 ? -1 : 1 };
    });
  }

  /** What a policy earns, msat a day, and what each balance is worth beside the first one. */
  evaluate(policy: Policy): { readonly perDay: number; readonly worth: Float64Array } {
    // Unknown: what is earned a day (first), and the worth of each point but the first. For each point
    // earned a day = reward + sum of rate to another point x (its worth - the worth here).
    const rows = Array.from({ length: POINTS }, (_, x) => {
      const row = new Float64Array(POINTS + 1);
      row[0] = 1;
      this.#directions.forEach((direction, d) => {
        const fee = policy[d]?.[x] ?? 0;
        const rate = direction.rate * (direction.shares[fee] ?? 0);
        this.#eachJump(direction, x, (to, part) => {
          add(row, POINTS, (rate * part * Math.abs(to - x) * this.#step * (direction.fees[fee] ?? 0)) / 1e6);
          if (to > 0) add(row, to, -rate * part);
          if (x > 0) add(row, x, rate * part);
        });
      });
      return row;
    });
    const solved = solve(rows);
    const perDay = solved[0] ?? 0;
    solved[0] = 0;
    return { perDay, worth: solved };
  }

  /** The best that any fees by balance could earn, msat a day. */
  best(begin: Policy): number {
    let policy = begin;
    let { perDay, worth } = this.evaluate(policy);
    for (;;) {
      policy = this.#improve(worth);
      const next = this.evaluate(policy);
      if (next.perDay <= perDay * (1 + 1e-9)) return next.perDay;
      ({ perDay, worth } = next);
    }
  }

  /** The best fees where balances are worth so much. */
  #improve(worth: Float64Array): Policy {
    return this.#directions.map((direction) =>
      Int32Array.from({ length: POINTS }, (_, x) => {
        let msat = 0;
        let gain = 0;
        this.#eachJump(direction, x, (to, part) => {
          msat += part * Math.abs(to - x) * this.#step;
          gain += part * ((worth[to] ?? 0) - (worth[x] ?? 0));
        });
        const values = direction.fees.map((fee, f) => (direction.shares[f] ?? 0) * ((msat * fee) / 1e6 + gain));
        return values.indexOf(Math.max(...values));
      }),
    );
  }

  /** Payments that fit: others are refused whole. */
  #eachJump({ sign }: Direction, from: number, visit: (to: number, part: number) => void): void {
    const room = sign > 0 ? POINTS - 1 - from : from;
    for (let jump = 1; jump <= room && jump < this.#jumps.length; jump++)
      visit(from + sign * jump, this.#jumps[jump] ?? 0);
  }
}

/** Each amount is rounded up or down to points such that its mean stays what it is. */
function jumpsOf({ scenario: { payment } }: Market, step: number, most: number): Float64Array {
  const jumps = new Float64Array(Math.ceil(most / step) + 2);
  for (let i = 0; i < AMOUNTS; i++) {
    const sats = payment.medianSats * Math.exp(payment.sigma * probit((i + 0.5) / AMOUNTS));
    const points = Math.min(1000 * sats, most) / step;
    const whole = Math.floor(points);
    add(jumps, whole, (1 - (points - whole)) / AMOUNTS);
    add(jumps, whole + 1, (points - whole) / AMOUNTS);
  }
  return jumps;
}

const add = (values: Float64Array, at: number, more: number): void => {
  values[at] = (values[at] ?? 0) + more;
};

/** Linear equations, the right side in the last column: by elimination with pivots. Changes its rows. */
function solve(rows: Float64Array[]): Float64Array {
  const size = rows.length;
  const rowOf = (k: number): Float64Array => rows[k] as Float64Array;
  for (let k = 0; k < size; k++) {
    let best = k;
    for (let r = k + 1; r < size; r++) if (Math.abs(rowOf(r)[k] ?? 0) > Math.abs(rowOf(best)[k] ?? 0)) best = r;
    [rows[k], rows[best]] = [rowOf(best), rowOf(k)];
    const pivot = rowOf(k);
    for (const row of rows.slice(k + 1)) {
      const part = (row[k] ?? 0) / (pivot[k] ?? 0);
      if (part !== 0) for (let c = k; c <= size; c++) row[c] = (row[c] ?? 0) - part * (pivot[c] ?? 0);
    }
  }
  const solved = new Float64Array(size);
  for (let k = size - 1; k >= 0; k--) {
    const row = rowOf(k);
    let right = row[size] ?? 0;
    for (let c = k + 1; c < size; c++) right -= (row[c] ?? 0) * (solved[c] ?? 0);
    solved[k] = right / (row[k] ?? 0);
  }
  return solved;
}

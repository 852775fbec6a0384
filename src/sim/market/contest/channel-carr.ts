// At which yearly rate did each channel's own half of it earn? Its CARR, from one cash flow a week.
import { carr } from '../../../core/profit/carr.ts';
import { DAY } from '../market.ts';
import type { NodeEngine } from '../engine/node-engine.ts';

/** Flows within a week weigh as one at its end: of a yearly rate below 100 % that moves a hundredth at most. */
const WEEK = 7 * DAY;

export interface CarrRecord {
  /** By channel; what each holds at the end counts as what it held at the beginning, as its books have it (design 6.1). */
  rates(): number[];
}

/** To be made before anything has happened. */
export function recordCarr(engine: NodeEngine): CarrRecord {
  const { start, days } = engine.market;
  const end = start + days * DAY;
  const weeks = Math.max(1, Math.ceil((days * DAY) / WEEK));
  const capitals = engine.capacityMsat.map((_, k) => engine.localMsat(k));
  const earned = capitals.map(() => new Float64Array(weeks));
  const add = (channel: number, at: number, amountMsat: number): void => {
    // What is still under way when the market ends counts no more.
    if (at >= end) return;
    const own = earned[channel];
    const week = Math.min(weeks - 1, Math.floor((at - start) / WEEK));
    if (own !== undefined) own[week] = (own[week] ?? 0) + amountMsat;
  };
  engine.listen({
    forwarded: ({ to, feeMsat, at }) => {
      add(to, at, feeMsat);
    },
    rebalanced: ({ to, feeMsat }, at) => {
      add(to, at, -feeMsat);
    },
  });
  return {
    rates: () =>
      capitals.map((capital, k) => {
        const flows = Array.from(earned[k] ?? [], (amount, week) => {
          return { time: Math.min(end, start + (week + 1) * WEEK), amount: BigInt(amount) };
        });
        const ends = [
          { time: start, amount: BigInt(-capital) },
          { time: end, amount: BigInt(capital) },
        ];
        // Without a rate is only what has cost more than it holds.
        return carr([...ends, ...flows]).carr ?? -1;
      }),
  };
}

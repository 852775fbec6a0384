// After demand for a channel has changed, how long until its fee earns again what this tool gets it to earn? (quant 4.7)
import { DAY, regimeAt, shareAt, type Market } from '../market.ts';
import type { NodeEngine } from '../engine/node-engine.ts';

/** Shorter stretches tell nothing of where a tool would have ended. */
const LEAST_DAYS = 30;
/** Adapted: so much of the final rate, in the mean of so many days. */
const ADAPTED = { share: 0.9, days: 3 } as const;
/** The final rate is that of the last part of a stretch. */
const FINAL_PART = 1 / 3;

interface Stretch {
  readonly channel: number;
  /** Whole days since the start, the first after the change. */
  readonly from: number;
  readonly until: number;
}

/** Stretches of unchanged demand after a change of it. */
function stretchesOf({ channels, start, days }: Market): Stretch[] {
  return channels.flatMap(({ regimes }, channel) =>
    regimes.slice(1).flatMap(({ from }, i): Stretch[] => {
      const next = regimes[i + 2]?.from ?? start + days * DAY;
      const stretch = { channel, from: Math.ceil((from - start) / DAY), until: Math.floor((next - start) / DAY) };
      return stretch.until - stretch.from >= LEAST_DAYS ? [stretch] : [];
    }),
  );
}

export interface Adaptation {
  /** To be called at every wake of the fee tool. */
  onWake(engine: NodeEngine): void;
  /** Days until 90 % of the final rate, of every change after which demand stayed for a month. */
  days(): readonly number[];
}

export function recordAdaptation(market: Market): Adaptation {
  const stretches = stretchesOf(market);
  const channels = [...new Set(stretches.map(({ channel }) => channel))];
  /** By channel and day: revenue rate at the live fee, demand known, liquidity left out. */
  const rates = new Map(channels.map((channel) => [channel, [] as number[]]));
  let day = 0;
  return {
    onWake(engine) {
      if (rates.size === 0 || engine.now < market.start + day * DAY) return;
      day = Math.floor((engine.now - market.start) / DAY) + 1;
      for (const [channel, seen] of rates) {
        const demand = market.channels[channel];
        if (demand === undefined) continue;
        const fee = engine.feePpm(channel);
        seen[day - 1] = fee * shareAt(market, regimeAt(demand, engine.now).scalePpm, fee);
      }
    },
    days: () => stretches.map(({ channel, from, until }) => daysToFinal(rates.get(channel)?.slice(from, until) ?? [])),
  };
}

/** The whole stretch where it never gets there. */
function daysToFinal(rates: readonly number[]): number {
  const final = mean(rates.slice(-Math.ceil(rates.length * FINAL_PART)));
  for (let day = 0; day + ADAPTED.days <= rates.length; day++)
    if (mean(rates.slice(day, day + ADAPTED.days)) >= ADAPTED.share * final) return day;
  return rates.length;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

// What does a tool find out about the network around the node, and how large is what is sold in this scenario?
import { MAINNET_MEDIAN_PPM } from '../basics.ts';
import { demandAt, shareAt, stream, type Market } from '../market.ts';
import { bestPrice } from '../demand/willingness.ts';

/** How a node stands among the other nodes that a peer has channels with. */
export interface Standing {
  readonly worse: number;
  readonly better: number;
  /** Those of equal capacity included. */
  readonly total: number;
}

/** What listchannels would tell of each peer. By channel. */
export interface Surroundings {
  /** Median fee of others' channels to the peer, ppm. */
  readonly medianPpm: readonly number[];
  readonly standing: readonly Standing[];
}

/** A median node: half of its peer's other peers are smaller. 20 is about what a mid-sized node has (quant 2: 15-150). */
const MIDDLING: Standing = { worse: 10, better: 10, total: 20 };
/**
 * Spread (ln) of a peer's median fee around what would be best to ask: fees to one target spread by 2.3 (quant 2), so the
 * median of ten of them by sqrt(pi / 2) x 2.3 / sqrt(10).
 */
const SURVEY_SIGMA = 0.91;

/** All peers look like the network as a whole: a tool that compares learns nothing of demand. */
export const mainnet = (market: Market): Surroundings => ({
  medianPpm: market.channels.map(() => MAINNET_MEDIAN_PPM),
  standing: market.channels.map(() => MIDDLING),
});

/** Rivals ask about what is best to ask, each peer's by chance too much or too little: comparing tells something. */
export function surveyed(market: Market): Surroundings {
  const random = stream(market.seed, 'survey');
  const medianPpm = bestFees(market).map((fee) =>
    Math.max(1, Math.round(fee * Math.exp(SURVEY_SIGMA * random.normal()))),
  );
  return { medianPpm, standing: market.channels.map(() => MIDDLING) };
}

/** Of the channels at the market's start. */
export interface ScenarioScale {
  /** 10, 50 and 90 % of the fees at which revenue is highest, ppm (quant 4.9). */
  readonly lowPpm: number;
  readonly middlePpm: number;
  readonly highPpm: number;
  /** What would leave by a mean channel at those fees, sats a day. */
  readonly outSatsPerDay: number;
}

/** @param level by which the fees are multiplied */
export function scaleOf(market: Market, level = 1): ScenarioScale {
  const best = bestFees(market);
  const sorted = [...best].sort((a, b) => a - b);
  const { volume, scalePpm } = demandAt(market, market.start);
  let out = 0;
  for (const row of volume)
    row.forEach((sats, j) => {
      out += sats * shareAt(market, scalePpm[j] ?? 0, best[j] ?? 0);
    });
  return {
    lowPpm: Math.round(level * quantile(sorted, 0.1)),
    middlePpm: Math.round(level * quantile(sorted, 0.5)),
    highPpm: Math.round(level * quantile(sorted, 0.9)),
    outSatsPerDay: out / best.length,
  };
}

/** Fee of highest revenue of each channel, ppm, demand known and liquidity left out. */
function bestFees(market: Market): number[] {
  const top = bestPrice(market.scenario.willingness.family);
  return demandAt(market, market.start).scalePpm.map((scale) => top * scale);
}

/** Between neighbours linearly. */
function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)] ?? 0;
  const above = sorted[Math.ceil(at)] ?? below;
  return below + (above - below) * (at - Math.floor(at));
}

// What would senders pay for a channel? Families of reservation prices, in multiples of the channel's scale.
import { normalCdf } from '../../../core/normal.ts';
import type { SeededRandom } from '../../world/random.ts';

export type Family =
  | { readonly kind: 'lognormal'; readonly sigma: number }
  | { readonly kind: 'exponential' }
  /** Between 0 and twice the scale. */
  | { readonly kind: 'uniform' }
  /** Lomax's: (1 + x / (tail - 1))^-tail, whose revenue is highest at the scale itself. */
  | { readonly kind: 'pareto'; readonly tail: number }
  /** A rival with an equal route: most take whoever is cheaper than it, the rest have tastes of their own. */
  | { readonly kind: 'kink'; readonly mass: number; readonly sigma: number };

/** Senders cap what they pay in all at 0.5 to 5 %; 5000 ppm for one hop is the middle of that (quant 3.3). */
export const MOST_PPM = 5000;
/** Those whom the rival's price does not bind: lognormal around 0.8 of the scale, wide (quant prototype). */
const FREE = { scale: 0.8, sigma: 1.2 } as const;

/**
 * Share of senders who pay `x` times the scale or more.
 * @param rival what a kink's rival asks, in multiples of the scale
 */
export function survival(family: Family, x: number, rival = 1): number {
  if (x <= 0) return 1;
  switch (family.kind) {
    case 'lognormal':
      return normalCdf(-Math.log(x) / family.sigma);
    case 'exponential':
      return Math.exp(-x);
    case 'uniform':
      return Math.max(0, 1 - x / 2);
    case 'pareto':
      return (1 + x / (family.tail - 1)) ** -family.tail;
    case 'kink':
      return (
        family.mass * normalCdf(-Math.log(x / rival) / family.sigma) +
        (1 - family.mass) * normalCdf(-Math.log(x / FREE.scale) / FREE.sigma)
      );
  }
}

/** Whether a sender compares us with a rival: drawn before what it would pay. */
export const compares = (family: Family, random: SeededRandom): boolean =>
  family.kind === 'kink' && random.chance(family.mass);

/** What a rival that reacts asks in the end, in multiples of its usual price, where we ask so much. */
export const rivalMultiple = (
  { undercut, floorPpm }: { readonly undercut: number; readonly floorPpm: number },
  usualPpm: number,
  ourPpm: number,
): number => Math.min(1, Math.max(((1 - undercut) * ourPpm) / usualPpm, floorPpm / usualPpm));

/** One sender's reservation price in multiples of the scale; of one who compares at a rival's usual price. */
export function drawWillingness(family: Family, random: SeededRandom, compared = compares(family, random)): number {
  switch (family.kind) {
    case 'lognormal':
      return Math.exp(family.sigma * random.normal());
    case 'exponential':
      return random.exponential(1);
    case 'uniform':
      return 2 * random.next();
    case 'pareto':
      return (family.tail - 1) * ((1 - random.next()) ** (-1 / family.tail) - 1);
    case 'kink':
      return compared ? Math.exp(family.sigma * random.normal()) : FREE.scale * Math.exp(FREE.sigma * random.normal());
  }
}

/** Ends and grain (in ln) of the search for the best price: wide enough for lognormal sigmas up to 2. */
const SEARCH = { from: Math.log(0.02), to: Math.log(50), step: 0.001 } as const;

/** Of each family without a cost: a millisecond's search, which every market begins with. */
const searched = new WeakMap<Family, number>();

/** The price, in multiples of the scale, at which (price - cost) x survival is highest; cost in the same unit. */
export function bestPrice(family: Family, cost = 0): number {
  const known = cost === 0 ? searched.get(family) : undefined;
  if (known !== undefined) return known;
  const price = searchBestPrice(family, cost);
  if (cost === 0) searched.set(family, price);
  return price;
}

function searchBestPrice(family: Family, cost: number): number {
  let best = 0;
  let at = Math.exp(SEARCH.to);
  for (let ln = SEARCH.from; ln <= SEARCH.to; ln += SEARCH.step) {
    const price = Math.exp(ln);
    const value = (price - cost) * survival(family, price);
    if (value > best) {
      best = value;
      at = price;
    }
  }
  return at;
}

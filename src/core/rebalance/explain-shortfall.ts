// By how much was a rebalance refused?
import { duration, percent, ppm, sats, time } from '../in-words.ts';
import type { Shortfall } from './plan-types.ts';
import type { RebalanceReason } from './reasons.ts';

const asSats = (amountMsat: number): string => sats(amountMsat / 1000);

/** Where something is asked for and something is there. */
export function missing({ unit, needed, available }: Shortfall): string {
  switch (unit) {
    case 'msat':
      return `${asSats(needed)} needed, ${asSats(Math.max(0, available))} there${needed > available ? `: ${asSats(needed - Math.max(0, available))} short` : ''}`;
    case 'ppm':
      return `more than ${ppm(needed)} needed, ${ppm(available)} there${needed > available ? `: ${ppm(needed - available)} short` : ''}`;
    case 'seconds':
      return `${duration(Math.max(0, needed - available))} left, until ${time(needed)}`;
    case 'share':
      return `${percent(needed)} needed, ${percent(available)} there`;
  }
}

/** A balance on the wrong side of a mark. */
const balance =
  (mark: string) =>
  ({ needed, available }: Shortfall): string => {
    const beyond = `${asSats(Math.abs(available - needed))} ${available < needed ? 'below' : 'above'} it`;
    return `${mark} is ${asSats(needed)}, and ${asSats(available)} are there${available === needed ? '' : `, ${beyond}`}`;
  };

const BALANCES: Readonly<Partial<Record<RebalanceReason, (shortfall: Shortfall) => string>>> = {
  'at-target': balance('the target'),
  'sink-not-critical': balance('the critical balance'),
  'nothing-to-spare': balance('its own target'),
};

/** @param withinPair whether a pair was refused: then it is the cap that a balance bounds, not the balance itself */
export function shortfallText(shortfall: Shortfall, reason: RebalanceReason, withinPair: boolean): string {
  const told = withinPair ? undefined : BALANCES[reason];
  return told === undefined ? missing(shortfall) : told(shortfall);
}

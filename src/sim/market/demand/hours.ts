// How do some hours of each day differ? Other people pay then, for other channels and at other prices.
import { DAY, stream } from '../basics.ts';
import type { Scenario } from '../scenario.ts';

/** Of a channel's scale and of its rate. */
export interface HourFactors {
  readonly scale: number;
  readonly rate: number;
}

const ALIKE: HourFactors = { scale: 1, rate: 1 };

/** By channel, drawn once. */
export function drawHours({ hours }: Scenario, seed: number, channels: number): HourFactors[] {
  const random = stream(seed, 'hours');
  return Array.from({ length: channels }, () =>
    hours === null
      ? ALIKE
      : { scale: Math.exp(hours.optimumSd * random.normal()), rate: Math.exp(hours.rateSd * random.normal()) },
  );
}

/** Whether that time, in seconds since the epoch, is within them. */
export function isWithin(hours: Scenario['hours'], time: number): boolean {
  if (hours === null) return false;
  const hour = (time % DAY) / 3600;
  return hour >= hours.from && hour < hours.until;
}

/** When they next begin or end after that time; Infinity where all hours are alike. */
export function nextTurn(hours: Scenario['hours'], time: number): number {
  if (hours === null) return Infinity;
  const midnight = time - (time % DAY);
  const turns = [hours.from, hours.until, hours.from + 24].map((hour) => midnight + hour * 3600);
  return turns.find((turn) => turn > time) ?? Infinity;
}

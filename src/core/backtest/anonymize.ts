// What of a history may leave the house? Numbers by which a market can be fitted, but nobody recognised at a glance.
//
// docs/backtest.md says what is changed and what somebody could still learn; a change here is one there.
import { normal, type Uniform } from '../chance.ts';
import type { History, PastFee } from './history.ts';

const HOUR = 3600;
const WEEK = 604_800;
/** Up to five years back: weekday and hour stay, the date does not. */
const MOST_WEEKS = 260;
/** Payments lie anywhere in their quarter of an hour. */
const GRAIN_SECONDS = 900;
/** Spread (ln) that is added to each amount before it is rounded. */
const AMOUNT_SPREAD = 0.05;
/** Capacities are announced to the sat: one of these steps a decade (E12) is all that is told. */
const CAPACITIES = [1, 1.2, 1.5, 1.8, 2.2, 2.7, 3.3, 3.9, 4.7, 5.6, 6.8, 8.2, 10];

/** Two significant digits. */
export function rounded(value: number): number {
  if (value <= 0) return 0;
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
  return Math.round(value / unit) * unit;
}

function bucketed(value: number): number {
  const decade = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  const distance = (step: number): number => Math.abs(Math.log(value / (step * decade)));
  return Math.round(CAPACITIES.reduce((best, step) => (distance(step) < distance(best) ? step : best), 1) * decade);
}

/** @param secret dice that nobody can throw again */
export function anonymized(history: History, secret: Uniform): History {
  const order = shuffled(history.channels.length, secret);
  const places = new Map(order.map((k, place) => [k, place]));
  const shift = -WEEK * (1 + Math.floor(MOST_WEEKS * secret()));
  const hour = (at: number): number => Math.round(at / HOUR) * HOUR + shift;
  const payment = ({ at, from, to, amountMsat, feeMsat }: Payment): Payment => {
    const amount = rounded(amountMsat * Math.exp(AMOUNT_SPREAD * normal(secret)));
    const ppm = rounded((feeMsat / Math.max(1, amountMsat)) * 1e6);
    return {
      at: within(at, history, secret) + shift,
      from: places.get(from) ?? 0,
      to: places.get(to) ?? 0,
      amountMsat: amount,
      feeMsat: Math.floor((amount * ppm) / 1e6),
    };
  };
  return {
    from: history.from + shift,
    until: history.until + shift,
    channels: order.flatMap((k, place) => {
      const channel = history.channels[k];
      if (channel === undefined) return [];
      const capacityMsat = bucketed(channel.capacityMsat);
      const { startMsat } = channel;
      return [
        {
          name: `channel ${place + 1}`,
          capacityMsat,
          from: hour(channel.from),
          until: hour(channel.until),
          // What could leave matters most, so that it is this that stays, and not the share.
          startMsat: startMsat === null ? null : Math.min(capacityMsat, rounded(startMsat)),
          fees: thinned(channel.fees.map(({ at, ppm }) => ({ at: hour(at), ppm: rounded(ppm) }))),
        },
      ];
    }),
    forwards: history.forwards.map(payment).sort(byTime),
    circles: history.circles.map(payment).sort(byTime),
    attempts: { succeeded: rounded(history.attempts.succeeded), failed: rounded(history.attempts.failed) },
  };
}

interface Payment {
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly amountMsat: number;
  readonly feeMsat: number;
}

const byTime = (a: Payment, b: Payment): number => a.at - b.at;

/** Anywhere in the same quarter of an hour, whole seconds. */
function within(at: number, { until }: History, secret: Uniform): number {
  const drawn = Math.floor(at / GRAIN_SECONDS) * GRAIN_SECONDS + Math.floor(GRAIN_SECONDS * secret());
  return Math.min(drawn, until - 1);
}

/** Of changes that fall into one hour, or into one fee, only the last or the first. */
function thinned(fees: readonly PastFee[]): PastFee[] {
  const last = fees.filter((fee, i) => fees[i + 1]?.at !== fee.at);
  return last.filter((fee, i) => last[i - 1]?.ppm !== fee.ppm);
}

/** Fisher and Yates. */
function shuffled(count: number, secret: Uniform): number[] {
  const order = Array.from({ length: count }, (_, k) => k);
  for (let k = count - 1; k > 0; k--) {
    const other = Math.floor(secret() * (k + 1));
    const [a, b] = [order[k] ?? 0, order[other] ?? 0];
    [order[k], order[other]] = [b, a];
  }
  return order;
}

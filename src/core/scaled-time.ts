// How does a clock run that is faster than real time? The simulated node and the plugin beside it read the same one.

/** virtual = virtualOrigin + (real - realOrigin) * speed; all in milliseconds since the epoch. */
export interface ScaledTime {
  readonly virtualOriginMs: number;
  readonly realOriginMs: number;
  /** Virtual milliseconds per real one, > 0; 1 is real time. */
  readonly speed: number;
}

export const REAL_TIME: ScaledTime = { virtualOriginMs: 0, realOriginMs: 0, speed: 1 };

/** Environment variable by which a simulated node hands its clock to the plugins it starts. */
export const CLOCK_VARIABLE = 'REVENUE_OPS_CLOCK';

export const toVirtualMs = (time: ScaledTime, realMs: number): number =>
  time.virtualOriginMs + (realMs - time.realOriginMs) * time.speed;

/** Real milliseconds that pass during so many virtual ones. */
export const toRealDurationMs = (time: ScaledTime, virtualMs: number): number => virtualMs / time.speed;

export const formatScaledTime = (time: ScaledTime): string =>
  [time.virtualOriginMs, time.realOriginMs, time.speed].join(',');

/** Null when the text is not three finite numbers with a speed above 0. */
export function parseScaledTime(text: string): ScaledTime | null {
  const parts = text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  const [virtualOriginMs, realOriginMs, speed] = parts;
  if (parts.length !== 3 || virtualOriginMs === undefined || realOriginMs === undefined || speed === undefined)
    return null;
  const valid = parts.every(Number.isFinite) && speed > 0;
  return valid ? { virtualOriginMs, realOriginMs, speed } : null;
}

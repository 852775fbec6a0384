// How does a clock run that is faster than real time? The simulated node and the plugin beside it read the same one.

/** virtual = virtualOrigin + (real - realOrigin) * speed, but never later than the end; milliseconds since the epoch. */
export interface ScaledTime {
  readonly virtualOriginMs: number;
  readonly realOriginMs: number;
  /** Virtual milliseconds per real one, > 0; 1 is real time. */
  readonly speed: number;
  /** Where virtual time stops and stands still; null: never. */
  readonly endMs: number | null;
}

export const REAL_TIME: ScaledTime = { virtualOriginMs: 0, realOriginMs: 0, speed: 1, endMs: null };

/** Environment variable by which a simulated node hands its clock to the plugins it starts. */
export const CLOCK_VARIABLE = 'REVENUE_OPS_CLOCK';

export function toVirtualMs(time: ScaledTime, realMs: number): number {
  const running = time.virtualOriginMs + (realMs - time.realOriginMs) * time.speed;
  return time.endMs === null ? running : Math.min(running, time.endMs);
}

/** Real milliseconds from `realMs` until so many virtual ones have passed; Infinity when they never will. */
export const toRealDurationMs = (time: ScaledTime, realMs: number, virtualMs: number): number =>
  time.endMs !== null && toVirtualMs(time, realMs) + virtualMs > time.endMs ? Infinity : virtualMs / time.speed;

export const formatScaledTime = (time: ScaledTime): string =>
  [time.virtualOriginMs, time.realOriginMs, time.speed, ...(time.endMs === null ? [] : [time.endMs])].join(',');

/** Null when the text is not three or four finite numbers with a speed above 0. */
export function parseScaledTime(text: string): ScaledTime | null {
  const parts = text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  const [virtualOriginMs, realOriginMs, speed, endMs = null] = parts;
  if (parts.length > 4 || virtualOriginMs === undefined || realOriginMs === undefined || speed === undefined)
    return null;
  const valid = parts.every(Number.isFinite) && speed > 0;
  return valid ? { virtualOriginMs, realOriginMs, speed, endMs } : null;
}

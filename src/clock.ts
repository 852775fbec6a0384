// What time is it? Real time, or the time of the simulated node that started us.
import { setTimeout as sleep } from 'node:timers/promises';
import { CLOCK_VARIABLE, parseScaledTime, REAL_TIME, toRealDurationMs, toVirtualMs } from './core/scaled-time.ts';
import { unixSec } from './core/units.ts';
import type { Clock } from './ports.ts';

/** setTimeout fires at once for anything longer, about 24.8 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The clock named by REVENUE_OPS_CLOCK, else real time. @throws Error when the variable is set but unreadable. */
export function systemClock(environment: NodeJS.ProcessEnv): Clock {
  const text = environment[CLOCK_VARIABLE];
  const time = text === undefined ? REAL_TIME : parseScaledTime(text);
  if (time === null)
    throw new Error(`${CLOCK_VARIABLE}: expected numbers a,b,speed or a,b,speed,end, got ${String(text)}`);
  return {
    now: () => unixSec(Math.floor(toVirtualMs(time, Date.now()) / 1000)),
    sleep: async (seconds, signal) => {
      // What never comes is waited for anew every 24 days.
      const ms = Math.min(toRealDurationMs(time, Date.now(), seconds * 1000), LONGEST_TIMER_MS);
      try {
        await sleep(ms, undefined, { signal });
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
  };
}

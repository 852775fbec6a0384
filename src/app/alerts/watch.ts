// How is an operator told of each thing once, when it begins, and once when it is over?
import { duration } from '../../core/in-words.ts';
import { SECONDS_PER_HOUR, type UnixSec } from '../../core/units.ts';
import { NodeError, StoreError, type Clock, type Log } from '../../ports.ts';
import { keyOf, severityOf, type Alert, type AlertKind, type Severity } from './alert.ts';

/** What goes to those who listen: nothing in it is secret, and nobody is named but channels. */
export interface AlertNews {
  readonly state: 'begun' | 'over';
  readonly kind: AlertKind;
  readonly severity: Severity;
  readonly text: string;
  readonly since: UnixSec;
}

export interface AlertPorts {
  readonly clock: Clock;
  readonly log: Log;
  /** All that there is now. @throws NodeError, StoreError */
  readonly read: () => Promise<readonly Alert[]>;
  readonly tell: (news: AlertNews) => void;
}

/** Seconds between two looks; a look costs about what revenue-status costs. */
const LOOK_SECONDS = 300;
/** What comes back within this time is not told again: it has hardly gone. */
const QUIET_SECONDS = 6 * SECONDS_PER_HOUR;

interface Active {
  readonly alert: Alert;
  readonly since: UnixSec;
  /** Not where it has come back so soon that it had hardly gone. */
  readonly told: boolean;
}

export class AlertWatch {
  readonly #ports: AlertPorts;
  readonly #active = new Map<string, Active>();
  /** When those that are over were told to be. */
  readonly #told = new Map<string, UnixSec>();
  #lookedAt: number | null = null;

  constructor(ports: AlertPorts) {
    this.#ports = ports;
  }

  /** Looks when it is time to. What cannot be read now will be found by the next look. */
  async look(): Promise<void> {
    const now = this.#ports.clock.now();
    if (this.#lookedAt !== null && now >= this.#lookedAt && now - this.#lookedAt < LOOK_SECONDS) return;
    this.#lookedAt = now;
    try {
      this.#compare(await this.#ports.read(), now);
    } catch (error) {
      if (!(error instanceof NodeError || error instanceof StoreError)) throw error;
      this.#ports.log.debug(`alerts: could not be read now: ${error.message}`);
    }
  }

  #compare(alerts: readonly Alert[], now: UnixSec): void {
    const found = new Map(alerts.filter((one) => severityOf(one) !== 'note').map((one) => [keyOf(one), one]));
    for (const [key, { alert, since, told }] of this.#active) {
      if (found.has(key)) continue;
      this.#active.delete(key);
      if (!told) continue;
      this.#told.set(key, now);
      this.#ports.log.info(`alert over after ${duration(now - since)}: ${alert.text}`);
      this.#tell('over', alert, since);
    }
    for (const [key, alert] of found) {
      const before = this.#active.get(key);
      const since = before?.since ?? now;
      const told = before?.told ?? now - (this.#told.get(key) ?? -Infinity) >= QUIET_SECONDS;
      // Its figures as they are now, for when it is over.
      this.#active.set(key, { alert, since, told });
      if (before !== undefined || !told) continue;
      this.#ports.log.warn(`alert: ${alert.text}`);
      this.#tell('begun', alert, since);
    }
  }

  #tell(state: AlertNews['state'], alert: Alert, since: UnixSec): void {
    this.#ports.tell({ state, kind: alert.kind, severity: severityOf(alert), text: alert.text, since });
  }
}

// How is an operator told of each thing once, when it begins, and once when it is over?
import { duration } from '../../core/in-words.ts';
import { SECONDS_PER_HOUR, type UnixSec } from '../../core/units.ts';
import { NodeError, StoreError, type Clock, type Log, type RememberedAlert, type Store } from '../../ports.ts';
import type { Look } from './look.ts';
import { isAlertKind, keyOf, severityOf, type Alert, type AlertKind, type Severity } from './alert.ts';

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
  readonly store: Pick<Store, 'alerts' | 'saveAlerts'>;
  /** All that there is now, and of which kinds nobody can tell. @throws NodeError, StoreError */
  readonly read: () => Promise<Pick<Look, 'alerts' | 'undecided'>>;
  readonly tell: (news: AlertNews) => void;
  /** Aborted when the plugin stops. */
  readonly stopping: AbortSignal;
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

interface Over extends Active {
  readonly at: UnixSec;
}

export class AlertWatch {
  readonly #ports: AlertPorts;
  readonly #active = new Map<string, Active>();
  /** Those that were told to be over of late. */
  readonly #over = new Map<string, Over>();
  #remembered = false;
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
      const { alerts, undecided } = await this.#ports.read();
      // What could not be read because we are leaving says nothing of the node.
      if (this.#ports.stopping.aborted) return;
      const isFirst = !this.#remembered;
      if (isFirst) this.#remember();
      if (this.#compare(alerts, now, isFirst ? null : undecided)) this.#keep();
    } catch (error) {
      if (!(error instanceof NodeError || error instanceof StoreError)) throw error;
      this.#ports.log.debug(`alerts: could not be read now: ${error.message}`);
    }
  }

  /**
   * Whether any has begun or is over.
   * @param undecided of these kinds nothing is over yet; null: of none at all, as at the first look of a run, since some
   *   things show only once the cycles have run
   */
  #compare(alerts: readonly Alert[], now: UnixSec, undecided: readonly AlertKind[] | null): boolean {
    let changed = false;
    const found = new Map(alerts.filter((one) => severityOf(one) !== 'note').map((one) => [keyOf(one), one]));
    for (const [key, active] of this.#active) {
      if (found.has(key) || undecided === null || undecided.includes(active.alert.kind)) continue;
      changed = true;
      this.#active.delete(key);
      if (!active.told) continue;
      const { alert, since } = active;
      this.#over.set(key, { ...active, at: now });
      this.#ports.log.info(`alert over after ${duration(Math.max(0, now - since))}: ${alert.text}`);
      this.#tell('over', alert, since);
    }
    for (const [key, { at }] of this.#over) if (now < at || now - at >= QUIET_SECONDS) this.#over.delete(key);
    for (const [key, alert] of found) {
      const before = this.#active.get(key);
      const since = before?.since ?? now;
      const told = before?.told ?? !this.#over.has(key);
      // Its figures as they are now, for when it is over.
      this.#active.set(key, { alert, since, told });
      changed ||= before === undefined;
      if (before !== undefined || !told) continue;
      this.#ports.log.warn(`alert: ${alert.text}`);
      this.#tell('begun', alert, since);
    }
    return changed;
  }

  /** What a run before has told of: a restart is no news. */
  #remember(): void {
    for (const { kind, subject, text, since, told, overAt } of this.#ports.store.alerts()) {
      // A later version may know kinds that this one does not.
      if (!isAlertKind(kind)) continue;
      const alert = { kind, subject, text };
      if (overAt === null) this.#active.set(keyOf(alert), { alert, since, told });
      else this.#over.set(keyOf(alert), { alert, since, told, at: overAt });
    }
    this.#remembered = true;
  }

  #keep(): void {
    const row = ({ alert, since, told }: Active, overAt: UnixSec | null): RememberedAlert => ({
      ...alert,
      ...{ since, told, overAt },
    });
    const over = [...this.#over].filter(([key]) => !this.#active.has(key));
    this.#ports.store.saveAlerts([
      ...[...this.#active.values()].map((one) => row(one, null)),
      ...over.map(([, one]) => row(one, one.at)),
    ]);
  }

  #tell(state: AlertNews['state'], alert: Alert, since: UnixSec): void {
    this.#ports.tell({ state, kind: alert.kind, severity: severityOf(alert), text: alert.text, since });
  }
}

// What does the dashboard work with?
import type { Command } from '../app/commands/command.ts';
import type { Log, RuneChecker } from '../ports.ts';
import type { WhatIf } from './api.ts';
import type { Meter } from './cached.ts';
import type { Readings } from './readings.ts';

export interface DashboardPorts {
  readonly readings: Readings;
  readonly commands: readonly Command[];
  readonly runes: RuneChecker;
  readonly log: Log;
  readonly meter: Meter;
  /** The page, whole. */
  readonly html: string;
  /** The last backtest, and the benchmark of the release. */
  readonly whatIf: () => WhatIf;
  /** What may stand in the Host header. */
  readonly hosts: () => ReadonlySet<string>;
  /** Whether /metrics needs no rune. */
  readonly openMetrics: () => boolean;
}

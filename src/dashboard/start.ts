// What does the dashboard consist of? Loaded only once somebody wants one: a plugin without pays nothing for it.
import type { Command } from '../app/commands/command.ts';
import type { CommandContext } from '../app/commands/context.ts';
import type { Log, RuneChecker } from '../ports.ts';
import type { WhatIf } from './api.ts';
import { dashboardApp } from './app.ts';
import type { Meter } from './cached.ts';
import { DashboardServer } from './server.ts';

export interface DashboardParts {
  readonly context: CommandContext;
  readonly commands: readonly Command[];
  readonly runes: RuneChecker;
  readonly log: Log;
  readonly html: string;
  readonly whatIf: () => WhatIf;
}

const METER: Meter = {
  elapsed: () => performance.now(),
  used: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
};

export const openDashboard = (parts: DashboardParts): DashboardServer =>
  new DashboardServer(
    (hosts) =>
      dashboardApp({
        ...parts,
        hosts,
        meter: METER,
        openMetrics: () => parts.context.config().dashboardOpenMetrics,
      }),
    parts.log,
  );

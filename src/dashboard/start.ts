// What does the dashboard consist of? Loaded only once somebody wants one: a plugin without pays nothing for it.
import type { Command } from '../app/commands/command.ts';
import type { CommandContext } from '../app/commands/context.ts';
import type { Log, RuneChecker } from '../ports.ts';
import type { WhatIf } from './api.ts';
import { dashboardApp } from './app.ts';
import { BENCHMARK } from './benchmark.ts';
import type { Meter } from './cached.ts';
import { Readings } from './readings.ts';
import { DashboardServer } from './server.ts';

export interface DashboardParts {
  readonly context: CommandContext;
  readonly commands: readonly Command[];
  readonly runes: RuneChecker;
  readonly log: Log;
  readonly html: string;
  readonly backtest: () => WhatIf['backtest'];
}

const METER: Meter = {
  elapsed: () => performance.now(),
  used: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
};

export interface Dashboard {
  readonly server: DashboardServer;
  /** Reads ahead, as soon as there may be visitors and there is something to read. */
  readonly warm: () => Promise<void>;
}

export function openDashboard(parts: DashboardParts): Dashboard {
  const { context, log } = parts;
  const readings = new Readings(context, METER);
  const server = new DashboardServer(
    (hosts) =>
      dashboardApp({
        ...parts,
        readings,
        whatIf: () => ({ backtest: parts.backtest(), benchmark: BENCHMARK }),
        hosts,
        meter: METER,
        openMetrics: () => context.config().dashboardOpenMetrics,
      }),
    log,
  );
  const isWanted = (): boolean => server.address !== null && context.readiness().phase === 'ready';
  return { server, warm: async () => (isWanted() ? readings.warm() : undefined) };
}

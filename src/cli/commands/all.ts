// Which commands does the command line have? In the order in which the help shows them.
import type { Command } from '../command.ts';
import { backtest } from './backtest.ts';
import { carr } from './carr.ts';
import { exportHistory } from './export.ts';
import { market } from './market.ts';
import { migrate } from './migrate.ts';
import { pnl } from './pnl.ts';
import { report } from './report.ts';
import { top } from './top.ts';

export const COMMANDS: readonly Command[] = [carr, pnl, report, backtest, exportHistory, market, migrate, top];

// Which commands are there?
import { analyzeCommand } from './analyze.ts';
import { clbossStatusCommand } from './clboss-status.ts';
import { backtestCommand } from './backtest.ts';
import type { Command } from './command.ts';
import { explainCommand } from './explain.ts';
import { historyCommand } from './history.ts';
import { pauseCommand, resumeCommand } from './pause.ts';
import { policyCommand } from './policy.ts';
import { profitabilityCommand } from './profitability.ts';
import { rebalanceCommand } from './rebalance.ts';
import { remanageCommand } from './remanage.ts';
import { setFeeCommand } from './set-fee.ts';
import { statusCommand } from './status.ts';

export const COMMANDS: readonly Command[] = [
  statusCommand,
  analyzeCommand,
  profitabilityCommand,
  historyCommand,
  explainCommand,
  backtestCommand,
  setFeeCommand,
  rebalanceCommand,
  policyCommand,
  clbossStatusCommand,
  remanageCommand,
  pauseCommand,
  resumeCommand,
];

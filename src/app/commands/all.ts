// Which commands are there?
import { analyzeCommand } from './analyze.ts';
import type { Command } from './command.ts';
import { explainCommand } from './explain.ts';
import { historyCommand } from './history.ts';
import { pauseCommand, resumeCommand } from './pause.ts';
import { profitabilityCommand } from './profitability.ts';
import { statusCommand } from './status.ts';

export const COMMANDS: readonly Command[] = [
  statusCommand,
  analyzeCommand,
  profitabilityCommand,
  historyCommand,
  explainCommand,
  pauseCommand,
  resumeCommand,
];

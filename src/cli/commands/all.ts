// Which commands does the command line have? In the order in which the help shows them.
import type { Command } from '../command.ts';
import { carr } from './carr.ts';
import { migrate } from './migrate.ts';
import { pnl } from './pnl.ts';

export const COMMANDS: readonly Command[] = [carr, pnl, migrate];

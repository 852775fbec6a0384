// Can all that is asked for be written? Found out before hours of measuring, not after them.
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Scenario } from '../../src/sim/market/scenario.ts';
import { ArgumentError } from '../arguments.ts';
import type { MarketArguments } from './arguments.ts';
import { checkSections } from './markdown.ts';

type Outputs = Pick<MarketArguments, 'html' | 'markdown' | 'release' | 'journal'>;

/** @throws ArgumentError */
export function checkOutputs(outputs: Outputs, scenarios: readonly Scenario[]): void {
  for (const option of ['html', 'markdown', 'release', 'journal'] as const) {
    const file = outputs[option];
    if (file !== null) checkWritable(option, file);
  }
  const { markdown } = outputs;
  if (markdown === null) return;
  if (!existsSync(markdown)) throw new ArgumentError(`--markdown: ${markdown}: there is no such file`);
  const names = scenarios.map(({ name }) => name);
  checkSections(readFileSync(markdown, 'utf8'), names);
}

function checkWritable(option: string, file: string): void {
  try {
    const there = existsSync(file);
    accessSync(there ? file : dirname(file), constants.W_OK);
    if (there && statSync(file).isDirectory()) throw new Error('it is a folder');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ArgumentError(`--${option}: ${file}: expected a file that can be written, got: ${why}`);
  }
}

// Which scenarios were meant? Names and groups from scenarios/, and files of the user's own.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseBank, type BankFile } from '../../src/sim/graph/bank.ts';
import { GraphError } from '../../src/sim/graph/channel-record.ts';
import { loadScenario, ScenarioError, type Scenario, type ScenarioLibrary } from '../../src/sim/market/scenario.ts';
import { ArgumentError } from '../arguments.ts';

/** As npm runs it: from the root of the repository. */
const FOLDER = 'scenarios';
const GROUPS: Readonly<Record<string, RegExp>> = {
  main: /^S\d+(b|-a-\d+)?$/,
  'hold-out': /^(H\d+|S13-b-\d+)$/,
  suits: /^suits-/,
};

/** @throws ArgumentError; ScenarioError of what is wrong with a file */
export function scenariosNamed(asked: readonly string[], folder = FOLDER): Scenario[] {
  const names = namesIn(folder);
  const found = asked.flatMap((item) => {
    const group = GROUPS[item];
    if (group !== undefined)
      return names.filter((name) => group.test(name)).map((name) => fromFile(join(folder, `${name}.json`)));
    if (item.endsWith('.json')) return [fromFile(item)];
    if (names.includes(item)) return [fromFile(join(folder, `${item}.json`))];
    throw new ArgumentError(
      `--scenario: expected ${Object.keys(GROUPS).join(', ')}, a file or one of ${names.join(', ')}, got ${JSON.stringify(item)}`,
    );
  });
  return [...new Map(found.map((scenario) => [scenario.name, scenario])).values()];
}

/** S2 before S10. */
const namesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.json') && file !== 'schema.json')
    .map((file) => basename(file, '.json'))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));

function fromFile(path: string): Scenario {
  const text = textOf(path);
  if (text === null) throw new ArgumentError(`--scenario: ${path}: there is no such file`);
  return loadScenario(text, basename(path, '.json'), libraryAt(dirname(path)));
}

/** What a file extends, or draws from, lies beside it. */
const libraryAt = (folder: string): ScenarioLibrary => ({
  scenario: (name) => textOf(join(folder, `${name}.json`)) ?? textOf(join(FOLDER, `${name}.json`)),
  bank: (path) => {
    const text = textOf(join(folder, path)) ?? textOf(join(FOLDER, path));
    return text === null ? null : bankFrom(text, path);
  },
});

function bankFrom(text: string, path: string): BankFile {
  try {
    return parseBank(text);
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    throw new ScenarioError(`bank ${path}: ${error.message}`, { cause: error });
  }
}

/** Null where there is no file, a folder of that name included. */
const textOf = (path: string): string | null =>
  statSync(path, { throwIfNoEntry: false })?.isFile() === true ? readFileSync(path, 'utf8') : null;

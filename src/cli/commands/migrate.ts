// `cl-revenue-ops migrate`: what the Python original knew, into this plugin's database.
import type { Taken, TakenOver } from '../../ports.ts';
import { FLAG, WORD, demandWord, flagOf, noWords, type Command } from '../command.ts';
import { formatMoment } from '../moment.ts';

export const migrate: Command = {
  name: 'migrate',
  synopsis: 'migrate --from FILE --db FILE [--json]',
  help: [
    'Takes over what the Python plugin knew: forwards from before the time that the node itself still knows, fee changes,',
    'rebalances and their costs, costs of opening, and which peers it took out of the hands of clboss. Its file is only',
    'read. Doing it again changes nothing.',
    "--from FILE   the database of the Python plugin, moved out of the way of this one's",
    '--db FILE     the database of this plugin, which has run once and is stopped now',
    '--json        one line: for each table how many rows were taken, known, strange (of nobody we know), bad',
  ],
  options: { from: WORD, db: WORD, json: FLAG },
  answer(given, terminal) {
    noWords('migrate', given);
    const from = demandWord('migrate', given, 'from', 'FILE, the database of the Python plugin');
    const database = demandWord('migrate', given, 'db', "FILE, this plugin's database");
    const taken = terminal.takeOverPython(from, database);
    return Promise.resolve(flagOf(given, 'json') ? `${JSON.stringify(taken)}\n` : asText(taken));
  },
};

const TABLES: readonly [keyof Omit<TakenOver, 'before'>, string][] = [
  ['forwards', 'forwards'],
  ['feeChanges', 'fee changes'],
  ['rebalances', 'rebalances'],
  ['rebalanceCosts', 'costs of rebalances'],
  ['openings', 'costs of openings'],
  ['tags', 'peers taken from clboss'],
];

function asText(taken: TakenOver): string {
  const lines = TABLES.map(([table, name]) => `${name.padEnd(24)}${rest(taken[table])}`);
  return [
    ...lines,
    '',
    `Of forwards those before ${formatMoment(taken.before)} count: later ones the node itself has told.`,
    '',
  ].join('\n');
}

function rest({ taken, known, strange, bad }: Taken): string {
  const parts = [`${taken} taken`];
  if (known > 0) parts.push(`${known} known already`);
  if (strange > 0) parts.push(`${strange} left out: the node knows neither channel nor peer`);
  if (bad > 0) parts.push(`${bad} left out: something in the row is missing or makes no sense`);
  return parts.join(', ');
}

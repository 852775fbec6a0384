// `cl-revenue-ops migrate`: what the Python original knew, into this plugin's database.
import type { Taken, TakenOver } from '../../ports.ts';
import { FLAG, WORD, demandWord, flagOf, noWords, type Command } from '../command.ts';
import { formatMoment } from '../moment.ts';

export const migrate: Command = {
  name: 'migrate',
  synopsis: 'migrate --from FILE --db FILE [--json]',
  help: [
    'Takes over what the Python plugin knew: forwards of which the node itself knows nothing any more, fee changes,',
    'rebalances and their costs, costs of opening, and which peers it took out of the hands of clboss. Its file is only',
    'read. Doing it again changes nothing, and with a newer copy of the file takes what has come since.',
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

const TABLES: readonly [keyof Omit<TakenOver, 'before' | 'readUntil' | 'unread'>, string][] = [
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
    `Of forwards those before ${formatMoment(taken.before)} count: later ones the node itself has told, but where its list has a hole.`,
    ...unread(taken),
    '',
  ].join('\n');
}

const unread = ({ unread, readUntil }: TakenOver): string[] =>
  unread === 0
    ? []
    : [
        `${unread} are left out for now: they are from after ${formatMoment(readUntil)}, when this plugin last read the node's own list. ` +
          'Start it once more, wait until revenue-status shows a flow loop that has run, stop it, and run this again.',
      ];

function rest({ taken, known, strange, bad }: Taken): string {
  const parts = [`${taken} taken`];
  if (known > 0) parts.push(`${known} known already`);
  if (strange > 0) parts.push(`${strange} left out: the node knows neither channel nor peer`);
  if (bad > 0) parts.push(`${bad} left out: something in the row is missing or makes no sense`);
  return parts.join(', ');
}

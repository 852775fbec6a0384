// `cl-revenue-ops export`: a node's history as a file that may leave the house.
import { anonymized } from '../../core/backtest/anonymize.ts';
import { historyText } from '../../core/backtest/history-file.ts';
import { daysOf } from '../../core/backtest/history.ts';
import { FLAG, WORD, demandWord, flagOf, noWords, wordOf, type Command } from '../command.ts';
import { save } from '../files.ts';
import { UsageError } from '../input-error.ts';
import { asInput } from '../usable.ts';
import { fileToMake, spanOf } from '../values.ts';

const FORMATS = ['json'];

export const exportHistory: Command = {
  name: 'export',
  synopsis: 'export --db FILE --anonymize --out FILE [--since TIME] [--until TIME] [--format json]',
  help: [
    'Writes forwards, fees, rebalances and capacities without names: channels by random numbers, times moved by whole',
    'weeks and blurred within a quarter of an hour, amounts and fees of two digits, capacities in steps of a fifth.',
    'docs/backtest.md says what somebody could learn from it all the same. backtest --export reads it.',
    "--db FILE     the plugin's database, which is only read",
    '--anonymize   has to be there: nothing else is written',
    '--out FILE    the file to make (FILE.json)',
    '--since TIME, --until TIME  as of backtest',
    '--format json  the only one',
  ],
  options: { db: WORD, anonymize: FLAG, out: WORD, since: WORD, until: WORD, format: WORD },
  async answer(given, terminal) {
    noWords('export', given);
    const database = demandWord('export', given, 'db', "FILE, the plugin's database");
    const out = fileToMake('out', demandWord('export', given, 'out', 'FILE, the file to make'), 'json');
    const format = wordOf(given, 'format') ?? 'json';
    if (!FORMATS.includes(format)) throw new UsageError(`--format: expected ${FORMATS.join(', ')}, got ${format}`);
    if (!flagOf(given, 'anonymize')) throw new UsageError('export: expected --anonymize, so that nobody is named');
    const { since, until } = spanOf(given);
    const history = await asInput(() => terminal.readHistory(database, since, until));
    await save('--out', out, historyText(anonymized(history, terminal.dice)), terminal);
    const { forwards, circles, channels } = history;
    return (
      `${out}: ${forwards.length} forwards and ${circles.length} rebalances of ${channels.length} peers' channels ` +
      `in ${Math.round(daysOf(history))} days, without names\n`
    );
  },
};

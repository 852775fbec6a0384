// `cl-revenue-ops backtest`: what would another configuration have earned on this node's own history?
import { backtestFigures } from '../../core/backtest/figures.ts';
import { backtestText } from '../../app/text/backtest-text.ts';
import { parseHistory } from '../../core/backtest/history-file.ts';
import { duration } from '../../core/in-words.ts';
import type { History } from '../../core/backtest/history.ts';
import { backtest as play } from '../../sim/backtest/backtest.ts';
import { SETTING_OPTIONS, drawsOf, settingsOf } from '../backtest-question.ts';
import { FLAG, WORD, flagOf, noWords, wordOf, type Command, type Given, type Terminal } from '../command.ts';
import { inFile, readText } from '../files.ts';
import { UsageError } from '../input-error.ts';
import { asInput } from '../usable.ts';
import { spanOf, wholeOf } from '../values.ts';

/** So often one hears of a draw that takes long. */
const SAID_AGAIN_SECONDS = 30;

export const backtest: Command = {
  name: 'backtest',
  synopsis: 'backtest --db FILE | --export FILE [--since TIME] [--until TIME] [--seeds N] [--json] [OPTION ...]',
  help: [
    "What another configuration would have earned, with 95 % intervals: demand is fitted to the node's own forwards,",
    'and what was really done and the other configuration are played in markets drawn from that. Says when the data',
    'cannot tell. Nothing is written; how far it is, and how long it will take, stands on standard error: minutes for a',
    'node with tens of channels, hours for one with hundreds.',
    "--db FILE     the plugin's database, or a copy of it; the plugin may go on meanwhile",
    '--export FILE  a history that export has made, in place of a database',
    '--since TIME, --until TIME  Unix seconds or a date in UTC; default: the last 90 days there are. The first day is',
    '              taken whole, from midnight UTC on',
    '--seeds N     markets to draw, 5 to 1000; default 20. More of them narrow the intervals a little',
    '--first N     number of the first of them; default 1. The same numbers give the same answer',
    "--algorithm, --min-fee-ppm, --max-fee-ppm, --daily-budget-sats ...  the plugin's options, with or without",
    '              revenue-ops- before the name; those left out have their defaults. A budget of 0 never rebalances',
    '--json        one line, in the words of revenue-backtest',
  ],
  options: {
    ...{ db: WORD, export: WORD, since: WORD, until: WORD, seeds: WORD, first: WORD, json: FLAG },
    ...SETTING_OPTIONS,
  },
  async answer(given, terminal) {
    noWords('backtest', given);
    const config = settingsOf(given);
    const draws = drawsOf(given);
    const seed = wholeOf(given, 'first', 1, 2 ** 31) ?? 1;
    const result = await asInput(async () =>
      play(await historyOf(given, terminal), {
        config,
        draws,
        seed,
        onProgress: progressOn(terminal),
      }),
    );
    const figures = backtestFigures(result, config);
    return `${flagOf(given, 'json') ? JSON.stringify(figures) : backtestText(figures)}\n`;
  },
};

/** Each draw, and what lies between two wherever one takes long, is said on the error output. */
function progressOn({ now, error }: Terminal): (done: number, of: number) => void {
  const began = now();
  let said = began;
  return (done, of) => {
    const time = now();
    const whole = Number.isInteger(done);
    if (!whole && time - said < SAID_AGAIN_SECONDS) return;
    said = time;
    const left = ((time - began) * (of - done)) / done;
    const hope = left < 60 ? '' : `, about ${duration(left)} left`;
    error(`${whole ? done : done.toFixed(2)} of ${of}${hope}\n`);
  };
}

async function historyOf(given: Given, terminal: Terminal): Promise<History> {
  const [database, file] = [wordOf(given, 'db'), wordOf(given, 'export')];
  const { since, until } = spanOf(given);
  if (database !== null && file === null) return terminal.readHistory(database, since, until);
  if (file === null || database !== null)
    throw new UsageError("backtest: expected either --db FILE, the plugin's database, or --export FILE");
  if (since !== null || until !== null)
    throw new UsageError('backtest: expected --since and --until with --db only; an exported history is used whole');
  return inFile(file, async () => {
    const text = await readText(file, terminal);
    return asInput(() => parseHistory(text));
  });
}

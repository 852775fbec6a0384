// `cl-revenue-ops carr`: the return of the cash flows in a file.
import { carrJson, carrText, reportCarr } from '../carr-report.ts';
import { parseCashFlows } from '../cash-flow-file.ts';
import { FLAG, WORD, flagOf, wordOf, type Command } from '../command.ts';
import { inFile, readText } from '../files.ts';
import { UsageError } from '../input-error.ts';
import { parseRate } from '../rate.ts';

export const carr: Command = {
  name: 'carr',
  synopsis: 'carr FILE [--json] [--rate RATE]',
  help: [
    'The yearly rate at which the net present value of dated cash flows is zero, discounting by the second over',
    'years of 365 days, as XIRR does. FILE is a CSV of two columns, time (Unix seconds, or an ISO date in UTC) and',
    'amount (below 0 what was paid in, above 0 what came back), in any order, with or without a header;',
    '- is standard input.',
    '--json        one line: {"carr", "reason", "npv", "roi", "flows"}; rates are fractions, 0.063 is 6.3 %',
    '--rate RATE   discount rate of the net present value, such as 0.05 or 5%; default 0',
  ],
  options: { json: FLAG, rate: WORD },
  async answer(given, terminal) {
    const [file, ...more] = given.words;
    if (file === undefined || more.length > 0)
      throw new UsageError(`carr: expected one file, got ${given.words.length}`);
    const rate = parseRate(wordOf(given, 'rate')) ?? 0;
    const report = await inFile(file, async () => reportCarr(parseCashFlows(await readText(file, terminal)), rate));
    return `${flagOf(given, 'json') ? carrJson(report) : carrText(report)}\n`;
  },
};

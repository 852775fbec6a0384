// `cl-revenue-ops pnl`: what a channel or the whole node earned, by the plugin's database.
import { page, stacked } from '../charts/page.ts';
import { FLAG, WORD, demandWord, flagOf, noWords, wordOf, type Command, type Given } from '../command.ts';
import { save } from '../files.ts';
import { pnlFigures } from '../pnl-figures.ts';
import { pnlJson, pnlText, reckonPnl } from '../pnl.ts';
import { parseRate } from '../rate.ts';
import { fileToMake } from '../values.ts';

export const pnl: Command = {
  name: 'pnl',
  synopsis: 'pnl --db FILE [--channel NAME] [--json] [--rate RATE] [--svg FILE] [--html FILE]',
  help: [
    'Statement, waterfall, profit over time and discounted cash flows of one channel, open or closed, or of the whole',
    "node, by the plugin's database, which is only read: the plugin may go on meanwhile. The node itself is not",
    'asked, so that closing what is open is reckoned at the least feerate the network relays.',
    '--db FILE     the database; revenue-status says where it is',
    '--channel NAME  short channel id, alias or channel id; without it all channels that ever were, together',
    '--json        one line, in the words of revenue-profitability',
    '--rate RATE   yearly rate at which cash flows are discounted, such as 0.05 or 5%; default: the CARR',
    '--svg FILE    also draws the four of them into a picture (FILE.svg)',
    '--html FILE   also draws them into a page (FILE.html)',
  ],
  options: { db: WORD, channel: WORD, json: FLAG, rate: WORD, svg: WORD, html: WORD },
  async answer(given, terminal) {
    noWords('pnl', given);
    const database = demandWord('pnl', given, 'db', "FILE, the plugin's database");
    const rate = parseRate(wordOf(given, 'rate'));
    const [svg, html] = [pictureFile(given, 'svg'), pictureFile(given, 'html')];
    const channel = wordOf(given, 'channel');
    const earned = terminal.readLedger(database, (ledger) => reckonPnl(ledger, channel, terminal.now(), rate));
    if (svg !== null) await save('--svg', svg, stacked(pnlFigures(earned)), terminal);
    if (html !== null) await save('--html', html, page(earned.title, pnlFigures(earned)), terminal);
    return `${flagOf(given, 'json') ? pnlJson(earned) : pnlText(earned)}\n`;
  },
};

function pictureFile(given: Given, kind: 'svg' | 'html'): string | null {
  const file = wordOf(given, kind);
  return file === null ? null : fileToMake(kind, file, kind);
}

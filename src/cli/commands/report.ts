// `cl-revenue-ops report`: what the whole node earned, as one page or picture that needs nothing else.
import { page, stacked } from '../charts/page.ts';
import { WORD, demandWord, noWords, type Command } from '../command.ts';
import { save } from '../files.ts';
import { pnlFigures } from '../pnl-figures.ts';
import { reckonPnl } from '../pnl.ts';
import { reportTables } from '../report.ts';
import { fileToMake } from '../values.ts';

export const report: Command = {
  name: 'report',
  synopsis: 'report --db FILE --out FILE.html|FILE.svg',
  help: [
    'What the whole node earned, to keep or to show: measures, each month, each channel, profit and loss, waterfall,',
    'profit over time, discounted cash flows. By the database alone, as pnl; the file needs nothing else and asks nobody.',
    '--db FILE     the database; revenue-status says where it is',
    '--out FILE    a page (.html), or the figures alone as a picture (.svg)',
  ],
  options: { db: WORD, out: WORD },
  async answer(given, terminal) {
    noWords('report', given);
    const database = demandWord('report', given, 'db', "FILE, the plugin's database");
    const file = demandWord('report', given, 'out', 'FILE, a name that ends in .html or .svg');
    const out = fileToMake('out', file, 'html', 'svg');
    const { pnl, tables } = terminal.readLedger(database, (ledger) => {
      const earned = reckonPnl(ledger, null, terminal.now(), null);
      return { pnl: earned, tables: reportTables(ledger, earned) };
    });
    const figures = pnlFigures(pnl);
    await save('--out', out, out.endsWith('.svg') ? stacked(figures) : page(pnl.title, figures, tables), terminal);
    return `${pnl.title}: written to ${out}\n`;
  },
};

// `cl-revenue-ops top`: what the plugin does, as it does it.
import { COLOUR, PLAIN } from '../../app/text/paint.ts';
import { FLAG, WORD, flagOf, noWords, wordOf, type Command } from '../command.ts';
import { readFigures } from '../top/figures.ts';
import { view } from '../top/view.ts';
import { wholeOf } from '../values.ts';

/** revenue-profitability of 1,000 channels takes the plugin 20 ms or so: every five seconds is under one percent. */
const SECONDS = 5;

export const top: Command = {
  name: 'top',
  synopsis: 'top [--rpc FILE] [--interval SECONDS] [--once]',
  help: [
    'What the plugin does, as it does it: mode, money earned and spent, loops, alerts, each channel by what it earns,',
    'the latest changes. It only reads. q or Ctrl-C ends it.',
    '--rpc FILE    socket of lightningd; default ~/.lightning/bitcoin/lightning-rpc',
    '--interval SECONDS  between two looks, 1 to 3600; default 5',
    '--once        one look, printed; always so where the output is no terminal',
  ],
  options: { rpc: WORD, interval: WORD, once: FLAG },
  async answer(given, terminal) {
    noWords('top', given);
    const seconds = wholeOf(given, 'interval', 1, 3600) ?? SECONDS;
    const node = terminal.node(wordOf(given, 'rpc'));
    const screen = terminal.screen();
    const paint = screen.colour ? COLOUR : PLAIN;
    try {
      const look = async (): Promise<string[]> => view(await readFigures(node), terminal.now(), screen.size(), paint);
      const first = await look();
      if (!screen.live || flagOf(given, 'once')) return `${first.join('\n')}\n`;
      // More lines than the screen has would push the first of them, and with them mode and alerts, out of sight.
      const draw = (lines: readonly string[]): void => {
        screen.draw(lines.slice(0, screen.size().rows));
      };
      draw(first);
      while (await screen.wait(seconds)) {
        // A node that hangs answers after a minute or not at all: nobody who has asked for the end waits for it.
        const next = await screen.unlessEnded(look());
        if (next === null) break;
        draw(next);
      }
      return '';
    } finally {
      screen.leave();
      node.close();
    }
  },
};

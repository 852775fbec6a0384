// How is the same picture drawn again and again on a terminal, and the terminal given back afterwards?
import { setTimeout as sleep } from 'node:timers/promises';
import type { Screen } from './command.ts';

/** The other screen, so that what was there before comes back; no cursor. */
const ENTER = '\x1b[?1049h\x1b[?25l';
const LEAVE = '\x1b[?1049l\x1b[?25h';
const HOME = '\x1b[H';
const REST_OF_LINE = '\x1b[K';
const REST_OF_SCREEN = '\x1b[J';
/** Where no terminal says how wide it is, nothing is cut. */
const UNLIMITED = { columns: 1000, rows: 10_000 } as const;

export function openScreen(): Screen {
  const { stdin, stdout } = process;
  const live = stdout.isTTY;
  const stop = new AbortController();
  let entered = false;
  const end = (): void => {
    stop.abort();
  };
  const key = (data: Buffer): void => {
    // Ctrl-C comes as a key in raw mode.
    if (['q', 'Q', '\x03', '\x1b'].includes(data.toString())) end();
  };
  const enter = (): void => {
    entered = true;
    stdout.write(ENTER);
    process.once('SIGINT', end);
    process.once('SIGTERM', end);
    if (!stdin.isTTY) return;
    stdin.setRawMode(true);
    stdin.on('data', key);
  };
  return {
    live,
    // Only where it says something (no-color.org).
    colour: live && !process.env['NO_COLOR'],
    // Terminals that do not know their size, as of containers, say 0.
    size: () =>
      live && stdout.columns > 0 && stdout.rows > 0 ? { columns: stdout.columns, rows: stdout.rows } : UNLIMITED,
    draw(lines) {
      if (!entered) enter();
      stdout.write(HOME + lines.map((line) => line + REST_OF_LINE).join('\n') + REST_OF_SCREEN);
    },
    async wait(seconds) {
      try {
        await sleep(seconds * 1000, undefined, { signal: stop.signal });
      } catch {
        // Asked to end.
      }
      return !stop.signal.aborted;
    },
    unlessEnded: (work) =>
      new Promise((resolve, reject) => {
        const give = (): void => {
          resolve(null);
        };
        stop.signal.addEventListener('abort', give);
        work.then(resolve, reject).finally(() => {
          stop.signal.removeEventListener('abort', give);
        });
      }),
    leave() {
      if (!entered) return;
      entered = false;
      process.off('SIGINT', end);
      process.off('SIGTERM', end);
      if (stdin.isTTY) {
        stdin.off('data', key);
        stdin.setRawMode(false);
        stdin.pause();
      }
      stdout.write(LEAVE);
    },
  };
}

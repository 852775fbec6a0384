// `npm start`: the plugin on a simulated node, at high speed, before your eyes.
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { dashboardUrl, freeAddress } from './demo/dashboard.ts';
import { readFigures, type Figures } from './demo/figures.ts';
import { parseOptions, USAGE, UsageError, type DemoOptions } from './demo/options.ts';
import { COLOUR, PLAIN } from './app/text/paint.ts';
import { Session, START } from './demo/session.ts';
import { agrees, settle } from './demo/settle.ts';
import { liveView, plainLine, summary } from './demo/view.ts';
import { SECONDS_PER_DAY } from './core/units.ts';
import { messageOf } from './core/message-of.ts';

/** Real milliseconds between two pictures; a line in a log is worth less often. */
const REDRAW_MS = 250;
const LINE_MS = 2000;

const ENTER_SCREEN = '\x1b[?1049h\x1b[?25l';
const LEAVE_SCREEN = '\x1b[?25h\x1b[?1049l';
const REPAINT = '\x1b[H';
const ERASE_LINE = '\x1b[K';
const ERASE_REST = '\x1b[J';

const { stdout, stderr } = process;
// Node 22 warns that its SQLite may still change, in the middle of the picture.
process.removeAllListeners('warning').on('warning', ({ name, message }) => {
  if (name !== 'ExperimentalWarning') stderr.write(`${name}: ${message}\n`);
});
const paint = stdout.isTTY && !process.env['NO_COLOR'] ? COLOUR : PLAIN;
/** Unlimited where lines go to a file or a pipe, but for the table: there it is the narrow one. */
const columns = stdout.isTTY ? stdout.columns : 100;
/** Somebody has seen enough: no failure. */
class Interrupted extends Error {}
const stop = new AbortController();
const interrupt = (): void => {
  stop.abort(new Interrupted('interrupted'));
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
// `npm start` runs us by a shell, which ends by npm's SIGTERM and hands none on: with it, we are over.
if (process.env['npm_lifecycle_event'] !== undefined) {
  const shell = process.ppid;
  setInterval(() => {
    if (process.ppid !== shell) interrupt();
  }, LINE_MS).unref();
}

/** Shows the run until it is over. @throws Interrupted */
async function watch(session: Session, days: number | null, url: string): Promise<void> {
  if (stdout.isTTY) stdout.write(ENTER_SCREEN);
  try {
    for (;;) {
      const figures = await readFigures(session);
      // Then time stands still, however far behind node and plugin are.
      const progress = days === null ? null : (figures.now - START) / (days * SECONDS_PER_DAY);
      show(figures, progress, url);
      if (progress !== null && progress >= 1) return;
      await pause(stdout.isTTY ? REDRAW_MS : LINE_MS);
    }
  } finally {
    if (stdout.isTTY) stdout.write(LEAVE_SCREEN);
  }
}

/** Sleeps, but no longer than until an interruption. */
const pause = (ms: number): Promise<void> => sleep(ms, undefined, { signal: stop.signal }).catch(() => undefined);

function show(figures: Figures, progress: number | null, url: string): void {
  if (!stdout.isTTY) {
    stdout.write(`${plainLine(figures)}\n`);
    return;
  }
  const lines = liveView(figures, paint, { columns: stdout.columns, rows: stdout.rows }, progress, url);
  stdout.write(REPAINT + lines.map((line) => `${line}${ERASE_LINE}\n`).join('') + ERASE_REST);
}

/** Until it is over, or interrupted. Returns false where plugin and node differ in the end. */
async function play(session: Session, days: number | null, address: string): Promise<boolean> {
  try {
    const url = await dashboardUrl(session, address);
    if (!stdout.isTTY) stdout.write(`Dashboard: ${url}\n`);
    await watch(session, days, url);
    if (days === null) return true;
    const settlement = await settle(session);
    stdout.write(`${summary(settlement, days, paint, columns).join('\n')}\n`);
    return agrees(settlement);
  } catch (error) {
    if (error instanceof Interrupted) return true;
    throw error;
  }
}

async function run(options: DemoOptions): Promise<number> {
  const root = resolve(import.meta.dirname, '..');
  const address = await freeAddress();
  const session = await Session.start(
    { ...options, dashboard: address },
    { node: resolve(root, 'dist/simulated-node.js'), plugin: resolve(root, 'cl-revenue-ops.js') },
    stop.signal,
  );
  try {
    const exact = await play(session, options.days, address);
    await session.end();
    if (options.keep === null && exact) {
      session.removeFolder();
      stdout.write('Node and database were in a temporary folder, which is gone; --keep DIR keeps them.\n');
    } else stdout.write(`Database: ${session.database}\n`);
    return exact ? 0 : 1;
  } catch (error) {
    // What is left tells what went wrong.
    stderr.write(`Node and database: ${session.folder}\n`);
    throw error;
  } finally {
    await session.end();
  }
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options === null) stdout.write(USAGE);
  else process.exitCode = await run(options);
} catch (error) {
  if (!(error instanceof Interrupted)) {
    stderr.write(`${messageOf(error)}\n`);
    if (error instanceof UsageError) stderr.write('Try npm start -- --help\n');
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}

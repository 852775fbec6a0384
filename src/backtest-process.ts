// How is a backtest reckoned beside the plugin? By the command line in a process of its own, which yields to all others.
import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { ASKABLE } from './core/backtest/settings.ts';
import type { BacktestFigures } from './core/backtest/figures.ts';
import { OPTIONS } from './core/config/options.ts';
import { BacktestFailure, type Backtester, type BacktestRequest } from './ports.ts';

/** Bundled beside the plugin. */
const PROGRAM = fileURLToPath(new URL('./cli.js', import.meta.url));
/** A million forwards take a fifth of it. */
const MOST_MEGABYTES = 1024;
/** As src/cli/commands/backtest.ts tells it. */
const PROGRESS = /^(\d+(?:\.\d+)?) of (\d+)(?:, about .* left)?$/;

/** @param program another than the one bundled */
export function backtestProcess(program = PROGRAM): Backtester {
  return {
    backtest: (request, onProgress, signal) =>
      new Promise((resolve, reject) => {
        const child = spawn(
          process.execPath,
          [`--max-old-space-size=${MOST_MEGABYTES}`, program, ...wordsOf(request)],
          {
            stdio: ['ignore', 'pipe', 'pipe'],
            signal,
          },
        );
        yieldToAll(child.pid);
        let reply = '';
        let complaint = '';
        let line = '';
        child.stdout.setEncoding('utf8').on('data', (text: string) => (reply += text));
        child.stderr.setEncoding('utf8').on('data', (text: string) => {
          const lines = (line + text).split('\n');
          line = lines.pop() ?? '';
          for (const each of lines) {
            const [, done, of] = PROGRESS.exec(each) ?? [];
            if (done !== undefined && of !== undefined) onProgress(Number(done), Number(of));
            else if (each !== '') complaint = complaint === '' ? each : complaint;
          }
        });
        child.on('error', (error) => {
          reject(
            new BacktestFailure(signal.aborted ? 'the plugin is stopping' : `cannot be started: ${error.message}`),
          );
        });
        child.on('close', (code, killed) => {
          const figures = code === 0 ? figuresIn(reply) : null;
          if (figures !== null) resolve(figures);
          else reject(new BacktestFailure(complaintOf(complaint, code, killed)));
        });
      }),
  };
}

/** Null where it is none, as of a process that was cut off. */
function figuresIn(reply: string): BacktestFigures | null {
  try {
    return JSON.parse(reply) as BacktestFigures;
  } catch {
    return null;
  }
}

function wordsOf({ database, since, draws, config }: BacktestRequest): string[] {
  const settings = ASKABLE.flatMap((key) => [`--${OPTIONS[key].name}`, String(config[key])]);
  const from = since === null ? [] : ['--since', String(since)];
  return ['backtest', '--db', database, '--json', '--seeds', String(draws), ...from, ...settings];
}

/** It has a core only when nobody else wants it. */
function yieldToAll(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already, or the system knows no priorities: it reckons all the same.
  }
}

function complaintOf(complaint: string, code: number | null, killed: string | null): string {
  if (code === 0) return 'the process that reckons it ended before its answer was whole; ask again';
  if (complaint !== '') return complaint.replace(/^cl-revenue-ops: /, '');
  return `the process that reckons it ended with ${code === null ? String(killed) : `code ${code}`} and said nothing`;
}

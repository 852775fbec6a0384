// What is the answer to a command line? Everything but the process itself.
import { StoreError, type Ledger } from '../ports.ts';
import type { UnixSec } from '../core/units.ts';
import { parseRequest, USAGE, type PnlRequest } from './arguments.ts';
import { parseCashFlows } from './cash-flow-file.ts';
import { carrJson, carrText, reportCarr } from './carr-command.ts';
import { page, stacked } from './charts/page.ts';
import { InputError, UsageError } from './input-error.ts';
import { pnlJson, pnlText, reckonPnl } from './pnl.ts';
import { pnlFigures } from './pnl-figures.ts';

export interface Terminal {
  /** The bytes of a file, or of standard input for `-`. Rejects with the system's error. */
  readonly read: (file: string) => Promise<Uint8Array>;
  /** Makes or replaces a file. Rejects with the system's error. */
  readonly write: (file: string, text: string) => Promise<void>;
  /** Reads the plugin's database. @throws StoreError; whatever `read` throws */
  readonly readLedger: <T>(database: string, read: (ledger: Ledger) => T) => T;
  readonly now: () => UnixSec;
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  readonly version: string;
}

/** Exit codes: 0 answered (also when there is no rate, with the reason), 1 unusable input, 2 unusable command line. */
export type ExitCode = 0 | 1 | 2;

export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  try {
    terminal.out(await answer(args, terminal));
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.error(`cl-revenue-ops: ${error.message}\n\n${USAGE}`);
      return 2;
    }
    if (error instanceof InputError || error instanceof StoreError) {
      terminal.error(`cl-revenue-ops: ${error.message}\n`);
      return 1;
    }
    throw error;
  }
}

async function answer(args: readonly string[], terminal: Terminal): Promise<string> {
  const request = parseRequest(args);
  switch (request.command) {
    case 'help':
      return USAGE;
    case 'version':
      return `${terminal.version}\n`;
    case 'carr': {
      const { file, rate, json } = request;
      const report = await inFile(file, async () => reportCarr(parseCashFlows(await readText(file, terminal)), rate));
      return `${json ? carrJson(report) : carrText(report)}\n`;
    }
    case 'pnl':
      return answerPnl(request, terminal);
  }
}

async function answerPnl({ database, channel, rate, json, svg, html }: PnlRequest, terminal: Terminal) {
  const pnl = terminal.readLedger(database, (ledger) => reckonPnl(ledger, channel, terminal.now(), rate));
  if (svg !== null) await save('--svg', svg, stacked(pnlFigures(pnl)), terminal);
  if (html !== null) await save('--html', html, page(pnl.title, pnlFigures(pnl)), terminal);
  return `${json ? pnlJson(pnl) : pnlText(pnl)}\n`;
}

/** Names the file in what is wrong with it. */
async function inFile<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof InputError)
      throw new InputError(`${file === '-' ? 'standard input' : file}: ${error.message}`, { cause: error });
    throw error;
  }
}

async function readText(file: string, { read }: Terminal): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await read(file);
  } catch (error) {
    throw new InputError(`cannot be read: ${messageOf(error)}`, { cause: error });
  }
  // Excel saves "Unicode text" as UTF-16 with a byte order mark.
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    throw new InputError(`expected UTF-8 or UTF-16 text, got bytes that are neither`, { cause: error });
  }
}

async function save(option: string, file: string, text: string, { write }: Terminal): Promise<void> {
  try {
    await write(file, text);
  } catch (error) {
    throw new InputError(`${option} ${file}: cannot be written: ${messageOf(error)}`, { cause: error });
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

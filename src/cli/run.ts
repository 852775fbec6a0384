// What was asked on the command line, and what is the answer? Everything but the process itself.
import { parseArgs } from 'node:util';
import { parseCashFlows } from './cash-flow-file.ts';
import { carrJson, carrText, reportCarr } from './carr-command.ts';
import { parseDecimal } from './decimal.ts';
import { InputError, UsageError } from './input-error.ts';

export interface Terminal {
  /** The bytes of a file, or of standard input for `-`. Rejects with the system's error. */
  readonly read: (file: string) => Promise<Uint8Array>;
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  readonly version: string;
}

/** Exit codes: 0 answered (also when there is no rate, with the reason), 1 unusable input, 2 unusable command line. */
export type ExitCode = 0 | 1 | 2;

export const USAGE = `cl-revenue-ops: what channels really earn

usage:
  cl-revenue-ops carr FILE [--json] [--rate RATE]
  cl-revenue-ops --help | --version

carr    The yearly rate at which the net present value of dated cash flows is zero, discounting by the second over
        years of 365 days, as XIRR does. FILE is a CSV of two columns, time (Unix seconds, or an ISO date in UTC) and
        amount (below 0 what was paid in, above 0 what came back), in any order, with or without a header;
        - is standard input.
  --json        one line: {"carr", "reason", "npv", "roi", "flows"}; rates are fractions, 0.063 is 6.3 %
  --rate RATE   discount rate of the net present value, such as 0.05 or 5%; default 0
`;

export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  try {
    terminal.out(await answer(args, terminal));
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.error(`cl-revenue-ops: ${error.message}\n\n${USAGE}`);
      return 2;
    }
    if (error instanceof InputError) {
      terminal.error(`cl-revenue-ops: ${error.message}\n`);
      return 1;
    }
    throw error;
  }
}

async function answer(args: readonly string[], terminal: Terminal): Promise<string> {
  const { values, positionals } = parse(args);
  if (values.help) return USAGE;
  if (values.version) return `${terminal.version}\n`;
  const [command, file, ...more] = positionals;
  if (command !== 'carr')
    throw new UsageError(`expected the command carr, got ${command === undefined ? 'none' : JSON.stringify(command)}`);
  if (file === undefined || more.length > 0)
    throw new UsageError(`carr: expected one file, got ${positionals.length - 1}`);
  const rate = parseRate(values.rate);
  const report = await inFile(file, async () => reportCarr(parseCashFlows(await readText(file, terminal)), rate));
  return `${values.json ? carrJson(report) : carrText(report)}\n`;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        rate: { type: 'string', default: '0' },
        help: { type: 'boolean', short: 'h', default: false },
        version: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function parseRate(text: string): number {
  const decimal = parseDecimal(text.replace(/\s*%$/, ''));
  const rate = decimal === null ? NaN : Number(decimal.units) / 10 ** decimal.decimals / (text.endsWith('%') ? 100 : 1);
  if (!(rate > -1)) throw new UsageError(`--rate: expected a number above -1 or a percentage above -100%, got ${text}`);
  return rate;
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
    throw new InputError(`cannot be read: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  // Excel saves "Unicode text" as UTF-16 with a byte order mark.
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    throw new InputError(`expected UTF-8 or UTF-16 text, got bytes that are neither`, { cause: error });
  }
}

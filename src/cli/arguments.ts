// Which command was asked for, with what? The command line as typed words become typed values.
import { parseArgs } from 'node:util';
import { parseDecimal } from './decimal.ts';
import { UsageError } from './input-error.ts';

export const USAGE = `cl-revenue-ops: what channels really earn

usage:
  cl-revenue-ops carr FILE [--json] [--rate RATE]
  cl-revenue-ops pnl --db FILE [--channel NAME] [--json] [--rate RATE] [--svg FILE] [--html FILE]
  cl-revenue-ops --help | --version

carr    The yearly rate at which the net present value of dated cash flows is zero, discounting by the second over
        years of 365 days, as XIRR does. FILE is a CSV of two columns, time (Unix seconds, or an ISO date in UTC) and
        amount (below 0 what was paid in, above 0 what came back), in any order, with or without a header;
        - is standard input.
  --json        one line: {"carr", "reason", "npv", "roi", "flows"}; rates are fractions, 0.063 is 6.3 %
  --rate RATE   discount rate of the net present value, such as 0.05 or 5%; default 0

pnl     Statement, waterfall, profit over time and discounted cash flows of one channel, open or closed, or of the whole
        node, by the plugin's database, which is only read: the plugin may go on meanwhile. The node itself is not
        asked, so that closing what is open is reckoned at the least feerate the network relays.
  --db FILE     the database; revenue-status says where it is
  --channel NAME  short channel id, alias or channel id; without it all channels that ever were, together
  --json        one line, in the words of revenue-profitability
  --rate RATE   yearly rate at which cash flows are discounted, such as 0.05 or 5%; default: the CARR
  --svg FILE    also draws the four of them into a picture (FILE.svg)
  --html FILE   also draws them into a page (FILE.html)
`;

export type Request =
  | { readonly command: 'help' | 'version' }
  | { readonly command: 'carr'; readonly file: string; readonly json: boolean; readonly rate: number }
  | PnlRequest;

export interface PnlRequest {
  readonly command: 'pnl';
  readonly database: string;
  /** Null for the whole node. */
  readonly channel: string | null;
  readonly json: boolean;
  /** A fraction above -1; null for the return of what is shown. */
  readonly rate: number | null;
  readonly svg: string | null;
  readonly html: string | null;
}

/** Options by command, beside --help and --version. */
const OPTIONS_OF = {
  carr: ['json', 'rate'],
  pnl: ['db', 'channel', 'json', 'rate', 'svg', 'html'],
} as const;
type CommandName = keyof typeof OPTIONS_OF;
const isCommand = (name: string | undefined): name is CommandName => name !== undefined && name in OPTIONS_OF;

/** @throws UsageError that says what was expected and what was found. */
export function parseRequest(args: readonly string[]): Request {
  const { values, positionals } = parseWords(args);
  const { help, version, ...given } = values;
  if (help === true) return { command: 'help' };
  if (version === true) return { command: 'version' };
  const [command, ...words] = positionals;
  if (!isCommand(command))
    throw new UsageError(
      `expected one of the commands ${Object.keys(OPTIONS_OF).join(', ')}, got ${command === undefined ? 'none' : JSON.stringify(command)}`,
    );
  const allowed: readonly string[] = OPTIONS_OF[command];
  const strange = Object.keys(given).find((name) => !allowed.includes(name));
  if (strange !== undefined)
    throw new UsageError(`${command}: expected ${allowed.map((name) => `--${name}`).join(', ')}, got --${strange}`);
  const { json = false } = given;
  const rate = given.rate === undefined ? null : parseRate(given.rate);
  if (command === 'carr') {
    const [file, ...more] = words;
    if (file === undefined || more.length > 0)
      throw new UsageError(`carr: expected one file, got ${positionals.length - 1}`);
    return { command, file, json, rate: rate ?? 0 };
  }
  if (words.length > 0) throw new UsageError(`pnl: expected options only, got ${JSON.stringify(words[0])}`);
  if (given.db === undefined) throw new UsageError("pnl: expected --db FILE, the plugin's database");
  const [svg, html] = [pictureFile('svg', given.svg), pictureFile('html', given.html)];
  return { command, database: given.db, channel: given.channel ?? null, json, rate, svg, html };
}

function parseWords(args: readonly string[]) {
  const flag = { type: 'boolean' } as const;
  const word = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { ...flag, short: 'h' },
        version: flag,
        json: flag,
        ...{ rate: word, db: word, channel: word, svg: word, html: word },
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

/** Nothing else is written over, the database least of all. */
function pictureFile(kind: 'svg' | 'html', file: string | undefined): string | null {
  if (file === undefined) return null;
  if (file.endsWith(`.${kind}`)) return file;
  throw new UsageError(`--${kind}: expected a file name that ends in .${kind}, got ${file}`);
}

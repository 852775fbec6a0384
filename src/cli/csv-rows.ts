// Which cells does a line of a CSV file hold? RFC 4180, with the separators and line ends that spreadsheets write.
import { InputError } from './input-error.ts';

export interface CsvRow {
  /** Of its first character, counted from 1. */
  readonly line: number;
  /** Trimmed; cells at the end that hold nothing are left out. */
  readonly cells: readonly string[];
}

export interface CsvTable {
  readonly separator: Separator;
  /** Without those that hold nothing. */
  readonly rows: readonly CsvRow[];
}

/** In the order of preference: a comma may be a decimal mark where one of the others separates. */
const SEPARATORS = ['\t', ';', ','] as const;
export type Separator = (typeof SEPARATORS)[number];

/**
 * The table in a text with any line ends and perhaps a byte order mark.
 * @throws InputError for a quote that is never closed, or one within a cell.
 */
export function parseCsv(text: string): CsvTable {
  const content = text.replace(/^\uFEFF/, '');
  const separator = findSeparator(content);
  const rows: CsvRow[] = [];
  let line = 1;
  let position = 0;
  while (position < content.length) {
    const row = readRow(content, position, separator, line);
    const filled = row.cells.findLastIndex((cell) => cell !== '') + 1;
    if (filled > 0) rows.push({ line, cells: row.cells.slice(0, filled) });
    position = row.end;
    line += row.lines;
  }
  return { separator, rows };
}

/** The first of the candidates in the first line that holds one outside quotes. */
function findSeparator(content: string): Separator {
  for (const [line] of content.replaceAll(/"[^"]*"/g, '').matchAll(/[^\r\n]+/g)) {
    const found = SEPARATORS.find((separator) => line.includes(separator));
    if (found !== undefined) return found;
  }
  return ',';
}

interface RawRow {
  readonly cells: readonly string[];
  /** Where the next row begins. */
  readonly end: number;
  /** How many lines it took. */
  readonly lines: number;
}

/** One cell: quoted, or up to the next separator or line end; then what ended it. */
const CELL = {
  '\t': /(?:[ ]*"((?:[^"]|"")*)"[ ]*|([^\t\r\n"]*))(\t|\r\n|\r|\n|$)/y,
  ';': /(?:[ \t]*"((?:[^"]|"")*)"[ \t]*|([^;\r\n"]*))(;|\r\n|\r|\n|$)/y,
  ',': /(?:[ \t]*"((?:[^"]|"")*)"[ \t]*|([^,\r\n"]*))(,|\r\n|\r|\n|$)/y,
} as const satisfies Record<Separator, RegExp>;

function readRow(content: string, start: number, separator: Separator, line: number): RawRow {
  const pattern = CELL[separator];
  const cells: string[] = [];
  let lines = 1;
  pattern.lastIndex = start;
  for (;;) {
    const match = pattern.exec(content);
    if (match === null)
      throw new InputError(`line ${line}: expected quotes around a whole cell ("..."), got one that is open or inside`);
    const [, quoted, plain, end] = match;
    cells.push((quoted?.replaceAll('""', '"') ?? plain ?? '').trim());
    lines += quoted?.match(/\r\n|\r|\n/g)?.length ?? 0;
    if (end !== separator) return { cells, end: pattern.lastIndex, lines };
  }
}

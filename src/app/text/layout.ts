// How do figures become lines that people read? Columns of text under their heads, and pairs of label and value.
import { plainText } from '../../core/plain-text.ts';
import { utcSecond } from '../../core/profit/discounted.ts';
import { UNDEFINED_REASONS, type UndefinedReason } from '../../core/profit/reasons.ts';

export interface Column {
  readonly head: string;
  readonly align: 'left' | 'right';
}
export const left = (head: string): Column => ({ head, align: 'left' });
export const right = (head: string): Column => ({ head, align: 'right' });

const GAP = '  ';

/** Head, rule and rows; each row has a cell for each column. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map(({ head }, i) =>
    rows.reduce((most, row) => Math.max(most, lengthOf(row[i])), lengthOf(head)),
  );
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align }, i) => padded(cells[i] ?? '', widths[i] ?? 0, align))
      .join(GAP)
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join(GAP);
  return [line(columns.map(({ head }) => head)), rule.trimEnd(), ...rows.map(line)];
}

/** One line for each pair, values under each other. */
export function pairs(list: readonly (readonly [label: string, value: string])[]): string[] {
  const width = list.reduce((most, [label]) => Math.max(most, label.length), 0);
  return list.map(([label, value]) => `${label.padEnd(width)}  ${value}`);
}

/** Characters as people count them. */
const lengthOf = (text = ''): number => Array.from(text).length;
const padded = (text: string, width: number, align: Column['align']): string => {
  const blank = ' '.repeat(Math.max(0, width - lengthOf(text)));
  return align === 'left' ? text + blank : blank + text;
};

/** 1,234.567; with three decimals where there are any, so that a column shows which have. */
export function sats(value: number): string {
  const decimals = Number.isInteger(value) ? 0 : 3;
  return value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/** As sats, with a plus where something was gained. */
export const signed = (value: number): string => (value > 0 ? '+' : '') + sats(value);

/** 6.296 %; from a million on as a power of ten; a dash where there is none. */
export function percentage(value: number | null): string {
  if (value === null) return '-';
  return `${Math.abs(value) < 1e6 ? value.toFixed(3) : value.toExponential(3)} %`;
}

/** The percentage, or a sentence that says why there is none. */
export const percentageOrWhy = (value: number | null, reason: UndefinedReason | null): string =>
  value === null ? `none: ${UNDEFINED_REASONS[reason ?? 'out_of_range']}` : percentage(value);

/** 2021-02-01 00:00:00 */
export const utc = (time: number): string => utcSecond(time).replace('T', ' ').replace('Z', '');

/** As much of a peer's name as fits a column. */
const NAME_CHARACTERS = 20;
export function peerName(alias: string | null, peerId: string | null): string {
  const name = Array.from(plainText(alias ?? ''));
  if (name.length === 0) return peerId === null ? 'forgotten' : `${peerId.slice(0, NAME_CHARACTERS - 2)}..`;
  return name.length > NAME_CHARACTERS ? `${name.slice(0, NAME_CHARACTERS - 2).join('')}..` : name.join('');
}

/** Up to where a line's second column may begin. */
const MOST_INDENT = 24;

/** Breaks a line between words to so many columns; what follows stands under the line's second column, if it has one. */
export function wrap(line: string, columns: number): string[] {
  const second = /^ *\S+(?: \S+)* {2,}/.exec(line)?.[0].length ?? MOST_INDENT;
  const indent = ' '.repeat(second < MOST_INDENT ? second : line.length - line.trimStart().length + 2);
  const lines: string[] = [];
  let rest = line;
  while (rest.length > columns) {
    const at = rest.lastIndexOf(' ', columns);
    // A word that is longer than a line stays whole; the terminal breaks it.
    if (at <= indent.length) break;
    lines.push(rest.slice(0, at).trimEnd());
    rest = indent + rest.slice(at).trimStart();
  }
  return [...lines, rest];
}

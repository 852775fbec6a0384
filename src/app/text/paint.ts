// How do numbers and colours look on a terminal?
export { wrap } from './layout.ts';

export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly blue: (text: string) => string;
}

const sgr =
  (code: number) =>
  (text: string): string =>
    `\x1b[${code}m${text}\x1b[0m`;
const plain = (text: string): string => text;

export const COLOUR: Paint = {
  bold: sgr(1),
  dim: sgr(2),
  red: sgr(31),
  green: sgr(32),
  yellow: sgr(33),
  blue: sgr(36),
};
export const PLAIN: Paint = { bold: plain, dim: plain, red: plain, green: plain, yellow: plain, blue: plain };

/** 1234567.891 as 1,234,568. */
export const count = (value: number): string => Math.round(value).toLocaleString('en-US');

/** Millisatoshi as sats with all three decimals. */
export function sats(msat: bigint): string {
  const size = msat < 0n ? -msat : msat;
  return `${msat < 0n ? '-' : ''}${(size / 1000n).toLocaleString('en-US')}.${String(size % 1000n).padStart(3, '0')}`;
}

/** Millisatoshi as whole sats. */
export const wholeSats = (msat: bigint): string => count(Number(msat) / 1000);

/** Unix seconds as 2026-11-05 13:20. */
export const date = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ');

/** 5400 as 1 h, 40 as 40 s. */
export function span(seconds: number): string {
  const units = [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
  ] as const;
  const [name, size] = units.find(([, length]) => seconds >= length) ?? ['s', 1];
  return `${Math.round(seconds / size)} ${name}`;
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar of that many cells, filled to `share` (0..1), in eighths of a cell. */
export function bar(share: number, cells: number): { readonly full: string; readonly empty: string } {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * cells * 8);
  const full = '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '');
  return { full, empty: '·'.repeat(cells - Math.ceil(eighths / 8)) };
}

/** Cuts a line to so many visible characters; colours count nothing. */
export function clip(line: string, columns: number): string {
  let room = columns;
  // eslint-disable-next-line no-control-regex -- the escape sequences are our own
  return line.replace(/\x1b\[\d+m|./gu, (piece) => (piece.startsWith('\x1b') ? piece : room-- > 0 ? piece : ''));
}

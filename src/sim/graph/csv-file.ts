// Which channels does a CSV file of a decoded gossip map hold? One channel a row, both directions.
import { GraphError, type ChannelRecord, type Policy } from './channel-record.ts';

const DIRECTION = ['dis', 'hmin', 'hmax', 'base', 'ppm', 'cltv'] as const;
const named = (way: '12' | '21'): string[] =>
  DIRECTION.map((name) => name + way + (['hmin', 'hmax', 'base'].includes(name) ? '_msat' : ''));

/** The header that is understood; columns in this order, all of them numbers. */
export const CSV_HEADER = ['chan', 'node1', 'node2', 'capacity_sat', ...named('12'), ...named('21')].join(',');

/** @throws GraphError that names the line, what was expected and what was got */
export function parseChannelsCsv(text: string): ChannelRecord[] {
  const lines = text.split(/\r?\n/);
  const header = lines[0] ?? '';
  if (header !== CSV_HEADER) throw new GraphError(`line 1: expected the header ${CSV_HEADER}, got ${quoted(header)}`);
  const records: ChannelRecord[] = [];
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i] ?? '';
    if (line !== '') records.push(parseRow(line, i + 1));
  }
  return records;
}

function parseRow(line: string, number: number): ChannelRecord {
  const cells = line.split(',');
  if (cells.length !== 16) throw new GraphError(`line ${number}: expected 16 columns, got ${cells.length}`);
  const at = (column: number): number => {
    const cell = cells[column] ?? '';
    if (/^\d{1,16}$/.test(cell)) return Number(cell);
    throw new GraphError(
      `line ${number}, column ${CSV_HEADER.split(',')[column] ?? column}: expected an integer >= 0, got ${quoted(cell)}`,
    );
  };
  return {
    nodes: [String(at(1)), String(at(2))],
    capacitySats: at(3),
    policies: [policyFrom(at, 4), policyFrom(at, 10)],
  };
}

function policyFrom(at: (column: number) => number, first: number): Policy | null {
  if (at(first) !== 0) return null;
  return {
    htlcMinMsat: at(first + 1),
    htlcMaxMsat: at(first + 2),
    baseMsat: at(first + 3),
    ppm: at(first + 4),
    delay: at(first + 5),
  };
}

const quoted = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);

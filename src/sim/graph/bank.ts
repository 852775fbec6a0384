// What is a demand bank? The payments that one node could have, each with what its sender would pay, in a file.
import type { DemandBank } from '../market/scenario.ts';
import { GraphError } from './channel-record.ts';
import { messageOf } from '../../core/message-of.ts';

/** What a scenario draws from, where it comes from, and what rebalancing cost there. */
export interface BankFile extends DemandBank {
  readonly provenance: Provenance;
  readonly channels: readonly BankChannel[];
  readonly circular: CircularTries;
}

export interface Provenance {
  /** Name of the file of channels, and the day it tells of where known. */
  readonly snapshot: string;
  readonly date: string | null;
  /** A number of the snapshot, or the beginning of the hash of a public key. */
  readonly node: string;
  readonly seed: number;
  /** Payments of the whole network that were simulated. */
  readonly payments: number;
  readonly command: string;
}

export interface BankChannel {
  readonly capacitySats: number;
  /** What the peer asks for the last hop toward us. */
  readonly inboundPpm: number;
  /** What the node asks in the snapshot. */
  readonly outPpm: number;
}

/** Tries to rebalance: columns of equal length, channels by number. */
export interface CircularTries {
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly amountSats: readonly number[];
  /** Of the amount, all hops: of the way that arrived, or of the cheapest that was tried in vain; 0 where there is none. */
  readonly ppm: readonly number[];
  /** Ways tried, the one that arrived among them. */
  readonly attempts: readonly number[];
  /** 1 or 0. */
  readonly arrived: readonly number[];
}

/** @throws GraphError that names the field, what was expected and what was got */
export function parseBank(text: string): BankFile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new GraphError(`bank: expected JSON, got: ${messageOf(error)}`);
  }
  const bank = fieldsOf(json, 'bank', ['provenance', 'perDay', 'channels', 'payments', 'circular']);
  const origin = fieldsOf(bank['provenance'], 'provenance', PROVENANCE);
  const channels = listOf(bank['channels'], 'channels').map((channel, k): BankChannel => {
    const where = `channels[${k}]`;
    const fields = fieldsOf(channel, where, ['capacitySats', 'inboundPpm', 'outPpm']);
    return {
      capacitySats: numberOf(fields['capacitySats'], `${where}.capacitySats`, SATS),
      inboundPpm: numberOf(fields['inboundPpm'], `${where}.inboundPpm`, PPM),
      outPpm: numberOf(fields['outPpm'], `${where}.outPpm`, PPM),
    };
  });
  if (channels.length < 2) throw new GraphError(`channels: expected at least 2, got ${channels.length}`);
  const number: Range = {
    what: `a channel's number, 0 to ${channels.length - 1}`,
    fits: (x) => isWhole(x) && x < channels.length,
  };
  return {
    provenance: {
      snapshot: textOf(origin['snapshot'], 'provenance.snapshot'),
      date: origin['date'] === null ? null : textOf(origin['date'], 'provenance.date'),
      node: textOf(origin['node'], 'provenance.node'),
      seed: numberOf(origin['seed'], 'provenance.seed', COUNT),
      payments: numberOf(origin['payments'], 'provenance.payments', COUNT),
      command: textOf(origin['command'], 'provenance.command'),
    },
    perDay: numberOf(bank['perDay'], 'perDay', ABOVE_ZERO),
    channels,
    payments: columnsOf(bank['payments'], 'payments', {
      from: number,
      to: number,
      amountSats: SATS,
      weight: ABOVE_ZERO,
      reservationPpm: PPM,
    }),
    circular: columnsOf(bank['circular'], 'circular', {
      from: number,
      to: number,
      amountSats: SATS,
      ppm: PPM,
      attempts: COUNT,
      arrived: { what: '0 or 1', fits: (x) => x === 0 || x === 1 },
    }),
  };
}

/** One line for each field or column: to be looked at, and small. */
export function printBank({ provenance, perDay, channels, payments, circular }: BankFile): string {
  const columns = (table: Readonly<Record<string, readonly number[]>>): string =>
    Object.entries(table)
      .map(([name, values]) => `    ${JSON.stringify(name)}: ${JSON.stringify(values)}`)
      .join(',\n');
  const rows = channels.map((channel) => `    ${JSON.stringify(channel)}`).join(',\n');
  return [
    '{',
    `  "provenance": ${JSON.stringify(provenance)},`,
    `  "perDay": ${perDay},`,
    `  "channels": [\n${rows}\n  ],`,
    `  "payments": {\n${columns({ ...payments })}\n  },`,
    `  "circular": {\n${columns({ ...circular })}\n  }`,
    '}\n',
  ].join('\n');
}

const PROVENANCE = ['snapshot', 'date', 'node', 'seed', 'payments', 'command'] as const;

interface Range {
  readonly what: string;
  readonly fits: (value: number) => boolean;
}

const isWhole = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
const SATS: Range = { what: 'whole sats above 0', fits: (x) => isWhole(x) && x > 0 };
const PPM: Range = { what: 'ppm, 0 or more', fits: (x) => x >= 0 && x < Infinity };
const ABOVE_ZERO: Range = { what: 'a number above 0', fits: (x) => x > 0 && x < Infinity };
const COUNT: Range = { what: 'an integer, 0 or more', fits: isWhole };

function fieldsOf(value: unknown, where: string, names: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new GraphError(`${where}: expected an object, got ${shown(value)}`);
  const missing = names.find((name) => !(name in value));
  if (missing !== undefined) throw new GraphError(`${where}: expected the field ${missing}, got none`);
  const strange = Object.keys(value).find((name) => !names.includes(name));
  if (strange !== undefined) throw new GraphError(`${where}: expected only ${names.join(', ')}, got ${strange}`);
  return { ...value };
}

function columnsOf<Name extends string>(
  value: unknown,
  where: string,
  ranges: Readonly<Record<Name, Range>>,
): Record<Name, readonly number[]> {
  const names = Object.keys(ranges) as Name[];
  const fields = fieldsOf(value, where, names);
  const table = {} as Record<Name, readonly number[]>;
  for (const name of names) {
    const column = `${where}.${name}`;
    table[name] = listOf(fields[name], column).map((cell, i) => numberOf(cell, `${column}[${i}]`, ranges[name]));
  }
  const lengths = names.map((name) => table[name].length);
  const rows = lengths[0] ?? 0;
  if (rows === 0) throw new GraphError(`${where}: expected at least one row, got none`);
  const uneven = lengths.findIndex((length) => length !== rows);
  if (uneven >= 0)
    throw new GraphError(
      `${where}.${names[uneven] ?? ''}: expected ${rows} rows as in ${names[0] ?? ''}, got ${lengths[uneven] ?? 0}`,
    );
  return table;
}

function listOf(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  throw new GraphError(`${where}: expected a list, got ${shown(value)}`);
}

function numberOf(value: unknown, where: string, { what, fits }: Range): number {
  if (typeof value === 'number' && fits(value)) return value;
  throw new GraphError(`${where}: expected ${what}, got ${shown(value)}`);
}

function textOf(value: unknown, where: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new GraphError(`${where}: expected a text, got ${shown(value)}`);
}

const shown = (value: unknown): string => {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};

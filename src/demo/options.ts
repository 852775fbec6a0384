// What was asked of the demonstration?
import { parseArgs } from 'node:util';
import { FEE_ALGORITHMS } from '../core/fee/types.ts';
import { SCENARIOS } from '../sim/market/scenario.ts';
import { messageOf } from '../core/message-of.ts';

const MARKETS = SCENARIOS.map(({ name }) => name);

export const USAGE = `Runs cl-revenue-ops on a simulated Lightning node, fast, and prices the channels before your
eyes. Senders look at the fees and stay away from what is too dear. Uses no network
but the loopback, where the dashboard listens; its address is printed first.

  npm start                          live view until Ctrl-C
  npm start -- --days 30             so many simulated days, then a summary

  --days N              end after N simulated days (1 to 60) and check the plugin's totals against the node's
  --speed N             simulated seconds per second (default 21600, with --days 43200: two seconds a day)
  --channels N          channels of the node (10; 2 to 500)
  --forwards-per-day N  mean number of forwards if every fee were at its best (300)
  --market NAME         who pays, and how much (S1): ${MARKETS.join(', ')}
  --algorithm NAME      how the plugin searches fees: ${FEE_ALGORITHMS.join(', ')} (the plugin's default)
  --seed N              same seed, same node and same senders (1)
  --keep DIR            keep node and database in DIR, which must be new or empty (default: a temporary folder)
  --help
`;

export interface DemoOptions {
  /** Null: until interrupted. */
  readonly days: number | null;
  readonly speed: number;
  readonly channels: number;
  readonly forwardsPerDay: number;
  readonly market: string;
  /** Null: the plugin's default. */
  readonly algorithm: string | null;
  readonly seed: number;
  /** Null: a temporary folder. */
  readonly keep: string | null;
}

/** A command line that makes no sense; the message says which part. */
export class UsageError extends Error {}

/** Two months in two minutes; the longest window of revenue-analyze, which must hold them all, is 90 days. */
const MOST_DAYS = 60;
/** Ten days a second: beyond it the plugin is always behind. */
const FASTEST = 864_000;

/** Null when only help was asked for. @throws UsageError */
export function parseOptions(args: string[]): DemoOptions | null {
  const values = parse(args);
  if (values.help === true) return null;
  const days = values.days === undefined ? null : whole('days', values.days, 1, MOST_DAYS);
  return {
    days,
    speed: whole('speed', values.speed ?? (days === null ? '21600' : '43200'), 1, FASTEST),
    channels: whole('channels', values.channels ?? '10', 2, 500),
    forwardsPerDay: whole('forwards-per-day', values['forwards-per-day'] ?? '300', 1, 100_000),
    market: oneOf('market', values.market ?? 'S1', MARKETS),
    algorithm: values.algorithm === undefined ? null : oneOf('algorithm', values.algorithm, FEE_ALGORITHMS),
    seed: whole('seed', values.seed ?? '1', 0, 2 ** 32 - 1),
    keep: values.keep ?? null,
  };
}

function parse(args: string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args,
      options: {
        days: text,
        speed: text,
        channels: text,
        'forwards-per-day': text,
        market: text,
        algorithm: text,
        seed: text,
        keep: text,
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}

function whole(name: string, given: string, least: number, most: number): number {
  const value = /^\d+$/.test(given) ? Number(given) : NaN;
  if (!(value >= least && value <= most))
    throw new UsageError(`--${name}: expected a whole number ${least}..${most}, got ${given}`);
  return value;
}

function oneOf(name: string, given: string, known: readonly string[]): string {
  if (!known.includes(given)) throw new UsageError(`--${name}: expected one of ${known.join(', ')}, got ${given}`);
  return given;
}

// What was asked of the demonstration?
import { parseArgs } from 'node:util';

export const USAGE = `Runs cl-revenue-ops on a simulated Lightning node, fast, and shows what it sees. Uses no network.

  npm start                          live view until Ctrl-C
  npm start -- --days 30             so many simulated days, then a summary

  --days N              end after N simulated days (1 to 60) and check the plugin's totals against the node's
  --speed N             simulated seconds per second (default 21600, with --days 86400: a day per second)
  --channels N          channels of the node (8; 2 to 500)
  --forwards-per-day N  mean number of payments to forward (300)
  --seed N              same seed, same node and payments (1)
  --keep DIR            keep node and database in DIR, which must be new or empty (default: a temporary folder)
  --help
`;

export interface DemoOptions {
  /** Null: until interrupted. */
  readonly days: number | null;
  readonly speed: number;
  readonly channels: number;
  readonly forwardsPerDay: number;
  readonly seed: number;
  /** Null: a temporary folder. */
  readonly keep: string | null;
}

/** A command line that makes no sense; the message says which part. */
export class UsageError extends Error {}

/** Two months in a minute; the longest window of revenue-analyze, which must hold them all, is 90 days. */
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
    speed: whole('speed', values.speed ?? (days === null ? '21600' : '86400'), 1, FASTEST),
    channels: whole('channels', values.channels ?? '8', 2, 500),
    forwardsPerDay: whole('forwards-per-day', values['forwards-per-day'] ?? '300', 0, 100_000),
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
        seed: text,
        keep: text,
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function whole(name: string, given: string, least: number, most: number): number {
  const value = /^\d+$/.test(given) ? Number(given) : NaN;
  if (!(value >= least && value <= most))
    throw new UsageError(`--${name}: expected a whole number ${least}..${most}, got ${given}`);
  return value;
}

// Which options does the operator have? This one table makes the manifest, the validation and docs/options.md.

import { FEE_ALGORITHMS } from '../fee/types.ts';
import { SECONDS_PER_DAY } from '../units.ts';
import { parseAddress, parseHosts } from './dashboard-address.ts';

export const OPTION_PREFIX = 'revenue-ops-';

interface OptionBase {
  /** Full name as lightningd knows it. */
  readonly name: string;
  /** Whether `lightning-cli setconfig` may change it while we run; a change takes effect at the next cycle. */
  readonly dynamic: boolean;
  /** One sentence for the manifest and the documentation. */
  readonly description: string;
}
export interface IntOption extends OptionBase {
  readonly type: 'int';
  readonly default: number;
  /** Inclusive bounds. */
  readonly min: number;
  readonly max: number;
  readonly unit: string;
}
export interface BoolOption extends OptionBase {
  readonly type: 'bool';
  readonly default: boolean;
}
export interface StringOption extends OptionBase {
  readonly type: 'string';
  readonly default: string;
  /** The only values allowed; absent where any text goes. */
  readonly choices?: readonly string[];
  /** What a text must look like, in words that end the sentence "expected ..." and as a check; absent where any goes. */
  readonly form?: { readonly expected: string; readonly accepts: (text: string) => boolean };
}
/** Still accepted so that an old configuration starts, but without effect. No default, so that lightningd stays silent. */
export interface LegacyOption extends OptionBase {
  readonly type: 'string';
  readonly legacy: true;
}
export type Option = IntOption | BoolOption | StringOption;

export const REBALANCERS = ['auto', 'circular', 'sling', 'rebalance', 'native'] as const;
export type RebalancerChoice = (typeof REBALANCERS)[number];

/** An interval longer than this would make a loop that looks dead. */
const WEEK = 604_800;
/** All bitcoin there will ever be, in sats: no amount can be larger. */
const ALL_SATS = 2_100_000_000_000_000;
/** 10,000 bitcoin, more than any node holds: sums of such amounts are still exact to the msat in a reply (units.ts). */
const MOST_SATS = 1_000_000_000_000;

const int = (name: string, fallback: number, range: readonly [number, number], unit: string, description: string) =>
  ({
    type: 'int',
    name: OPTION_PREFIX + name,
    default: fallback,
    min: range[0],
    max: range[1],
    unit,
    description,
    dynamic: true,
  }) as const;
const bool = (name: string, fallback: boolean, description: string) =>
  ({ type: 'bool', name: OPTION_PREFIX + name, default: fallback, description, dynamic: true }) as const;

/** Keyed by the field of Config that each option sets. */
export const OPTIONS = {
  dbPath: {
    type: 'string',
    name: OPTION_PREFIX + 'db-path',
    default: 'revenue_ops.db',
    dynamic: false,
    description:
      "SQLite database file; relative to the node's network folder, such as ~/.lightning/bitcoin; ~ is the home directory",
  },
  flowInterval: int('flow-interval', 3600, [1, WEEK], 'seconds', 'seconds between flow analyses'),
  feeInterval: int('fee-interval', 1800, [1, WEEK], 'seconds', 'seconds between fee cycles'),
  rebalanceInterval: int('rebalance-interval', 900, [1, WEEK], 'seconds', 'seconds between rebalance checks'),
  targetFlow: int(
    'target-flow',
    100_000,
    [0, ALL_SATS],
    'sats a day',
    'sats a day at which a channel counts as in use; below it, with liquidity on hand, its price may drift down',
  ),
  minFeePpm: int('min-fee-ppm', 10, [0, 1_000_000], 'ppm', 'lowest fee rate we ever set'),
  maxFeePpm: int('max-fee-ppm', 5000, [1, 1_000_000], 'ppm', 'highest fee rate we ever set'),
  feeAlgorithm: {
    type: 'string',
    name: OPTION_PREFIX + 'fee-algorithm',
    default: 'bayes',
    choices: FEE_ALGORITHMS,
    dynamic: true,
    description: 'how the best fee is searched: hill-climb, or bayes (a model of demand); both share one memory',
  },
  feeWindowForwards: int(
    'fee-window-forwards',
    30,
    [1, 10_000],
    'forwards',
    'forwards at one price that are evidence enough to move it; bayes needs a quarter of them',
  ),
  feeWindowMinHours: int(
    'fee-window-min-hours',
    6,
    [0, 8760],
    'hours',
    'hours with liquidity that a price is tried at least, whatever the evidence, by bayes four times as many; or twice that by the clock',
  ),
  feeWindowMaxHours: int(
    'fee-window-max-hours',
    240,
    [1, 8760],
    'hours',
    'hours with liquidity after which a price has been tried long enough, whatever the evidence; bayes needs a fifth of them',
  ),
  rebalanceMinProfit: int(
    'rebalance-min-profit',
    2,
    [0, ALL_SATS],
    'sats',
    'sats of expected profit below which nothing is rebalanced',
  ),
  rebalanceTimeout: int(
    'rebalance-timeout',
    300,
    [5, SECONDS_PER_DAY],
    'seconds',
    'seconds that a rebalance may take; what is under way then stays reserved until the node says how it ended',
  ),
  flowWindowDays: int('flow-window-days', 7, [1, 90], 'days', 'days of forwards that the flow analysis looks back'),
  clbossEnabled: bool('clboss-enabled', true, 'work with clboss when it is there'),
  rebalancer: {
    type: 'string',
    name: OPTION_PREFIX + 'rebalancer',
    default: 'auto',
    choices: REBALANCERS,
    dynamic: true,
    description: 'what carries out rebalances: auto, circular, sling, rebalance or native',
  },
  dailyBudgetSats: int(
    'daily-budget-sats',
    5000,
    [0, MOST_SATS],
    'sats',
    'most that rebalancing may cost in any rolling 24 hours',
  ),
  minWalletReserve: int(
    'min-wallet-reserve',
    1_000_000,
    [0, MOST_SATS],
    'sats',
    'sats on chain and spendable in channels below which no rebalance starts',
  ),
  forwardsRetentionDays: int(
    'forwards-retention-days',
    90,
    [8, 3650],
    'days',
    'days that single forwards are kept; hourly and daily sums stay. What a lower number lets go of goes at ten times the pace of time',
  ),
  dashboard: {
    type: 'string',
    name: OPTION_PREFIX + 'dashboard',
    default: 'off',
    form: {
      expected: 'off, or an address with a port like 127.0.0.1:9737',
      accepts: (text) => text === 'off' || parseAddress(text) !== null,
    },
    dynamic: true,
    description: 'where the dashboard listens, such as 127.0.0.1:9737; off for none',
  },
  dashboardHosts: {
    type: 'string',
    name: OPTION_PREFIX + 'dashboard-hosts',
    default: 'none',
    form: {
      expected: 'none, or names like node.example.org separated by commas',
      accepts: (text) => parseHosts(text) !== null,
    },
    dynamic: true,
    description: 'further names by which browsers may come to the dashboard, such as those of a proxy before it',
  },
  dashboardOpenMetrics: bool(
    'dashboard-open-metrics',
    false,
    'let anybody who reaches the dashboard read /metrics without a rune',
  ),
  webhook: {
    type: 'string',
    name: OPTION_PREFIX + 'webhook',
    default: 'off',
    form: {
      expected: 'off, or a URL with http or https',
      accepts: (text) => /^(off|https?:\/\/[^\s/]+\S*)$/.test(text),
    },
    dynamic: true,
    description: 'URL to which alerts are posted; off for none',
  },
  webhookSecretFile: {
    type: 'string',
    name: OPTION_PREFIX + 'webhook-secret-file',
    default: 'revenue_ops_webhook.secret',
    dynamic: true,
    description:
      "file with the secret that alerts are signed with, made where there is none; relative to the node's network folder",
  },
  dryRun: bool('dry-run', false, 'decide and record, but change nothing'),
} as const satisfies Record<string, Option>;

/** Options of the Python plugin's PID controller, which no longer exists. */
export const LEGACY_OPTIONS: readonly LegacyOption[] = ['pid-kp', 'pid-ki', 'pid-kd'].map((name) => ({
  type: 'string',
  legacy: true,
  name: OPTION_PREFIX + name,
  dynamic: false,
  description: 'no longer used; accepted so that old configurations start',
}));

export type OptionKey = keyof typeof OPTIONS;

type ValueOf<O extends Option> = O extends { type: 'int' }
  ? number
  : O extends { type: 'bool' }
    ? boolean
    : O extends { choices: readonly (infer C)[] }
      ? C
      : string;

/** One consistent set of option values; immutable, swapped whole between cycles. */
export type Config = { readonly [K in OptionKey]: ValueOf<(typeof OPTIONS)[K]> };

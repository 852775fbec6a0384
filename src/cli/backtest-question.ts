// What was asked of a backtest at the command line? Words become numbers, times and a configuration.
import { ASKABLE, askedName, configAsked } from '../core/backtest/settings.ts';
import type { Config } from '../core/config/options.ts';
import { DEFAULTS } from '../core/config/validate.ts';
import { OPTIONS, OPTION_PREFIX } from '../core/config/options.ts';
import { WORD, wordOf, type Given, type Options } from './command.ts';
import { UsageError } from './input-error.ts';
import { wholeOf } from './values.ts';

/** Below, an interval is hardly one; above, nobody waits. */
const DRAWS = { least: 5, most: 1000, usual: 20 } as const;

/** Shorter, as people ask for it. */
const ALGORITHM = 'algorithm';

/** Each option of the plugin by its name with and without the prefix. */
export const SETTING_OPTIONS: Options = Object.fromEntries(
  [ALGORITHM, ...ASKABLE.flatMap((key) => [askedName(key), OPTIONS[key].name])].map((name) => [name, WORD]),
);

/** @throws UsageError */
export function settingsOf(given: Given): Config {
  const asked = new Map<string, string>();
  for (const name of Object.keys(SETTING_OPTIONS)) {
    const text = wordOf(given, name);
    if (text === null) continue;
    const short = name === ALGORITHM ? 'fee-algorithm' : name.replace(OPTION_PREFIX, '');
    if (asked.has(short)) throw new UsageError(`--${name}: expected once, got it twice`);
    asked.set(short, text);
  }
  const config = configAsked(DEFAULTS, asked);
  if (config.ok) return config.value;
  throw new UsageError(`backtest: ${config.error}`);
}

/** @throws UsageError */
export const drawsOf = (given: Given): number => wholeOf(given, 'seeds', DRAWS.least, DRAWS.most) ?? DRAWS.usual;

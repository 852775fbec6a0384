// Which options can be asked about in a backtest, and what configuration do they make?
import { OPTIONS, OPTION_PREFIX, type Config, type OptionKey } from '../config/options.ts';
import { parseValue, validateConfig } from '../config/validate.ts';
import { err, type Result } from '../result.ts';

/** Those that change what fees and rebalances would be; how often the loops look is left as it is. */
export const ASKABLE = [
  'feeAlgorithm',
  'minFeePpm',
  'maxFeePpm',
  'targetFlow',
  'feeWindowForwards',
  'feeWindowMinHours',
  'feeWindowMaxHours',
  'dailyBudgetSats',
  'rebalanceMinProfit',
  'minWalletReserve',
  'flowWindowDays',
] as const satisfies readonly OptionKey[];

/** Without the prefix that all options have: `min-fee-ppm`. */
export const askedName = (key: OptionKey): string => OPTIONS[key].name.slice(OPTION_PREFIX.length);

/** @param asked text by option, without prefix; of those left out the base's value stays */
export function configAsked(base: Config, asked: ReadonlyMap<string, string>): Result<Config, string> {
  const names = new Map<string, OptionKey>(ASKABLE.map((key) => [askedName(key), key]));
  const raw: Record<string, unknown> = {};
  for (const key of Object.keys(OPTIONS) as OptionKey[]) raw[OPTIONS[key].name] = base[key];
  for (const [name, text] of asked) {
    const key = names.get(name);
    if (key === undefined) return err(`${name}: expected one of ${[...names.keys()].join(', ')}`);
    const parsed = parseValue(OPTIONS[key], text);
    if (!parsed.ok) return parsed;
    raw[OPTIONS[key].name] = parsed.value;
  }
  const config = validateConfig(raw);
  return config.ok ? config : err(config.error.join('; '));
}

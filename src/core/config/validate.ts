// Is this set of option values one that we may run with? If not, which is wrong, what was expected, what was got?
import { shown } from '../in-words.ts';
import { err, ok, type Result } from '../result.ts';
import { OPTIONS, type Config, type Option, type OptionKey } from './options.ts';

/** A sentence that names the option, what was expected and what was got. */
export type ConfigIssue = string;

const KEYS = Object.keys(OPTIONS) as OptionKey[];

/** The option's key by lightningd's name for it; null for a name that is not ours. */
export const optionKey = (name: string): OptionKey | null => KEYS.find((key) => OPTIONS[key].name === name) ?? null;

export const DEFAULTS: Config = Object.freeze(
  Object.fromEntries(KEYS.map((key) => [key, OPTIONS[key].default])),
) as Config;

/** Ends the sentence "expected ...". */
export const expectation = (option: Option): string => {
  switch (option.type) {
    case 'int':
      return `an integer ${String(option.min)}..${String(option.max)} (${option.unit})`;
    case 'bool':
      return 'true or false';
    case 'string':
      if (option.choices) return `one of ${option.choices.join(', ')}`;
      return option.form?.expected ?? 'a text that is not empty';
  }
};

/** The sentence an operator reads when a value is refused. */
const describeRefusal = (option: Option, got: unknown): ConfigIssue =>
  `${option.name}: expected ${expectation(option)}, got ${shown(got)}`;

/** Checks one typed value, as lightningd hands it over at init. */
function validateValue(option: Option, value: unknown): Result<number | boolean | string, ConfigIssue> {
  const refused = err(describeRefusal(option, value));
  switch (option.type) {
    case 'int':
      return typeof value === 'number' && Number.isInteger(value) && value >= option.min && value <= option.max
        ? ok(value)
        : refused;
    case 'bool':
      return typeof value === 'boolean' ? ok(value) : refused;
    case 'string':
      if (typeof value !== 'string' || value.trim() === '') return refused;
      if (option.form && !option.form.accepts(value)) return refused;
      return !option.choices || option.choices.includes(value) ? ok(value) : refused;
  }
}

/**
 * Checks one value as setconfig hands it over: always text. lightningd aborts, and cannot start again, when a plugin
 * accepts for an int or bool what lightningd itself cannot parse; so only the plainest spellings pass.
 */
export function parseValue(option: Option, text: unknown): Result<number | boolean | string, ConfigIssue> {
  const parsed = typeof text === 'string' ? validateValue(option, fromText(option, text)) : null;
  // The refusal repeats what was typed, not what we made of it.
  return parsed?.ok ? parsed : err(describeRefusal(option, text));
}

function fromText(option: Option, text: string): unknown {
  switch (option.type) {
    case 'int':
      return /^(0|[1-9]\d{0,15})$/.test(text) ? Number(text) : text;
    case 'bool':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'string':
      return text;
  }
}

/** What only holds between options. */
function crossChecks(config: Config): ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  if (config.minFeePpm > config.maxFeePpm)
    issues.push(
      `${OPTIONS.minFeePpm.name}: expected at most ${OPTIONS.maxFeePpm.name} (${String(config.maxFeePpm)}), got ${String(config.minFeePpm)}`,
    );
  if (config.feeWindowMinHours > config.feeWindowMaxHours)
    issues.push(
      `${OPTIONS.feeWindowMinHours.name}: expected at most ${OPTIONS.feeWindowMaxHours.name} (${String(config.feeWindowMaxHours)}), got ${String(config.feeWindowMinHours)}`,
    );
  return issues;
}

/** The configuration from the values lightningd gave at init (by option name; absent means default). */
export function validateConfig(raw: Readonly<Record<string, unknown>>): Result<Config, readonly ConfigIssue[]> {
  const issues: ConfigIssue[] = [];
  const values: Partial<Record<OptionKey, unknown>> = {};
  for (const key of KEYS) {
    const option = OPTIONS[key];
    const given = raw[option.name];
    if (given === undefined || given === null) {
      values[key] = option.default;
      continue;
    }
    const checked = validateValue(option, given);
    if (checked.ok) values[key] = checked.value;
    else issues.push(checked.error);
  }
  if (issues.length > 0) return err(issues);
  const config = Object.freeze(values) as Config;
  const crossed = crossChecks(config);
  return crossed.length > 0 ? err(crossed) : ok(config);
}

/** The configuration after one setconfig; refuses static options, unknown names and what would contradict another. */
export function changeConfig(config: Config, name: string, text: unknown): Result<Config, ConfigIssue> {
  const key = optionKey(name);
  if (key === null) return err(`${name}: not an option of cl-revenue-ops`);
  const option = OPTIONS[key];
  if (!option.dynamic) return err(`${name}: cannot change while the plugin runs; set it in the config and restart`);
  const parsed = parseValue(option, text);
  if (!parsed.ok) return parsed;
  const changed = Object.freeze({ ...config, [key]: parsed.value }) as Config;
  const [issue] = crossChecks(changed);
  return issue === undefined ? ok(changed) : err(issue);
}

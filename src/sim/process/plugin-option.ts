// Which texts does lightningd take for an option of a plugin, and what JSON does it make of them?

export const OPTION_TYPES = ['string', 'string-conceal', 'int', 'bool', 'flag'] as const;
export type OptionType = (typeof OPTION_TYPES)[number];

export interface PluginOption {
  readonly name: string;
  readonly type: OptionType;
  /** Default as text; null when there is none. */
  readonly fallback: string | null;
  readonly multi: boolean;
  readonly dynamic: boolean;
  readonly deprecated: boolean;
}

/** C's strtol with base 0: white space, a sign, then hexadecimal, octal or decimal digits. */
const STRTOL = /^[ \t\n\v\f\r]*([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)$/;
const MAX_LONG = 2n ** 63n - 1n;

function checkLong(text: string): string | null {
  const [, sign, digits] = STRTOL.exec(text) ?? [];
  if (digits === undefined) return `'${text}' is not a number`;
  const size = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  return size > MAX_LONG + (sign === '-' ? 1n : 0n) ? `'${text}' is out of range` : null;
}

const asBool = (text: string): boolean | null => {
  const lower = text.toLowerCase();
  return ['yes', 'true'].includes(lower) ? true : ['no', 'false'].includes(lower) ? false : null;
};

/** What lightningd says against a value, in its words; null when it takes it. */
export function checkValue(option: PluginOption, text: string, deprecatedApis: boolean): string | null {
  const problem =
    option.type === 'int'
      ? checkLong(text)
      : option.type === 'bool' && asBool(text) === null
        ? `Invalid argument '${text}'`
        : null;
  if (problem !== null) return problem;
  return option.deprecated && !deprecatedApis ? 'deprecated option (will be removed!)' : null;
}

/**
 * JSON text of an accepted value. An int is printed as it was written, so hexadecimal reaches the plugin as broken JSON,
 * as it does from lightningd.
 */
export function literal(type: OptionType, text: string): string {
  if (type === 'int') return text.trim();
  if (type === 'bool') return String(asBool(text) ?? false);
  return JSON.stringify(text);
}

/** lightningd's abort: `listconfigs` and the reply to `setconfig` print ints only when they look like a literal. */
export const isLiteral = (text: string): boolean => text === 'true' || text === 'false' || /^[-0-9.]+$/.test(text);

// What may an option of a plugin be, and is this value one it can have?

interface OptionBase {
  /** Lower-case letters, digits, `-` and `_`; shared by all plugins of a node, so begin it with the plugin's name. */
  readonly name: string;
  readonly description: string;
  /** Whether setconfig may change it while the plugin runs. */
  readonly dynamic?: boolean;
  /** With a default, a node without deprecated features kills the plugin; so a deprecated option has none. */
  readonly deprecated?: boolean;
  /** Ends the sentence "expected ..." when a value is refused; what its type demands where absent. */
  readonly expected?: string;
}
export interface StringOptionDeclaration extends OptionBase {
  /** `string-conceal` is not shown by listconfigs. */
  readonly type: 'string' | 'string-conceal';
  readonly default?: string;
  /** May be given several times; its value is an array. */
  readonly multi?: boolean;
}
export interface IntOptionDeclaration extends OptionBase {
  readonly type: 'int';
  readonly default?: number;
  readonly multi?: boolean;
}
export interface BoolOptionDeclaration extends OptionBase {
  readonly type: 'bool';
  readonly default?: boolean;
}
/** Given or not given; there is no other value. */
export interface FlagOptionDeclaration extends OptionBase {
  readonly type: 'flag';
  readonly default?: false;
}
/** lightningd has no fractions: declare a string and parse it. */
export type OptionDeclaration =
  StringOptionDeclaration | IntOptionDeclaration | BoolOptionDeclaration | FlagOptionDeclaration;

const TYPES: ReadonlySet<string> = new Set(['string', 'string-conceal', 'int', 'bool', 'flag']);
const NAME = /^[a-z0-9_-]+$/;

const EXPECTED = {
  string: 'a text',
  'string-conceal': 'a text',
  int: 'an integer within 2^53',
  bool: 'true or false',
  flag: 'nothing, or true',
} as const satisfies Record<OptionDeclaration['type'], string>;

/** Why lightningd would kill the plugin, or fail to start, over this declaration; empty when it would not. */
export function optionFaults(option: OptionDeclaration): string[] {
  const faults: string[] = [];
  const wrong = (expected: string, got: unknown): void => {
    faults.push(`option ${option.name}: expected ${expected}, got ${JSON.stringify(got)}`);
  };
  if (!NAME.test(option.name)) wrong('a name of lower-case letters, digits, - and _', option.name);
  if (!TYPES.has(option.type)) {
    wrong('a type among string, string-conceal, int, bool and flag (there is no float)', option.type);
    return faults;
  }
  if (typeof option.description !== 'string' || option.description === '') wrong('a description', option.description);
  const { default: fallback } = option;
  if (fallback !== undefined) {
    if (option.deprecated === true) wrong('no default, because it is deprecated', fallback);
    if (option.type === 'flag' ? fallback : !isOne(option.type, fallback))
      wrong(option.type === 'flag' ? 'no default but false' : `${EXPECTED[option.type]} as default`, fallback);
  }
  if (isMulti(option) && option.type !== 'int' && option.type !== 'string')
    wrong('multi only for string and int', option.type);
  return faults;
}

const isOne = (type: OptionDeclaration['type'], value: unknown): boolean => {
  switch (type) {
    case 'string':
    case 'string-conceal':
      return typeof value === 'string';
    case 'int':
      return Number.isSafeInteger(value);
    case 'bool':
    case 'flag':
      return typeof value === 'boolean';
  }
};

const isMulti = (option: OptionDeclaration): boolean => 'multi' in option && option.multi;

/** What is wrong with a value from `init`, where lightningd hands over typed JSON; null when nothing is. */
export function refuseValue(option: OptionDeclaration, value: unknown): string | null {
  const values: readonly unknown[] = isMulti(option) && Array.isArray(value) ? value : [value];
  return values.every((one) => isOne(option.type, one)) ? null : refusal(option, value);
}

/** An int as lightningd's own parser takes it, without the spellings it might one day not take. */
const INT_TEXT = /^(?:0|-?[1-9]\d{0,15})$/;

/**
 * What is wrong with a value from `setconfig`, where lightningd hands over whatever text it was given; null when
 * nothing is. lightningd v26.06 aborts, and cannot start again, when a plugin accepts for an int or bool what it cannot
 * parse itself: so only the plainest spellings pass.
 */
export function refuseText(option: OptionDeclaration, value: unknown): string | null {
  const texts: readonly unknown[] = isMulti(option) && Array.isArray(value) ? value : [value];
  const fits = texts.every((text) => {
    switch (option.type) {
      case 'string':
      case 'string-conceal':
        return typeof text === 'string';
      case 'int':
        return typeof text === 'string' && INT_TEXT.test(text) && Number.isSafeInteger(Number(text));
      case 'bool':
        return text === 'true' || text === 'false';
      case 'flag':
        return text === undefined || text === 'true';
    }
  });
  return fits ? null : refusal(option, value);
}

const refusal = (option: OptionDeclaration, got: unknown): string =>
  `${option.name}: expected ${isMulti(option) ? 'each to be ' : ''}${option.expected ?? EXPECTED[option.type]}, got ${shown(option, got)}`;

/** A concealed value stays out of replies and logs. */
const shown = (option: OptionDeclaration, got: unknown): string =>
  option.type === 'string-conceal' ? 'something else' : got === undefined ? 'nothing' : JSON.stringify(got);
